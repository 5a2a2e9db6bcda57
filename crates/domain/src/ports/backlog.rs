//! The backlog: what waits, how much, and since when. It is for operators, never for a decision.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::Status;

/// The backlog.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages that await processing, by status; statuses without any are left out.
    pub messages: Vec<Waiting>,
    /// The number of unmatched events of the provider.
    pub unmatched_events: u32,
    /// The number of conversations with a text that awaits review.
    pub open_reviews: u32,
}

/// Messages of one status that are due or delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub status: Status,
    /// The number of messages that are due and not claimed.
    pub due: u32,
    /// The due time of the first of them.
    pub due_since: Option<DateTime<Utc>>,
    /// The number of messages that are not due, but wait for a retry or for the outcome of a call.
    pub held_up: u32,
    /// When the oldest of all these entered its status.
    pub oldest_since: Option<DateTime<Utc>>,
}

/// Reads the backlog.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BacklogRepository: Send + Sync {
    /// The backlog at `now`. It MUST NOT read much more than it counts, and it counts at most about
    /// ten thousand of each kind: that number then stands for any greater one.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn backlog(&self, now: DateTime<Utc>) -> Result<Backlog, Unavailable>;
}
