//! The events that we trigger on a message. Must not know when an event is accepted or what it
//! does.

use chrono::{DateTime, Utc};

use super::decision::Decision;
use super::status::Status;
use crate::carrier::ProviderError;

/// An event that we trigger on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The rules were evaluated for a new, waiting or due message.
    Judged(Decision),
    /// A user resubmitted the message, and the rules were evaluated.
    Resubmitted {
        /// The outcome of the rules.
        decision: Decision,
        /// Whether an operator forces the resubmission although the outcome of the last attempt is
        /// unknown.
        is_forced: bool,
    },
    /// The client cancels the message.
    Cancel,
    /// An opt-out of the recipient was committed.
    OptOut,
    /// A new attempt begins.
    Claim {
        /// The deadline of the call.
        deadline: DateTime<Utc>,
    },
    /// The stored bytes of the newest attempt are sent again.
    Resend {
        /// The deadline of the call.
        deadline: DateTime<Utc>,
    },
    /// The provider certainly did not accept the message.
    Refused(FollowUp),
    /// The call ended without a usable response, or never ended.
    OutcomeUnknown {
        /// When to check the message again.
        look_again_at: DateTime<Utc>,
    },
    /// The message's validity has ended.
    Expire,
}

/// What follows a definite non-send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// The message is not retried.
    Fail(ProviderError),
    /// The message is retried.
    Retry {
        /// When the retry is due.
        at: DateTime<Utc>,
        /// Whether the attempt does not count, because the provider refused our account and not the
        /// message.
        is_void: bool,
        /// Whether the retry must use another number.
        switches_number: bool,
    },
    /// The provider reports that the recipient has opted out.
    OptOut,
    /// The provider requires a registration that the number lacks.
    MissingCampaign,
}

/// The message does not accept the event in its status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message that is {status} does not take the event {event}")]
pub struct TransitionRefused {
    /// The status of the message.
    pub status: Status,
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
