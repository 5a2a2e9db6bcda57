//! The basic values of the domain: identifiers, phone numbers, money, reason codes, account names and
//! capacity counters. Each is data with its own arithmetic; this module must not know any rule, any law,
//! or what a message is.

mod account;
mod actor;
pub mod billing;
mod counters;
mod health;
pub mod ids;
mod person_name;
pub mod phone;
pub mod reason;
mod selection_reason;
mod tag;
pub mod wire;

pub use account::ProviderAccount;
pub use actor::{Actor, ActorKind};
pub use counters::{CampaignShare, CounterKey, CounterKind, CounterShare, Reservation};
pub use health::Health;
pub use person_name::PersonName;
pub use selection_reason::SelectionReason;
pub use tag::LeadTag;
