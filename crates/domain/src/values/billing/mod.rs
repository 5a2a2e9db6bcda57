//! Money: amounts, the price of a message, the ledger. Must not know when money moves: the
//! lifecycle says so.

mod ledger;
mod money;
mod rate;

pub use ledger::{BillingStatus, LedgerEntry, LedgerKind};
pub use money::Money;
pub use rate::Rate;
