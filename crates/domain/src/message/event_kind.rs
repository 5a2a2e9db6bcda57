//! Events without their data, as the transition table lists them.

use super::decision::{BlockKind, Decision};
use super::event::{Event, FollowUp};
use crate::carrier::EvidenceKind;

/// An event without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The rules were evaluated for a new, waiting or due message.
    Judged(DecisionKind),
    /// A user resubmitted the message, and the rules were evaluated.
    Resubmitted(DecisionKind),
    /// The client cancels the message.
    Cancel,
    /// An opt-out of the recipient was committed.
    OptOut,
    /// A new attempt begins.
    Claim,
    /// The stored bytes of the newest attempt are sent again.
    Resend,
    /// The provider certainly did not accept the message.
    Refused(FollowUpKind),
    /// The call ended without a usable response, or never ended.
    OutcomeUnknown,
    /// The message's validity has ended.
    Expire,
    /// Evidence arrived; this is the kind of the attempt's merged evidence.
    Evidence(EvidenceKind),
}

/// The outcome of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// The message may be sent now.
    Send,
    /// The message must wait for a later instant.
    Defer,
    /// The message must wait until what is paused is resumed.
    Pause,
    /// A rule refuses the message.
    Block(BlockKind),
    /// No number can send the message.
    NoNumber,
}

/// What follows a definite non-send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpKind {
    /// The message is not retried.
    Fail,
    /// The message is retried.
    Retry,
    /// The provider reports that the recipient has opted out.
    OptOut,
    /// The provider requires a registration that the number lacks.
    MissingCampaign,
}

impl Event {
    /// The kind of the event.
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
            Self::Defer(schedule) if schedule.has_end() => DecisionKind::Defer,
            Self::Defer(_) => DecisionKind::Pause,
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
