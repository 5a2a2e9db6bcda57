//! The queue of rows that somebody must look at.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::{Attempt, Message};
use crate::values::ProviderAccount;
use crate::values::ids::OrganizationId;

/// A row whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The message.
    pub message: Message,
    /// Its newest attempt, if it has one.
    pub attempt: Option<Attempt>,
}

/// What a worker asks the queue for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Rows that are due by now.
    pub now: DateTime<Utc>,
    /// Until when they are hidden from other workers.
    pub lease_until: DateTime<Utc>,
    /// How many rows at most.
    pub limit: usize,
    /// Accounts whose rows stay untouched.
    pub paused: Vec<ProviderAccount>,
    /// How many rows may be taken of some organizations, 0 among them; of all others up to `limit`.
    pub rooms: Vec<(OrganizationId, usize)>,
}

/// The messages that wait to be looked at, as a queue.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DispatchQueue: Send + Sync {
    /// Takes due rows, system messages first, then answers, then bulk messages, and hides them from
    /// other workers. A row that is not committed by the end of its lease MUST become due again: a
    /// crash loses nothing. No row MUST be taken by two workers at once, and at most one row per
    /// recipient MUST be taken in one call.
    ///
    /// Within a priority, organizations take turns: one that has many rows due MUST NOT keep those of
    /// others waiting. An organization's own rows come by due time.
    ///
    /// Queued rows pass the lanes of their number, of the number's campaign, and of the account. Over
    /// all workers, no minute (second, for an account) MUST see more of a lane's rows taken than its
    /// pace allows; of the rows of a lane, system messages and answers MUST have their turn before
    /// bulk ones, and rows that wait for their turn MUST NOT keep those of other lanes waiting.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Unavailable>;

    /// The earliest instant at which a row is due, those of accounts in `paused` left out; where rows
    /// are due already, the due time of any of them; `None` = nothing waits.
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
