//! The append-only ledger: one entry per attempt and kind; the balance is the sum.

use chrono::{DateTime, Utc};

use crate::values::billing::Money;
use crate::values::ids::{LedgerEntryId, MessageId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// Where a message stands with money.
    BillingStatus {
        /// Its price is set aside.
        Recorded = "recorded",
        /// The provider took it and the quote was charged.
        Rated = "rated",
        /// Charged and delivered.
        Charged = "charged",
        /// It did not leave after all; what was charged was given back.
        RefundedCredited = "refunded_credited",
        /// It costs the organization nothing.
        NonBillableInternal = "non_billable_internal",
        /// The wallet does not cover it.
        BlockedDueToBilling = "blocked_due_to_billing",
        /// It never left; what was set aside was released.
        Failed = "failed",
    }
}

wire_enum! {
    /// What an entry records. An attempt has at most one entry of each kind.
    LedgerKind {
        /// The organization put money in.
        TopUp = "top_up",
        /// An attempt was accepted.
        Charge = "charge",
        /// A charged attempt turned out not to have left.
        Refund = "refund",
        /// A refunded attempt turned out to have been accepted after all.
        Recharge = "recharge",
        /// An operator's correction.
        Adjustment = "adjustment",
    }
}

/// Money that moved. Entries are never changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Names the entry.
    pub id: LedgerEntryId,
    /// The message and the number of its attempt; `None` for a top-up or adjustment.
    pub attempt: Option<(MessageId, u32)>,
    /// What it records.
    pub kind: LedgerKind,
    /// What it adds to the balance: negative for a charge.
    pub amount: Money,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}
