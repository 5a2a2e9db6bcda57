//! The queue of rows that somebody must look at.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::{Attempt, Message};

/// A row whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The message.
    pub message: Message,
    /// Its newest attempt, if it has one.
    pub attempt: Option<Attempt>,
}

/// The messages table as a queue.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DispatchQueue: Send + Sync {
    /// Takes up to `limit` rows that are due at `now`, system messages first, then by due time, and
    /// hides them from other workers until `lease_until`. A row that is not committed by then MUST
    /// become due again: a crash loses nothing. No row MUST be taken by two workers at once, and at
    /// most one row per recipient MUST be taken in one call. Rows of accounts in `paused` MUST stay
    /// untouched.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        paused: &[crate::numbers::ProviderAccount],
    ) -> Result<Vec<Due>, Unavailable>;

    /// The earliest instant at which any row is due; `None` = nothing waits.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable>;
}

/// Tells the dispatcher in the same process that something may be due at once. Losing a wake-up is
/// harmless: the dispatcher polls.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait DispatchWaker: Send + Sync {
    /// Something may be due.
    fn wake(&self);
}
