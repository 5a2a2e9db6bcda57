//! Generates `docs/rules.md` from the code: the rules, gates and strategies in plain language. This
//! module must not know how a rule decides.

mod places;

use std::fmt::Write;

use super::rule::{Judge, Rule};
use super::rules::RULES;
use crate::case::features::FORBIDDEN;
use crate::law::data::RuleData;
use crate::message::TrafficType;
use crate::numbers::gates::GATES;
use crate::numbers::selection::STRATEGIES;
use crate::numbers::{CURVE, CURVE_ENDS_ON_DAY, TRANSITIONS};
use crate::values::Health;

/// The document about rules, gates and strategies, in Markdown.
#[must_use]
pub fn rules_document(rules: &RuleData) -> String {
    let mut text = String::from(INTRODUCTION);
    // Writing to a string does not fail.
    let _ = write_rules(&mut text)
        .and_then(|()| write_gates(&mut text))
        .and_then(|()| write_strategies(&mut text))
        .and_then(|()| write_health(&mut text))
        .and_then(|()| write_content(&mut text, rules))
        .and_then(|()| places::write(&mut text, rules));
    text
}

const INTRODUCTION: &str = "\
# Rules, gates and strategies

Generated from the code: `UPDATE_DOCS=1 cargo test -p sms-domain --test rules_document`.

Every rule is evaluated for every message, and the strongest verdict wins, independent of the order of the rules:
opted_out > blocked_missing_campaign > blocked_compliance > blocked_billing > no_eligible_phone_number > deferred > allowed.
Rules marked *always* are evaluated for the instant at which the message would be sent: now, or the later one that the client requested.
The others are evaluated *when sending*: only if all other rules allow the message now.
A message is deferred to the first instant that all time-dependent rules allow; if there is none within the message's validity
(72 hours, unless the client or the organization says otherwise) and 7 days, the message is blocked with `no_legal_window`.

An *active exchange* is the period after the lead's own text, 60 minutes unless the organization sets another: replies are exempt where
a rule says so, and do not count towards caps.
";

fn write_rules(text: &mut String) -> std::fmt::Result {
    text.write_str(
        "\n## Rules\n\n| Rule | Refuses when | Outcome | Evaluated | Traffic | Source |\n",
    )?;
    text.write_str("|---|---|---|---|---|---|\n")?;
    RULES.iter().try_for_each(|rule| write_rule(text, rule))
}

fn write_rule(text: &mut String, rule: &Rule) -> std::fmt::Result {
    let asked = match rule.judge {
        Judge::Always(_) => "always",
        Judge::OnlyWhenSending(_) => "when sending",
    };
    writeln!(
        text,
        "| `{}` | {} | {} | {asked} | {} | {} |",
        rule.code,
        rule.refuses_when,
        rule.outcome,
        traffic_of(rule),
        rule.citation,
    )
}

fn traffic_of(rule: &Rule) -> String {
    let kinds = TrafficType::ALL
        .iter()
        .filter(|kind| **kind != TrafficType::FailedAttempt);
    let kinds: Vec<&str> = kinds
        .filter(|kind| rule.applies_to(**kind))
        .map(|kind| kind.as_str())
        .collect();
    kinds.join(", ")
}

fn write_gates(text: &mut String) -> std::fmt::Result {
    text.write_str(
        "\n## Gates\n\nEvaluated for each number; all failures are listed. `cooling`, `hour`, `day` and \
         `campaign_day` are temporary; the others are lasting.\n\n| Gate | Passes when the number |\n|---|---|\n",
    )?;
    GATES
        .iter()
        .try_for_each(|gate| writeln!(text, "| `{}` | {} |", gate.code, gate.passes_when))
}

fn write_strategies(text: &mut String) -> std::fmt::Result {
    text.write_str(
        "\n## Strategies\n\nTried in this order; the first that finds a number which passes all gates wins. \
         Of several numbers the one with the highest score wins: health × remaining share of capacity \
         × time since the last use; a number that the client suggests takes precedence.\n\n",
    )?;
    for (place, strategy) in (1..).zip(&STRATEGIES) {
        writeln!(text, "{place}. `{}`: {}", strategy.reason, strategy.picks)?;
    }
    Ok(())
}

fn write_health(text: &mut String) -> std::fmt::Result {
    text.write_str(
        "\n## Health of numbers\n\nReceipts since the last change determine a number's health; the first \
         transition that applies is used. Only an operator reinstates suspended and disabled numbers.\n\n\
         | From | To | Reason |\n|---|---|---|\n",
    )?;
    for step in &TRANSITIONS {
        let from: Vec<&str> = step.from.iter().copied().map(Health::as_str).collect();
        writeln!(
            text,
            "| {} | {} | `{}` |",
            from.join(", "),
            step.to,
            step.reason
        )?;
    }
    text.write_str("\nThe daily limit of a number under warm-up, in messages:")?;
    for (from, limit) in CURVE {
        write!(text, " {limit} from day {},", from.saturating_add(1))?;
    }
    let after = CURVE_ENDS_ON_DAY.saturating_add(1);
    writeln!(text, " and from day {after} on the number's own limit.")
}

fn write_content(text: &mut String, rules: &RuleData) -> std::fmt::Result {
    let categories: Vec<&str> = FORBIDDEN
        .iter()
        .map(|forbidden| forbidden.category)
        .collect();
    writeln!(
        text,
        "\n## Content\n\nPublic URL shorteners: {} domains with their subdomains, in \
         `crates/domain/data/url_shorteners.csv`.\n\nCategories of words: {}.",
        rules.shorteners(),
        categories.join(", "),
    )
}
