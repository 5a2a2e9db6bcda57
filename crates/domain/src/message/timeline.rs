//! The instants a message shows. Each is a fact about the message and its newest attempt, not the
//! moment when we heard of it.

use chrono::{DateTime, Utc};

use crate::values::reason::Reason;

/// The `…At` fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// When the message was first accepted or saved.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub modified_at: DateTime<Utc>,
    /// The instant that the message waited for, or waits for, and why.
    pub scheduled: Option<Schedule>,
    /// First time it was allowed and paid for.
    pub queued_at: Option<DateTime<Utc>>,
    /// First time it was handed to the provider.
    pub sending_started_at: Option<DateTime<Utc>>,
    /// Earliest acceptance by provider or carrier.
    pub sent_at: Option<DateTime<Utc>>,
    /// The handset's confirmation.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When a lead's text arrived.
    pub received_at: Option<DateTime<Utc>>,
    /// When it failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// When the carrier gave up.
    pub undeliverable_at: Option<DateTime<Utc>>,
    /// When a rule refused it.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When the client withdrew it.
    pub canceled_at: Option<DateTime<Utc>>,
}

/// A wait for an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The instant.
    pub until: DateTime<Utc>,
    /// Why not before.
    pub reason: Reason,
}

impl Timeline {
    /// A message that begins at `at`.
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

    /// Forgets what an earlier attempt or verdict left, as a new one begins; history keeps it.
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
