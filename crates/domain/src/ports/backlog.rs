//! What waits, how much of it, and since when: for an operator's eyes, never for a decision.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::Status;

/// Everything that waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages that somebody has to move, by status; statuses without one are left out.
    pub messages: Vec<Waiting>,
    /// Events of the provider that belong to no message.
    pub unmatched_events: u32,
    /// Conversations in which a text waits for a person to read it.
    pub open_reviews: u32,
}

/// Messages of one status that are due, or held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The status.
    pub status: Status,
    /// How many are due, and nobody has taken them.
    pub due: u32,
    /// Since when the first of them is due.
    pub due_since: Option<DateTime<Utc>>,
    /// How many are not due, but wait for another try or for news of a call whose outcome is unknown.
    pub held_up: u32,
    /// Since when the oldest of all these is in its status.
    pub oldest_since: Option<DateTime<Utc>>,
}

/// Where one can see what waits.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BacklogRepository: Send + Sync {
    /// What waits at `now`. It MUST NOT read much more than what it counts, and it counts no more
    /// than some ten thousand of anything: the number then stands for any greater one.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn backlog(&self, now: DateTime<Utc>) -> Result<Backlog, Unavailable>;
}
