//! Time and identifiers, which the domain must not take from the machine.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The only source of time. Instants have microsecond precision like Postgres, so that a value read
/// back equals the value written.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The current instant, truncated to whole microseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once `now()` is at or after `at`; at once if it already is.
    async fn sleep_until(&self, at: DateTime<Utc>);
}

/// The only source of identifiers.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdGenerator: Send + Sync {
    /// A new UUIDv7: later values sort after earlier ones, to the millisecond of the [`Clock`].
    fn uuid(&self) -> Uuid;
}
