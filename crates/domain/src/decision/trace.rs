//! Why a decision came out as it did: a code per rule with the facts it used, every number's fate,
//! the price. Holds no text and no phone number, so that it can be kept and shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::billing::Money;
use crate::ids::PhoneNumberId;
use crate::numbers::SelectionReason;
use crate::reason::Reason;
use crate::wire::wire_enum;

wire_enum! {
    /// A rule's word on one message.
    VerdictKind {
        /// Nothing to say against it.
        Allow = "allow",
        /// Something a person should know.
        Warn = "warn",
        /// Not now.
        Defer = "defer",
        /// Not at all.
        Refuse = "refuse",
        /// Would refuse or defer, but an exemption applies.
        Exempt = "exempt",
        /// The rule does not apply to this traffic or at this time.
        NotApplicable = "not_applicable",
    }
}

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
    pub earliest: Option<DateTime<Utc>>,
    /// Build, data files, policy and time-zone data that decided.
    pub rules_version: String,
}

/// One rule's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The rule's code.
    pub rule: String,
    /// What it says.
    pub verdict: VerdictKind,
    /// Why, when it is against.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// First instant at which it allows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<DateTime<Utc>>,
    /// The facts it used, as scalars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub facts: BTreeMap<String, String>,
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
    pub detail: Option<String>,
}

/// A number that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LosingNumber {
    /// The number.
    pub id: PhoneNumberId,
    /// The codes of the gates it failed; empty = it passed, and another was better.
    pub failed_gates: Vec<String>,
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
