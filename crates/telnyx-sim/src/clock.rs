//! Time.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// The only source of time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present instant, truncated to whole microseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once `now()` is at or after `at`; at once if it already is.
    async fn sleep_until(&self, at: DateTime<Utc>);
}
