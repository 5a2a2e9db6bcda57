//! The words that everything else is said in: ids, phone numbers, money, reasons, names of accounts,
//! counters of capacity. Each is data with the arithmetic of its own; this module must not know any rule,
//! any law, or what a message is.

mod account;
pub mod billing;
mod counters;
mod health;
pub mod ids;
pub mod phone;
pub mod reason;
mod selection_reason;
pub mod wire;

pub use account::ProviderAccount;
pub use counters::{CampaignShare, CounterKey, CounterKind, CounterShare, Reservation};
pub use health::Health;
pub use selection_reason::SelectionReason;
