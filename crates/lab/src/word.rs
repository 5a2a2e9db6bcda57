//! What a decision says, as far as decisions are compared.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::decision::{Decided, RuleVerdict, Trace};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::reason::Reason;

use crate::outcome::Outcome;

/// The result of a decision. Two decisions are the same when these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    pub outcome: Outcome,
    /// Why, unless the message leaves.
    pub reason: Option<Reason>,
    /// Until when it waits.
    pub until: Option<DateTime<Utc>>,
    /// From which number it leaves.
    pub number: Option<PhoneNumberId>,
    /// What it costs, whatever the outcome.
    pub price: Money,
}

/// What a rule says, unless it allows the message or does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleWord {
    /// The code of the rule.
    pub rule: Cow<'static, str>,
    pub verdict: VerdictKind,
    pub reason: Option<Reason>,
    pub until: Option<DateTime<Utc>>,
}

/// A decision's result with what the rules said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub gist: Gist,
    /// The rules that neither allow the message nor are out of place, in their order.
    pub rules: Vec<RuleWord>,
}

/// The first thing in which two results differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Aspect {
    /// The outcome, or its reason.
    Outcome,
    /// The end of a wait.
    Until,
    /// The number.
    Number,
    /// The price.
    Price,
}

impl Gist {
    /// The result of a decision.
    #[must_use]
    pub fn of(decided: &Decided) -> Self {
        let (_, reason) = decided.decision.outcome();
        Self {
            outcome: Outcome::of(&decided.decision),
            reason,
            until: decided.trace.earliest,
            number: decided.trace.number.as_ref().map(|number| number.id),
            price: decided.trace.price,
        }
    }

    /// The first thing in which the other result differs; `None` = nothing.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Aspect> {
        if (self.outcome, self.reason) != (other.outcome, other.reason) {
            return Some(Aspect::Outcome);
        }
        if self.until != other.until {
            return Some(Aspect::Until);
        }
        if self.number != other.number {
            return Some(Aspect::Number);
        }
        (self.price != other.price).then_some(Aspect::Price)
    }
}

impl Word {
    /// What a decision says.
    #[must_use]
    pub fn of(gist: Gist, trace: &Trace) -> Self {
        let rules = trace.rules.iter().filter_map(RuleWord::of);
        Self {
            gist,
            rules: rules.collect(),
        }
    }

    fn of_rule(&self, rule: &str) -> Option<&RuleWord> {
        self.rules.iter().find(|word| word.rule == rule)
    }

    /// The rule that makes the other decision differ: of those that say something else there, the one that gives its
    /// reason, or else gave the reason here. Without such a rule, what differs.
    #[must_use]
    pub fn tipped_by(&self, other: &Self, aspect: Aspect) -> Cow<'static, str> {
        let codes = || {
            let mine = self.rules.iter().map(|word| &word.rule);
            let both = mine.chain(other.rules.iter().map(|word| &word.rule));
            both.filter(|rule| self.of_rule(rule) != other.of_rule(rule))
        };
        let giving = |word: &Self| {
            let reason = word.gist.reason?;
            let gives = |rule: &&Cow<'static, str>| {
                let found = word.of_rule(rule);
                found.is_some_and(|found| found.reason == Some(reason))
            };
            codes().find(gives)
        };
        let rule = giving(other).or_else(|| giving(self));
        let rule = rule.or_else(|| codes().next());
        match aspect {
            Aspect::Number => Cow::Borrowed("choice of a number"),
            Aspect::Price => Cow::Borrowed("price"),
            Aspect::Outcome | Aspect::Until => {
                rule.cloned().unwrap_or(Cow::Borrowed("choice of a number"))
            }
        }
    }
}

impl RuleWord {
    fn of(verdict: &RuleVerdict) -> Option<Self> {
        let says_something = !matches!(
            verdict.verdict,
            VerdictKind::Allow | VerdictKind::NotApplicable
        );
        says_something.then(|| Self {
            rule: verdict.rule.clone(),
            verdict: verdict.verdict,
            reason: verdict.reason,
            until: verdict.until,
        })
    }
}

impl Aspect {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Until => "until",
            Self::Number => "number",
            Self::Price => "price",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
