//! The instants that a message shows: when something happened to the message or its newest attempt,
//! not when we learned of it.

use chrono::{DateTime, Utc};

use crate::values::reason::Reason;

/// The `…At` fields of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// When the message was first accepted or saved.
    pub created_at: DateTime<Utc>,
    /// When the message last changed.
    pub modified_at: DateTime<Utc>,
    /// The instant for which the message waits or waited, and why.
    pub scheduled: Option<Schedule>,
    /// When the message was first queued: allowed, with its price held.
    pub queued_at: Option<DateTime<Utc>>,
    /// When the message was first handed to the provider.
    pub sending_started_at: Option<DateTime<Utc>>,
    /// The earliest acceptance by the provider or a carrier.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the handset confirmed delivery.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the lead's text arrived, for a received message.
    pub received_at: Option<DateTime<Utc>>,
    /// When the message failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// When the carrier reported the message undeliverable.
    pub undeliverable_at: Option<DateTime<Utc>>,
    /// When a rule refused the message.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When the client canceled the message.
    pub canceled_at: Option<DateTime<Utc>>,
}

/// An instant for which a message waits. What is paused waits for its resumption: the instant is then the one
/// at which it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub until: DateTime<Utc>,
    /// Why the message must wait.
    pub reason: Reason,
}

impl Schedule {
    /// Whether the message waits for the instant; what is paused waits for its resumption.
    #[must_use]
    pub const fn has_end(&self) -> bool {
        !matches!(self.reason, Reason::Paused)
    }
}

impl Timeline {
    /// The timeline of a message created at `at`.
    #[must_use]
    pub const fn starting(at: DateTime<Utc>) -> Self {
        Self {
            created_at: at,
            modified_at: at,
            scheduled: None,
            queued_at: None,
            sending_started_at: None,
            sent_at: None,
            delivered_at: None,
            received_at: None,
            failed_at: None,
            undeliverable_at: None,
            blocked_at: None,
            canceled_at: None,
        }
    }

    /// Clears what an earlier attempt or decision set, because a new one begins. The history keeps
    /// it.
    #[must_use]
    pub const fn without_outcome(self) -> Self {
        Self {
            sent_at: None,
            delivered_at: None,
            failed_at: None,
            undeliverable_at: None,
            blocked_at: None,
            ..self
        }
    }
}
