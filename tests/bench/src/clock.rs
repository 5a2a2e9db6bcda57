//! The system clock, shifted so that every measurement starts at noon on the same Tuesday. Every recipient may
//! be texted then, and decisions take the same path whenever the harness runs.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_api::system::SystemClock;
use sms_domain::ports::Clock;

/// Start of measurements: noon in New York on a Tuesday that is not a holiday.
pub(crate) const NOON: &str = "2026-03-03T17:05:00Z";

/// The system clock with an offset.
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

    /// A clock that shows some minutes after [`NOON`], so that all messages queued during preparation are due.
    pub(crate) fn after_noon() -> Self {
        let offset = Self::at_noon().offset + TimeDelta::minutes(10);
        Self { offset }
    }

    /// A clock with an offset in microseconds, passed from another process.
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
