//! The queue of messages that are due.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::message::{Attempt, Message};
use crate::values::ProviderAccount;
use crate::values::ids::OrganizationId;

/// A claimed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub message: Message,
    /// The newest attempt, if there is one.
    pub attempt: Option<Attempt>,
}

/// A worker's request to the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The current instant, by which rows must be due.
    pub now: DateTime<Utc>,
    /// The end of the lease, until which the rows are hidden from other workers.
    pub lease_until: DateTime<Utc>,
    /// The most rows to claim.
    pub limit: usize,
    /// Accounts whose rows are not claimed.
    pub paused: Vec<ProviderAccount>,
    /// How many rows may be taken of some organizations, 0 among them; of all others up to `limit`.
    pub rooms: Vec<(OrganizationId, usize)>,
}

/// The queue of messages that are due.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DispatchQueue: Send + Sync {
    /// Claims due rows, system messages first, then replies, then bulk messages, and hides them
    /// from other workers. A row that is not committed by the end of its lease MUST become due
    /// again, so that a crash loses no message. Two workers MUST NOT claim the same row at once,
    /// and one call MUST NOT claim more than one row per recipient.
    ///
    /// Within a priority, organizations take turns: one with many due rows MUST NOT delay those of
    /// others. Rows of one organization are in the order of their due times.
    ///
    /// Queued rows pass the lanes of their number, of the number's campaign, and of the account. Over
    /// all workers, no minute (second, for an account) MUST see more of a lane's rows taken than its
    /// pace allows; of the rows of a lane, system messages and answers MUST have their turn before
    /// bulk ones, and rows that wait for their turn MUST NOT keep those of other lanes waiting.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Unavailable>;

    /// The earliest instant at which a row is due, without rows of accounts in `paused`; where rows
    /// are already due, the due time of any of them; `None` = no row waits.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn next_due(
        &self,
        paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, Unavailable>;
}

/// Rate limits of the accounts at the provider.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountRates: Send + Sync {
    /// Sets each account's limit of messages in any second, over all workers; `None` = no limit.
    /// Other accounts stay unchanged. Claims MUST respect the limit from then on, and earlier
    /// claims MUST count.
    ///
    /// # Errors
    /// [`Unavailable`]; setting them again is safe.
    async fn set(&self, rates: &[(ProviderAccount, Option<u32>)]) -> Result<(), Unavailable>;
}

/// Wakes the dispatcher in the same process when a message may be due at once. A lost wake-up is
/// harmless, because the dispatcher polls.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait DispatchWaker: Send + Sync {
    /// Signals that a message may be due.
    fn wake(&self);
}
