//! Support for tests: a manual clock, sequential identifiers, fixtures, and databases cloned from a
//! migrated template (feature `postgres`). This crate must not become part of the product.

mod clock;
#[cfg(feature = "postgres")]
pub mod database;
pub mod fixtures;
mod ids;
mod proxy;

pub use clock::ManualClock;
pub use ids::{SequentialIds, sequential_uuid};
pub use proxy::SilentProxy;
