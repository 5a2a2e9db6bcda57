//! The explanation of a decision: a verdict per rule with the facts that it used, the result for
//! every number, and the price. It contains no text and no phone number, so that it can be stored
//! and shown.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::compliance::rule::{Rule, Verdict, VerdictKind};
use crate::facts::Context;
use crate::law::RuleData;
use crate::law::schedule::tz_version;
use crate::message::Decision;
use crate::numbers::selection::{Choice, Outcome, Selection};
use crate::values::SelectionReason;
use crate::values::billing::Money;
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;

/// The trace of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// One verdict per rule, in the order of the table.
    pub rules: Vec<RuleVerdict>,
    /// The chosen number, if any.
    pub number: Option<WinningNumber>,
    /// The other numbers, each with the gates that it failed.
    pub others: Vec<LosingNumber>,
    /// The price of the message.
    pub price: Money,
    /// The first instant at which the message may be sent, if that is not now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earliest: Option<DateTime<Utc>>,
    /// The versions of the build, the data files, the policy and the time-zone data.
    pub rules_version: String,
}

/// The verdict of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The code of the rule.
    pub rule: Cow<'static, str>,
    /// The kind of verdict. The stored form omits the common case, that the rule allows the
    /// message.
    #[serde(
        skip_serializing_if = "VerdictKind::allows",
        default = "VerdictKind::allow"
    )]
    pub verdict: VerdictKind,
    /// The reason, if the rule refuses or defers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// The first instant that the rule allows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<DateTime<Utc>>,
    /// The facts that the rule used, as scalars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub facts: BTreeMap<Cow<'static, str>, Cow<'static, str>>,
    /// The findings, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Cow<'static, str>>,
}

/// The chosen number, and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinningNumber {
    pub id: PhoneNumberId,
    pub selection: SelectionReason,
    /// The rung, score or switch that explains the choice.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<Cow<'static, str>>,
}

/// A number that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LosingNumber {
    pub id: PhoneNumberId,
    /// The codes of the failed gates; empty = the number was eligible, but another one was better.
    #[serde(rename = "failed", skip_serializing_if = "Vec::is_empty", default)]
    pub failed_gates: Vec<Cow<'static, str>>,
}

/// A decision as it is stored: the outcome and the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// When the decision was made.
    pub at: DateTime<Utc>,
    /// The decision's own: `send`, `defer`, `block` or `no_number`.
    pub outcome: String,
    /// The reason, unless the outcome is `send`.
    pub reason: Option<Reason>,
    /// The trace, with at most 20 losing numbers.
    pub trace: Trace,
    /// The number of losing numbers before truncation.
    pub others_count: u32,
    /// Why the message waits although the decision was to send it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waits_for: Option<Reason>,
}

impl Trace {
    /// The trace of a decided case; `rules` and `verdicts` are in the same order.
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
                Decision::Defer(schedule) if schedule.has_end() => Some(schedule.until),
                Decision::Defer(_)
                | Decision::Send(_)
                | Decision::Block(_)
                | Decision::NoNumber(_) => None,
            },
            rules_version: rules_version(case.context),
        }
    }
}

impl RuleVerdict {
    fn of(rule: &Rule, verdict: Verdict) -> Self {
        let facts = verdict.facts.into_iter();
        Self {
            rule: Cow::Borrowed(rule.code),
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
        | Outcome::Paused { .. }
        | Outcome::Unregistered
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => None,
    }
}

/// The versions of everything that determines a decision: the build, the data files, the
/// organization's policy and the time-zone data. See `build.rs` for the hash of the build.
fn rules_version(context: &Context) -> String {
    version(context.rules, &context.org.policy_version.to_string())
}

/// The version that this build records under `rules` and a policy of this version.
#[must_use]
pub fn rules_version_of(rules: &RuleData, policy_version: i64) -> String {
    version(rules, &policy_version.to_string())
}

fn version(rules: &RuleData, policy: &str) -> String {
    format!(
        "build {} data {} policy {policy} tz {}",
        env!("RULES_BUILD"),
        rules.version(),
        tz_version(),
    )
}

/// Whether a recorded version names this build, these data files and this time-zone data.
pub(super) fn is_by_these_rules(recorded: &str, rules: &RuleData) -> bool {
    let policy = recorded
        .split(' ')
        .skip_while(|word| *word != "policy")
        .nth(1);
    policy.is_some_and(|policy| recorded == version(rules, policy))
}

impl DecisionRecord {
    /// The record for a message that must wait after it was allowed.
    #[must_use]
    pub fn deferred(self, reason: Reason) -> Self {
        Self {
            waits_for: Some(reason),
            ..self
        }
    }

    /// What followed, with its reason: the decision's outcome, or the later wait.
    #[must_use]
    pub fn shown(&self) -> (&str, Option<Reason>) {
        match self.waits_for {
            Some(reason) => ("defer", Some(reason)),
            None => (&self.outcome, self.reason),
        }
    }
}
