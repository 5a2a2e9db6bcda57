//! What happens to a message by our own will. Must not know when it is taken or what it does.

use chrono::{DateTime, Utc};

use super::decision::Decision;
use super::status::Status;
use crate::carrier::ProviderError;

/// What happens to a message by our own will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The rules were run for a new, waiting or due message.
    Judged(Decision),
    /// A person submitted it again, and the rules were run.
    Resubmitted {
        /// What came out.
        decision: Decision,
        /// An operator insists, though nobody knows whether the last attempt left.
        is_forced: bool,
    },
    /// The client withdraws it.
    Cancel,
    /// An opt-out of the recipient was committed.
    OptOut,
    /// A new attempt begins.
    Claim {
        /// When the call is over at the latest.
        deadline: DateTime<Utc>,
    },
    /// The stored bytes of the newest attempt go out once more.
    Resend {
        /// When the call is over at the latest.
        deadline: DateTime<Utc>,
    },
    /// The provider certainly took nothing.
    Refused(FollowUp),
    /// The call ended without a usable answer, or never ended.
    OutcomeUnknown {
        /// When to look again.
        look_again_at: DateTime<Utc>,
    },
    /// Its validity passed.
    Expire,
}

/// What follows a definite non-send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// No further try.
    Fail(ProviderError),
    /// Another try.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// The attempt does not count: our account was refused, not the message.
        is_void: bool,
        /// From another number.
        switches_number: bool,
    },
    /// The provider knows of an opt-out.
    OptOut,
    /// The provider misses a registration.
    MissingCampaign,
}

/// The event is not taken in the message's status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message that is {status} does not take the event {event}")]
pub struct TransitionRefused {
    /// Where the message stands.
    pub status: Status,
    /// The event's name.
    pub event: &'static str,
}

impl Event {
    /// The event's name in tables and errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Judged(_) => "judged",
            Self::Resubmitted { .. } => "resubmitted",
            Self::Cancel => "cancel",
            Self::OptOut => "opt_out",
            Self::Claim { .. } => "claim",
            Self::Resend { .. } => "resend",
            Self::Refused(_) => "refused",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::Expire => "expire",
        }
    }
}
