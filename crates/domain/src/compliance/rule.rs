//! What a rule is: a named pure function with its source, and what it can answer. This module must
//! not know any particular rule.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::message::{Block, BlockKind, Schedule};
use crate::numbers::selection::Selection;
use crate::values::reason::Reason;
use crate::values::wire::wire_enum;

wire_enum! {
    /// The rules by their codes, as in the trace.
    RuleCode {
        /// The recipient said STOP.
        OptOut = "opt_out",
        /// The recipient's last text may be an opt-out.
        OptOutReview = "opt_out_review",
        /// Registration with the carriers.
        TenDlc = "ten_dlc",
        /// Leads put aside.
        LeadArchived = "lead_archived",
        /// Numbers of ours, which are no people.
        OwnNumber = "own_number",
        /// Consent on record.
        Consent = "consent",
        /// States that the organization texts.
        StatePolicy = "state_policy",
        /// What carriers forbid in texts.
        Content = "content",
        /// Where the recipient is.
        Jurisdiction = "jurisdiction",
        /// Legal hours.
        QuietHours = "quiet_hours",
        /// Messages to one person in 24 hours.
        StateFrequencyCap = "state_frequency_cap",
        /// The organization's limits for one lead.
        LeadLimits = "lead_limits",
        /// A number to send from.
        Numbers = "numbers",
        /// The numbers' hour and day.
        Capacity = "capacity",
        /// Money.
        Wallet = "wallet",
    }
}

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

/// When a rule is asked, and its function.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// At once, also for a message that leaves later: for the instant at which it would leave.
    Always(fn(&Case<'_>) -> Verdict),
    /// Only when everything else lets the message leave now: numbers and money of a later instant
    /// are not known yet.
    OnlyWhenSending(fn(&Case<'_>, &Selection<'_>) -> Verdict),
}

/// A rule: what it is called, where it comes from, and its function.
#[derive(Debug)]
pub struct Rule {
    /// Its code.
    pub code: RuleCode,
    /// What it refuses, as the end of the sentence "Refuses when …".
    pub refuses_when: &'static str,
    /// The status or outcome that a refusal leads to.
    pub outcome: &'static str,
    /// The law, industry rule or product decision behind it.
    pub citation: &'static str,
    /// Its word on a case, and when it is asked for it.
    pub judge: Judge,
    /// The first instant at or after the one given that it allows; only for rules of time.
    pub next_allowed: Option<NextAllowed>,
}

/// Answers the first instant at or after the one given that a rule allows; `None` when it allows
/// none up to the case's horizon.
pub type NextAllowed = fn(&Case<'_>, DateTime<Utc>) -> Option<DateTime<Utc>>;

/// What a rule means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing against it.
    Allow,
    /// Nothing against it, but a person should know.
    Warn(Reason),
    /// It would be against it, but an exemption applies.
    Exempt(Reason),
    /// It is not asked.
    NotApplicable,
    /// Not now.
    Defer {
        /// Why.
        reason: Reason,
        /// The first instant that this rule allows, if there is one.
        until: Option<DateTime<Utc>>,
    },
    /// No number can send it, for a lasting reason.
    NoNumber(Reason),
    /// Refused.
    Refuse(Block),
}

/// A scalar that a rule used, by name.
pub type RuleFact = (&'static str, Cow<'static, str>);

/// A rule's word with the facts it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it means.
    pub effect: Effect,
    /// The facts, as scalars: no text, no phone number.
    pub facts: Vec<RuleFact>,
    /// What was found, each as a sentence of its own for people. They may name words of our lists,
    /// never the text itself.
    pub findings: Vec<Cow<'static, str>>,
}

impl Verdict {
    /// Nothing against it.
    #[must_use]
    pub const fn allow() -> Self {
        Self::new(Effect::Allow)
    }

    /// Not asked.
    #[must_use]
    pub const fn not_applicable() -> Self {
        Self::new(Effect::NotApplicable)
    }

    /// Refused as a compliance matter.
    #[must_use]
    pub const fn refuse(reason: Reason) -> Self {
        Self::block(BlockKind::Compliance, reason)
    }

    /// Refused.
    #[must_use]
    pub const fn block(kind: BlockKind, reason: Reason) -> Self {
        Self::new(Effect::Refuse(Block { kind, reason }))
    }

    /// Not now.
    #[must_use]
    pub const fn defer(reason: Reason, until: Option<DateTime<Utc>>) -> Self {
        Self::new(Effect::Defer { reason, until })
    }

    /// A word without facts.
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
    /// The effect by the name that traces use.
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

    /// Why, where there is something to say.
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

    /// The first instant that the rule allows, when that is later.
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

    /// The wait that it asks for, when it knows an end.
    #[must_use]
    pub fn wait(&self) -> Option<Schedule> {
        let reason = self.reason()?;
        self.until().map(|until| Schedule { until, reason })
    }
}
