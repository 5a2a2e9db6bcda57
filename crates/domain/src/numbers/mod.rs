//! Numbers the business sends from: what is known about them, and which one a message leaves from.
//! Must not know how facts are loaded or how capacity is counted in a store.

mod campaign;
pub mod candidate;
mod capacity;
pub mod gates;
mod health;
mod number;
mod profile;
pub mod selection;
mod slowdown;
mod strategies;
mod trouble;
mod warm_up;

pub use crate::values::{
    CampaignShare, CounterKey, CounterKind, CounterShare, Health, ProviderAccount, Reservation,
    SelectionReason,
};
pub use campaign::CampaignFacts;
pub use capacity::{CapacityWindows, DEFAULT_CAPACITY_ZONE, Usage, WindowUsage};
pub use health::{
    HealthChange, HealthReason, HealthReport, ReceiptCounts, TRANSITIONS, Transition,
};
pub use number::{NumberFacts, Registration, WarmUp};
pub use profile::{Owned, closed_by_block};
pub use slowdown::{LanePace, PacedLane, Slowdown};
pub(crate) use strategies::instructed_number;
pub use trouble::{NumberHealth, Trouble, TroubleReport};
pub use warm_up::{CURVE, CURVE_ENDS_ON_DAY};
