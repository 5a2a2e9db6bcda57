//! Why a message was allowed, moved or refused: the stored records, and the parts that a preview
//! shows too.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::compliance::rule::VerdictKind;
use sms_domain::decision::{DecisionRecord, LosingNumber, RuleVerdict, Trace, WinningNumber};
use sms_domain::values::SelectionReason;
use sms_domain::values::ids::{MessageId, PhoneNumberId};
use sms_domain::values::reason::Reason;

use super::wire::{Amount, Id, Name};

/// The decisions about a message.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecisionResponse {
    /// The message.
    pub(crate) sms_event_id: Id<MessageId>,
    /// The decisions, oldest first; one that changed nothing is not stored again.
    pub(crate) decisions: Vec<DecisionEntry>,
}

/// One decision.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecisionEntry {
    /// When it was made.
    pub(crate) decided_at: DateTime<Utc>,
    /// What came out: send, defer, block or no_number.
    pub(crate) outcome: String,
    /// The code of the reason, unless the message was sent.
    #[oai(nullable)]
    pub(crate) reason: Option<Name<Reason>>,
    /// The reason as a sentence.
    #[oai(nullable)]
    pub(crate) explanation: Option<String>,
    /// Every rule's word, in the order of the rules.
    pub(crate) rules: Vec<RuleVerdictEntry>,
    /// The number that was chosen.
    #[oai(nullable)]
    pub(crate) number: Option<ChosenNumber>,
    /// Numbers that were not chosen: at most 20.
    pub(crate) other_numbers: Vec<OtherNumber>,
    /// How many numbers were not chosen.
    pub(crate) other_numbers_count: u32,
    /// The price in US dollars.
    pub(crate) price: Amount,
    /// The first instant at which the message may leave, when that was not at once.
    #[oai(nullable)]
    pub(crate) earliest_at: Option<DateTime<Utc>>,
    /// The rules, tables, policy and time-zone data that decided.
    pub(crate) rules_version: String,
}

/// One rule's word on a message.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuleVerdictEntry {
    /// The rule.
    pub(crate) rule: String,
    /// What it says.
    pub(crate) verdict: Name<VerdictKind>,
    /// The code of the reason, when it is against the message.
    #[oai(nullable)]
    pub(crate) reason: Option<Name<Reason>>,
    /// The verdict in sentences, one for each thing that the rule found.
    pub(crate) explanation: String,
    /// The first instant at which the rule allows the message.
    #[oai(nullable)]
    pub(crate) until: Option<DateTime<Utc>>,
    /// The facts that the rule looked at.
    pub(crate) facts: BTreeMap<String, String>,
}

/// The number that was chosen.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChosenNumber {
    /// The number.
    pub(crate) phone_number_id: Id<PhoneNumberId>,
    /// The strategy that chose it.
    pub(crate) selection_reason: Name<SelectionReason>,
    /// More about the choice.
    #[oai(nullable)]
    pub(crate) detail: Option<String>,
}

/// A number that was not chosen.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OtherNumber {
    /// The number.
    pub(crate) phone_number_id: Id<PhoneNumberId>,
    /// The codes of what was against it; empty = it could send, and another was better.
    pub(crate) failed_gates: Vec<String>,
}

impl DecisionResponse {
    /// The records of one message.
    pub(crate) fn new(id: MessageId, records: &[DecisionRecord]) -> Self {
        Self {
            sms_event_id: Id(id),
            decisions: records.iter().map(DecisionEntry::from).collect(),
        }
    }
}

impl From<&DecisionRecord> for DecisionEntry {
    fn from(record: &DecisionRecord) -> Self {
        let (outcome, reason) = record.shown();
        let DecisionRecord {
            at,
            trace,
            others_count,
            ..
        } = record;
        Self {
            decided_at: *at,
            outcome: outcome.to_owned(),
            reason: reason.map(Name),
            explanation: reason.map(|reason| explanation(reason, trace)),
            rules: rules(trace),
            number: trace.number.as_ref().map(ChosenNumber::from),
            other_numbers: others(trace),
            other_numbers_count: *others_count,
            price: trace.price.into(),
            earliest_at: trace.earliest,
            rules_version: trace.rules_version.clone(),
        }
    }
}

/// Why, as sentences: what the rule that says so found, where it says more than its reason.
pub(super) fn explanation(reason: Reason, trace: &Trace) -> String {
    let mut said = trace.rules.iter();
    said.find(|said| said.reason == Some(reason) && !said.findings.is_empty())
        .map_or_else(
            || reason.sentence().to_owned(),
            |said| said.findings.join(" "),
        )
}

/// Every rule's word.
pub(super) fn rules(trace: &Trace) -> Vec<RuleVerdictEntry> {
    trace.rules.iter().map(RuleVerdictEntry::from).collect()
}

/// The numbers that were not chosen.
pub(super) fn others(trace: &Trace) -> Vec<OtherNumber> {
    trace.others.iter().map(OtherNumber::from).collect()
}

impl From<&RuleVerdict> for RuleVerdictEntry {
    fn from(said: &RuleVerdict) -> Self {
        let reason = said.reason.map(Reason::sentence);
        let explanation = if said.findings.is_empty() {
            reason
                .unwrap_or_else(|| without_reason(said.verdict))
                .to_owned()
        } else {
            said.findings.join(" ")
        };
        Self {
            rule: said.rule.to_string(),
            verdict: Name(said.verdict),
            reason: said.reason.map(Name),
            explanation,
            until: said.until,
            facts: (said.facts.iter())
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        }
    }
}

/// A verdict that needs no reason, as a sentence.
const fn without_reason(verdict: VerdictKind) -> &'static str {
    match verdict {
        VerdictKind::Allow => "The rule has nothing against the message.",
        VerdictKind::Warn => "The rule allows the message, but a person should look at it.",
        VerdictKind::Defer => "The rule does not allow the message yet.",
        VerdictKind::Refuse => "The rule refuses the message.",
        VerdictKind::Exempt => "The rule would be against the message, but an exemption applies.",
        VerdictKind::NotApplicable => "The rule does not apply to this traffic or at this time.",
    }
}

impl From<&WinningNumber> for ChosenNumber {
    fn from(number: &WinningNumber) -> Self {
        Self {
            phone_number_id: Id(number.id),
            selection_reason: Name(number.selection),
            detail: number.detail.as_deref().map(str::to_owned),
        }
    }
}

impl From<&LosingNumber> for OtherNumber {
    fn from(number: &LosingNumber) -> Self {
        Self {
            phone_number_id: Id(number.id),
            failed_gates: number
                .failed_gates
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}
