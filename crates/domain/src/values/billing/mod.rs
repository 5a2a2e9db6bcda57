//! Money: amounts, the price of a message, and the ledger. Must not know when money moves:
//! [`crate::lifecycle`] decides that.

mod ledger;
mod money;
mod rate;

pub use ledger::{BillingStatus, LedgerEntry, LedgerKind};
pub use money::Money;
pub use rate::Rate;
