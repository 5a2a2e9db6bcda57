//! The queue of rows that somebody must look at.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::{Attempt, Message};
use crate::values::ProviderAccount;

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
    /// Queued rows pass the lanes of their number, of the number's campaign, and of the account. Over
    /// all workers, no minute (second, for an account) MUST see more of a lane's rows taken than its
    /// pace allows; of the rows of a lane, system messages and answers MUST have their turn before
    /// bulk ones, and rows that wait for their turn MUST NOT keep those of other lanes waiting.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        paused: &[ProviderAccount],
    ) -> Result<Vec<Due>, Unavailable>;

    /// The earliest instant at which a row is due, those of accounts in `paused` left out; `None` =
    /// nothing waits.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn next_due(
        &self,
        paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, Unavailable>;
}

/// The rates at which the provider takes messages from our accounts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountRates: Send + Sync {
    /// Sets the most messages of each account in any second, over all workers; `None` = no limit.
    /// Accounts that are not named stay as they are. Claims MUST keep to it from then on, and what
    /// they took before MUST count.
    ///
    /// # Errors
    /// [`Unavailable`]; setting them again is safe.
    async fn set(&self, rates: &[(ProviderAccount, Option<u32>)]) -> Result<(), Unavailable>;
}

/// Tells the dispatcher in the same process that something may be due at once. Losing a wake-up is
/// harmless: the dispatcher polls.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait DispatchWaker: Send + Sync {
    /// Something may be due.
    fn wake(&self);
}
