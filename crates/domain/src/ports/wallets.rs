//! Wallets: what an organization has left, and money that is put in.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::values::Actor;
use crate::values::billing::Money;
use crate::values::ids::{LedgerEntryId, OrganizationId};

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    pub organization_id: OrganizationId,
    /// The organization's name.
    pub organization_name: String,
    /// The sum of the ledger.
    pub balance: Money,
    /// The amount that is held for messages on their way.
    pub held: Money,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
}

/// Money that an operator puts into a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUp {
    pub organization_id: OrganizationId,
    /// Identifier of the ledger entry.
    pub id: LedgerEntryId,
    /// More than nothing, at most [`TopUp::MOST`].
    pub amount: Money,
    /// What the payment is called elsewhere, 1 to [`TopUp::LONGEST_REFERENCE`] characters.
    pub reference: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
}

impl TopUp {
    /// The largest amount of one entry: a billion dollars.
    pub const MOST: Money = Money::from_micros(1_000_000_000_000_000);
    /// The most characters of a reference.
    pub const LONGEST_REFERENCE: usize = 200;
}

/// The outcome of a top-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopUpOutcome {
    /// It is booked. The balance after it.
    Booked(Money),
    /// The same amount was booked under this reference before. The balance now.
    Repeated(Money),
    /// Another amount was booked under this reference before.
    Contradicts(Money),
    /// The balance would be higher than can be counted.
    TooMuch,
    /// There is no such organization.
    Unknown,
}

/// Access to wallets.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WalletRepository: Send + Sync {
    /// The wallet of an organization; `None` = no money was ever put in or held.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn wallet(&self, organization_id: OrganizationId) -> Result<Option<Wallet>, Unavailable>;

    /// Books a top-up, with its entry in the audit log. Of all top-ups of an organization with the same
    /// reference, one MUST be booked, also if they arrive at once. Only [`TopUpOutcome::Booked`] changes
    /// anything.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was booked. Repeating it is safe.
    async fn top_up(&self, top_up: TopUp) -> Result<TopUpOutcome, Unavailable>;
}
