//! Numbers the business sends from: what is known about them, and which one a message leaves from.
//! Must not know how facts are loaded or how capacity is counted in a store.

mod capacity;
mod health;
mod number;
mod selection_reason;

pub use capacity::{CounterKey, CounterKind, Reservation, Usage, WindowUsage};
pub use health::Health;
pub use number::{NumberFacts, ProviderAccount, Registration, WarmUp};
pub use selection_reason::SelectionReason;
