//! The append-only ledger: one entry per attempt and kind; the balance is the sum.

use chrono::{DateTime, Utc};

use crate::values::billing::Money;
use crate::values::ids::{LedgerEntryId, MessageId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// The billing status of a message.
    BillingStatus {
        /// The price is held in the wallet.
        Recorded = "recorded",
        /// The provider accepted the message, and the quoted price was charged.
        Rated = "rated",
        /// The message was charged and delivered.
        Charged = "charged",
        /// The message turned out not to have been sent, and the charge was refunded.
        RefundedCredited = "refunded_credited",
        /// The message is not billed.
        NonBillableInternal = "non_billable_internal",
        /// The wallet balance does not cover the price.
        BlockedDueToBilling = "blocked_due_to_billing",
        /// The message was never sent, and the hold was released.
        Failed = "failed",
    }
}

wire_enum! {
    /// The kind of a ledger entry. An attempt has at most one entry of each kind.
    LedgerKind {
        /// The organization added funds.
        TopUp = "top_up",
        /// The provider accepted an attempt.
        Charge = "charge",
        /// A charged attempt turned out not to have been sent.
        Refund = "refund",
        /// A refunded attempt turned out to have been accepted after all.
        Recharge = "recharge",
        /// An operator's correction.
        Adjustment = "adjustment",
    }
}

/// A movement of money. Entries are never changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    pub id: LedgerEntryId,
    /// The message and its attempt's number, counted from 1; `None` for a top-up or adjustment.
    pub attempt: Option<(MessageId, u32)>,
    /// Why money moved.
    pub kind: LedgerKind,
    /// The change of the balance: negative for a charge.
    pub amount: Money,
    /// When the entry was recorded.
    pub at: DateTime<Utc>,
}
