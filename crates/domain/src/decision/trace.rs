//! Why a decision came out as it did: a code per rule with the facts it used, every number's fate,
//! the price. Holds no text and no phone number, so that it can be kept and shown.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::compliance::rule::{Rule, Verdict, VerdictKind};
use crate::facts::Context;
use crate::law::schedule::tz_version;
use crate::message::Decision;
use crate::numbers::selection::{Choice, Outcome, Selection};
use crate::values::SelectionReason;
use crate::values::billing::Money;
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;

/// Everything that was considered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// One verdict per rule, in the order of the table.
    pub rules: Vec<RuleVerdict>,
    /// The winning number.
    pub number: Option<WinningNumber>,
    /// The other numbers, with what was against each.
    pub others: Vec<LosingNumber>,
    /// The price.
    pub price: Money,
    /// First instant at which it may leave, when that is not now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earliest: Option<DateTime<Utc>>,
    /// Build, data files, policy and time-zone data that decided.
    pub rules_version: String,
}

/// One rule's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The rule's code.
    pub rule: Cow<'static, str>,
    /// What it says. Left out of the stored form where it allows: most rules do.
    #[serde(
        skip_serializing_if = "VerdictKind::allows",
        default = "VerdictKind::allow"
    )]
    pub verdict: VerdictKind,
    /// Why, when it is against.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// First instant at which it allows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<DateTime<Utc>>,
    /// The facts it used, as scalars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub facts: BTreeMap<Cow<'static, str>, Cow<'static, str>>,
    /// What it found, each as a sentence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Cow<'static, str>>,
}

/// The number that was chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinningNumber {
    /// The number.
    pub id: PhoneNumberId,
    /// The strategy.
    pub selection: SelectionReason,
    /// The rung, score or switch that explains the choice.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<Cow<'static, str>>,
}

/// A number that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LosingNumber {
    /// The number.
    pub id: PhoneNumberId,
    /// The codes of the gates it failed; empty = it passed, and another was better.
    #[serde(rename = "failed", skip_serializing_if = "Vec::is_empty", default)]
    pub failed_gates: Vec<Cow<'static, str>>,
}

/// A decision as it is kept: what came out, and the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// `send`, `defer`, `block` or `no_number`.
    pub outcome: String,
    /// Why, unless it was sent.
    pub reason: Option<Reason>,
    /// The trace, with at most 20 losing numbers.
    pub trace: Trace,
    /// How many other numbers there were.
    pub others_count: u32,
}

impl Trace {
    /// The trace of a case that was decided; `rules` and `verdicts` in the same order.
    pub(super) fn of(
        case: &Case<'_>,
        selection: Option<&Selection<'_>>,
        rules: &[&Rule],
        verdicts: Vec<Verdict>,
        decision: &Decision,
    ) -> Self {
        let rules = rules.iter().zip(verdicts);
        Self {
            rules: rules
                .map(|(rule, verdict)| RuleVerdict::of(rule, verdict))
                .collect(),
            number: winner(selection),
            others: losers(selection),
            price: case.price,
            earliest: match decision {
                Decision::Defer(schedule) => Some(schedule.until),
                Decision::Send(_) | Decision::Block(_) | Decision::NoNumber(_) => None,
            },
            rules_version: rules_version(case.context),
        }
    }
}

impl RuleVerdict {
    fn of(rule: &Rule, verdict: Verdict) -> Self {
        let facts = verdict.facts.into_iter();
        Self {
            rule: Cow::Borrowed(rule.code.as_str()),
            verdict: verdict.effect.kind(),
            reason: verdict.effect.reason(),
            until: verdict.effect.until(),
            facts: facts
                .map(|(name, value)| (Cow::Borrowed(name), value))
                .collect(),
            findings: verdict.findings,
        }
    }
}

fn winner(selection: Option<&Selection<'_>>) -> Option<WinningNumber> {
    chosen(selection).map(|choice| WinningNumber {
        id: choice.number.id,
        selection: choice.reason,
        detail: choice.detail.clone(),
    })
}

fn losers(selection: Option<&Selection<'_>>) -> Vec<LosingNumber> {
    let won = chosen(selection).map(|choice| choice.number.id);
    let candidates = selection.iter().flat_map(|selection| &selection.candidates);
    candidates
        .filter(|candidate| Some(candidate.number.id) != won)
        .map(|candidate| LosingNumber {
            id: candidate.number.id,
            failed_gates: candidate
                .failures
                .iter()
                .map(|(gate, _)| Cow::Borrowed(gate.as_str()))
                .collect(),
        })
        .collect()
}

fn chosen<'c, 'a>(selection: Option<&'c Selection<'a>>) -> Option<&'c Choice<'a>> {
    match &selection?.outcome {
        Outcome::Chosen(choice) => Some(choice),
        Outcome::NotNow { .. }
        | Outcome::Unregistered
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => None,
    }
}

/// What decided: the build, the data files, the organization's policy and the time-zone data.
fn rules_version(context: &Context) -> String {
    format!(
        "{} data {} policy {} tz {}",
        env!("CARGO_PKG_VERSION"),
        context.rules.version(),
        context.org.policy_version,
        tz_version(),
    )
}

impl DecisionRecord {
    /// The same record, once the message has to wait after all.
    #[must_use]
    pub fn deferred(self, reason: Reason) -> Self {
        Self {
            outcome: "defer".to_owned(),
            reason: Some(reason),
            ..self
        }
    }
}
