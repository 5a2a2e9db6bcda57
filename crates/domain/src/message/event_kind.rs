//! Events without what they carry: what the transition table has rows for.

use super::decision::{BlockKind, Decision};
use super::event::{Event, FollowUp};
use crate::carrier::EvidenceKind;

/// An event without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The rules were run for a new, waiting or due message.
    Judged(DecisionKind),
    /// A person submitted it again, and the rules were run.
    Resubmitted(DecisionKind),
    /// The client withdraws it.
    Cancel,
    /// An opt-out of the recipient was committed.
    OptOut,
    /// A new attempt begins.
    Claim,
    /// The stored bytes of the newest attempt go out once more.
    Resend,
    /// The provider certainly took nothing.
    Refused(FollowUpKind),
    /// The call ended without a usable answer, or never ended.
    OutcomeUnknown,
    /// Its validity passed.
    Expire,
    /// Evidence arrived, and this is what the attempt's merged evidence says now.
    Evidence(EvidenceKind),
}

/// What the rules decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// It may leave now.
    Send,
    /// Not before a later instant.
    Defer,
    /// Refused.
    Block(BlockKind),
    /// No number can send it.
    NoNumber,
}

/// What follows a definite non-send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpKind {
    /// No further try.
    Fail,
    /// Another try.
    Retry,
    /// The provider knows of an opt-out.
    OptOut,
    /// The provider misses a registration.
    MissingCampaign,
}

impl Event {
    /// The event without what it carries.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Judged(decision) => EventKind::Judged(decision.kind()),
            Self::Resubmitted { decision, .. } => EventKind::Resubmitted(decision.kind()),
            Self::Cancel => EventKind::Cancel,
            Self::OptOut => EventKind::OptOut,
            Self::Claim { .. } => EventKind::Claim,
            Self::Resend { .. } => EventKind::Resend,
            Self::Refused(follow_up) => EventKind::Refused(follow_up.kind()),
            Self::OutcomeUnknown { .. } => EventKind::OutcomeUnknown,
            Self::Expire => EventKind::Expire,
        }
    }
}

impl Decision {
    const fn kind(&self) -> DecisionKind {
        match self {
            Self::Send(_) => DecisionKind::Send,
            Self::Defer(_) => DecisionKind::Defer,
            Self::Block(block) => DecisionKind::Block(block.kind),
            Self::NoNumber(_) => DecisionKind::NoNumber,
        }
    }
}

impl FollowUp {
    const fn kind(&self) -> FollowUpKind {
        match self {
            Self::Fail(_) => FollowUpKind::Fail,
            Self::Retry { .. } => FollowUpKind::Retry,
            Self::OptOut => FollowUpKind::OptOut,
            Self::MissingCampaign => FollowUpKind::MissingCampaign,
        }
    }
}
