//! The machine's clock, moved so that every measurement begins at the same noon of the same Tuesday:
//! every recipient may be texted then, and decisions take the same way whenever the harness runs.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_api::system::SystemClock;
use sms_domain::ports::Clock;

/// When measurements begin: noon in New York on a Tuesday without a holiday.
pub(crate) const NOON: &str = "2026-03-03T17:05:00Z";

/// The machine's clock with an offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MovedClock {
    offset: TimeDelta,
}

impl MovedClock {
    /// A clock that shows [`NOON`] now.
    pub(crate) fn at_noon() -> Self {
        Self {
            offset: noon().signed_duration_since(SystemClock.now()),
        }
    }

    /// A clock that shows some minutes after [`NOON`]: everything that was queued while a database was
    /// prepared is due.
    pub(crate) fn after_noon() -> Self {
        let offset = Self::at_noon().offset + TimeDelta::minutes(10);
        Self { offset }
    }

    /// A clock with an offset in microseconds, as another process was told.
    pub(crate) const fn by_micros(micros: i64) -> Self {
        Self {
            offset: TimeDelta::microseconds(micros),
        }
    }

    /// The offset, for another process.
    pub(crate) fn micros(self) -> i64 {
        self.offset.num_microseconds().unwrap_or_default()
    }
}

/// [`NOON`] as an instant.
pub(crate) fn noon() -> DateTime<Utc> {
    NOON.parse().unwrap_or_default()
}

#[async_trait]
impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.offset
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        SystemClock.sleep_until(at - self.offset).await;
    }
}
