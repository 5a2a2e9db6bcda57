//! For tests only: a clock that stands still until told, identifiers in sequence, fixtures that state
//! only what matters, and databases cloned from a migrated template (feature `postgres`).

mod clock;
#[cfg(feature = "postgres")]
pub mod database;
pub mod fixtures;
mod ids;
mod proxy;

pub use clock::ManualClock;
pub use ids::{SequentialIds, sequential_uuid};
pub use proxy::SilentProxy;
