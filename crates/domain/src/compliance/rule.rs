//! The type of a rule: a named pure function with its source and its possible results. This module
//! must not know any particular rule.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::message::{Block, BlockKind, Schedule, TrafficType};
use crate::numbers::selection::Selection;
use crate::values::reason::Reason;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The verdict of a rule on one message.
    VerdictKind {
        /// The rule allows the message.
        Allow = "allow",
        /// The rule allows the message, with a finding for people.
        Warn = "warn",
        /// The rule defers the message.
        Defer = "defer",
        /// The rule refuses the message.
        Refuse = "refuse",
        /// The rule would refuse or defer the message, but an exemption applies.
        Exempt = "exempt",
        /// The rule does not apply to this traffic, or was not evaluated.
        NotApplicable = "not_applicable",
    }
}

impl VerdictKind {
    pub(crate) const fn allow() -> Self {
        Self::Allow
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    pub(crate) const fn allows(&self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// When a rule is evaluated, and its function.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// Always evaluated, for the instant at which the message would be sent, now or later.
    Always(fn(&Case<'_>) -> Verdict),
    /// Evaluated only if all other rules allow the message now, because numbers and balance at a
    /// later instant are not known yet.
    OnlyWhenSending(fn(&Case<'_>, &Selection<'_>) -> Verdict),
}

/// A rule: its code, its traffic, its source and its function.
#[derive(Debug)]
pub struct Rule {
    /// The code of the rule, as in the trace; unique, and never changed once a trace is stored.
    pub code: &'static str,
    /// The condition of a refusal, as the end of the sentence "Refuses when …".
    pub refuses_when: &'static str,
    /// The status or outcome that a refusal leads to.
    pub outcome: &'static str,
    /// The traffic that the rule applies to; always includes messages to leads.
    ///
    /// Warm-up is an internal job with its own pool, at our own cost, and its numbers text each
    /// other. Test traffic does not reach people, so hours, caps and billing do not apply. System
    /// replies (the opt-out confirmation, the reply to HELP) are requested by the recipient at that
    /// moment.
    pub traffic: &'static [TrafficType],
    /// The law, industry rule or product decision behind it.
    pub citation: &'static str,
    /// The function, and when it is evaluated.
    pub judge: Judge,
    /// The first instant at or after the given one that the rule allows; only for time-dependent
    /// rules.
    pub next_allowed: Option<NextAllowed>,
}

impl Rule {
    /// Whether the rule applies to a kind of traffic. A message for which no number was found counts
    /// as a message to a lead.
    #[must_use]
    pub fn applies_to(&self, traffic: TrafficType) -> bool {
        let kind = match traffic {
            TrafficType::RealLead | TrafficType::FailedAttempt => TrafficType::RealLead,
            TrafficType::Warmup | TrafficType::Test | TrafficType::SystemInternal => traffic,
        };
        self.traffic.contains(&kind)
    }
}

/// Returns the first instant at or after the given one that a rule allows; `None` when it allows
/// none up to the case's horizon.
pub type NextAllowed = fn(&Case<'_>, DateTime<Utc>) -> Option<DateTime<Utc>>;

/// The effect of a rule on a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing against it.
    Allow,
    /// The message is allowed, with a finding for people.
    Warn(Reason),
    /// The message would be refused or deferred, but an exemption applies.
    Exempt(Reason),
    /// The rule is not evaluated.
    NotApplicable,
    /// The rule defers the message.
    Defer {
        reason: Reason,
        /// The first instant that the rule allows, if there is one.
        until: Option<DateTime<Utc>>,
    },
    /// No number can send the message, for a lasting reason.
    NoNumber(Reason),
    /// Refused.
    Refuse(Block),
}

/// A named scalar that a rule used.
pub type RuleFact = (&'static str, Cow<'static, str>);

/// A rule's verdict with the facts that it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The effect on the message.
    pub effect: Effect,
    /// The facts as scalars, without text or phone numbers.
    pub facts: Vec<RuleFact>,
    /// The findings, one sentence each, for people. They may quote words from our lists but never
    /// the text itself.
    pub findings: Vec<Cow<'static, str>>,
}

impl Verdict {
    /// Nothing against it.
    #[must_use]
    pub const fn allow() -> Self {
        Self::new(Effect::Allow)
    }

    /// The rule is not evaluated.
    #[must_use]
    pub const fn not_applicable() -> Self {
        Self::new(Effect::NotApplicable)
    }

    /// The message is refused as `blocked_compliance`.
    #[must_use]
    pub const fn refuse(reason: Reason) -> Self {
        Self::block(BlockKind::Compliance, reason)
    }

    /// Refused.
    #[must_use]
    pub const fn block(kind: BlockKind, reason: Reason) -> Self {
        Self::new(Effect::Refuse(Block { kind, reason }))
    }

    /// The rule defers the message.
    #[must_use]
    pub const fn defer(reason: Reason, until: Option<DateTime<Utc>>) -> Self {
        Self::new(Effect::Defer { reason, until })
    }

    /// A verdict without facts.
    #[must_use]
    pub const fn new(effect: Effect) -> Self {
        Self {
            effect,
            facts: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Adds a finding.
    #[must_use]
    pub fn finding(mut self, sentence: impl Into<Cow<'static, str>>) -> Self {
        self.findings.push(sentence.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
}

impl Effect {
    /// The kind of the effect, as traces show it.
    #[must_use]
    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Allow => VerdictKind::Allow,
            Self::Warn(_) => VerdictKind::Warn,
            Self::Exempt(_) => VerdictKind::Exempt,
            Self::NotApplicable => VerdictKind::NotApplicable,
            Self::Defer { .. } => VerdictKind::Defer,
            Self::NoNumber(_) | Self::Refuse(_) => VerdictKind::Refuse,
        }
    }

    /// The reason, if the effect has one.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Allow | Self::NotApplicable => None,
            Self::Warn(reason)
            | Self::Exempt(reason)
            | Self::Defer { reason, .. }
            | Self::NoNumber(reason)
            | Self::Refuse(Block { reason, .. }) => Some(*reason),
        }
    }

    /// The first instant that the rule allows, for a deferral.
    #[must_use]
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Defer { until, .. } => *until,
            Self::Allow
            | Self::Warn(_)
            | Self::Exempt(_)
            | Self::NotApplicable
            | Self::NoNumber(_)
            | Self::Refuse(_) => None,
        }
    }

    /// The wait, for a deferral with a known end.
    #[must_use]
    pub fn wait(&self) -> Option<Schedule> {
        let reason = self.reason()?;
        self.until().map(|until| Schedule { until, reason })
    }
}
