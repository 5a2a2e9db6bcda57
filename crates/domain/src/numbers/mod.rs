//! Sending numbers: their selection for a message, health, warm-up and pace. Must not know how
//! facts are loaded or how a store counts capacity.

pub mod candidate;
pub mod gates;
mod health;
mod profile;
mod reputation;
pub mod selection;
mod slowdown;
mod standing;
mod strategies;
mod warm_up;

pub use health::{
    HealthChange, HealthReason, HealthReport, ReceiptCounts, TRANSITIONS, Transition,
};
pub use profile::{Owned, closed_by_block};
pub use reputation::{NumberHealth, ReputationEvent, ReputationReport};
pub use slowdown::{LanePace, PacedLane, Slowdown};
pub use standing::{NumberStanding, Readiness, WindowStanding};
pub(crate) use strategies::{instructed_number, rendezvous};
pub use warm_up::{CURVE, CURVE_ENDS_ON_DAY, daily_limit, day_limit, is_under_way, is_warming_up};
