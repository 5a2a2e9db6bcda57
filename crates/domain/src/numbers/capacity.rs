//! Hour and day capacity of a number: counters that are reserved in the message's transaction, for
//! the window in which the message is due.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::PhoneNumberId;
use crate::wire::wire_enum;

wire_enum! {
    /// The kinds of counters.
    CounterKind {
        /// A clock hour, UTC.
        Hour = "hour",
        /// A day in the capacity zone.
        Day = "day",
    }
}

/// One counter's key: a number's kind of window, by the instant at which the window starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CounterKey {
    /// Whose capacity.
    pub number_id: PhoneNumberId,
    /// Hour or day.
    pub kind: CounterKind,
    /// Start of the window.
    pub window_start: DateTime<Utc>,
}

/// How much of one window is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowUsage {
    /// The kind of window.
    pub kind: CounterKind,
    /// Its start.
    pub window_start: DateTime<Utc>,
    /// Messages reserved in it.
    pub used: u32,
}

/// How much of a number's windows is taken; a window that is not listed is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage(pub Vec<WindowUsage>);

impl Usage {
    /// Messages reserved in one window.
    #[must_use]
    pub fn used(&self, kind: CounterKind, window_start: DateTime<Utc>) -> u32 {
        self.0
            .iter()
            .find(|window| window.kind == kind && window.window_start == window_start)
            .map_or(0, |window| window.used)
    }
}

/// The capacity that one message holds: one message in the hour and one in the day in which it is
/// due. Kept on the message until it certainly did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Whose capacity.
    pub number_id: PhoneNumberId,
    /// Start of the hour.
    pub hour_start: DateTime<Utc>,
    /// Most messages in that hour when it was reserved; `None` = no limit.
    pub hour_limit: Option<u32>,
    /// Start of the day.
    pub day_start: DateTime<Utc>,
    /// Most messages on that day when it was reserved; `None` = no limit.
    pub day_limit: Option<u32>,
}

impl Reservation {
    /// The two counters with their limits.
    #[must_use]
    pub const fn counters(&self) -> [(CounterKey, Option<u32>); 2] {
        [
            (
                self.key(CounterKind::Hour, self.hour_start),
                self.hour_limit,
            ),
            (self.key(CounterKind::Day, self.day_start), self.day_limit),
        ]
    }

    const fn key(&self, kind: CounterKind, window_start: DateTime<Utc>) -> CounterKey {
        CounterKey {
            number_id: self.number_id,
            kind,
            window_start,
        }
    }
}
