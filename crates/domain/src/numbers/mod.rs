//! Numbers the business sends from: what is known about them, and which one a message leaves from.
//! Must not know how facts are loaded or how capacity is counted in a store.

pub mod candidate;
pub mod gates;
mod health;
mod profile;
mod reputation;
pub mod selection;
mod slowdown;
mod strategies;
mod warm_up;

pub use health::{
    HealthChange, HealthReason, HealthReport, ReceiptCounts, TRANSITIONS, Transition,
};
pub use profile::{Owned, closed_by_block};
pub use reputation::{NumberHealth, ReputationEvent, ReputationReport};
pub use slowdown::{LanePace, PacedLane, Slowdown};
pub(crate) use strategies::instructed_number;
pub use warm_up::{CURVE, CURVE_ENDS_ON_DAY, daily_limit, day_limit, is_under_way, is_warming_up};
