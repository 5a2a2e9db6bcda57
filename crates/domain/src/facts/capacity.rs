//! Capacity of numbers and campaigns: the message's transaction reserves it in counters, for the
//! window in which the message is due. Must not know what the limits are.

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::law::schedule::Zone;
use crate::values::CounterKind;

/// The default time zone of capacity days. T-Mobile counts the daily cap of a 10DLC brand to
/// midnight Pacific time.
pub const DEFAULT_CAPACITY_ZONE: &str = "America/Los_Angeles";

/// The reserved capacity of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowUsage {
    /// Whether the window is an hour or a day.
    pub kind: CounterKind,
    pub window_start: DateTime<Utc>,
    /// The reserved amount: messages for a number, segments for a campaign.
    pub used: u32,
}

/// The reserved capacity of a number or a campaign by window; a window that is not listed is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage(pub Vec<WindowUsage>);

impl Usage {
    /// The reserved amount of one window.
    #[must_use]
    pub fn used(&self, kind: CounterKind, window_start: DateTime<Utc>) -> u32 {
        self.0
            .iter()
            .find(|window| window.kind == kind && window.window_start == window_start)
            .map_or(0, |window| window.used)
    }
}

/// The capacity windows of an instant: its hour and its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapacityWindows {
    /// The start of the clock hour in UTC.
    pub hour_start: DateTime<Utc>,
    /// The end of the window, exclusive.
    pub hour_end: DateTime<Utc>,
    /// The start of the civil day in the capacity zone.
    pub day_start: DateTime<Utc>,
    /// The end of the window, exclusive.
    pub day_end: DateTime<Utc>,
    /// The date of the civil day.
    pub day: NaiveDate,
}

impl CapacityWindows {
    /// The windows around an instant.
    #[must_use]
    pub fn at(zone: &Zone, at: DateTime<Utc>) -> Self {
        let hour_start = at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
        let day = zone.local(at).date();
        let next_day = day.succ_opt().unwrap_or(day);
        Self {
            hour_start,
            hour_end: hour_start
                .checked_add_signed(TimeDelta::hours(1))
                .unwrap_or(hour_start),
            day_start: zone.start_of_day(day),
            day_end: zone.start_of_day(next_day),
            day,
        }
    }

    /// The windows around an instant in a zone by its name, as [`Zone::stated`] parses it. An unknown
    /// name falls back to [`DEFAULT_CAPACITY_ZONE`], whose day ends with that of the strictest
    /// carrier.
    #[must_use]
    pub fn in_zone_named(name: &str, at: DateTime<Utc>) -> Self {
        let zone = Zone::stated(name).or_else(|| Zone::named(DEFAULT_CAPACITY_ZONE).ok());
        Self::at(&zone.unwrap_or(Zone::UTC), at)
    }

    /// The start of the window of a kind.
    #[must_use]
    pub const fn start(&self, kind: CounterKind) -> DateTime<Utc> {
        match kind {
            CounterKind::Hour => self.hour_start,
            CounterKind::Day => self.day_start,
        }
    }

    /// The start of the next window of a kind.
    #[must_use]
    pub const fn end(&self, kind: CounterKind) -> DateTime<Utc> {
        match kind {
            CounterKind::Hour => self.hour_end,
            CounterKind::Day => self.day_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_hour_is_a_clock_hour_and_ends_where_the_next_begins() {
        let windows = CapacityWindows::at(&Zone::UTC, utc("2026-12-15T12:59:59.999999Z"));
        assert_eq!(windows.hour_start, utc("2026-12-15T12:00:00Z"));
        assert_eq!(windows.end(CounterKind::Hour), utc("2026-12-15T13:00:00Z"));
        let next = CapacityWindows::at(&Zone::UTC, utc("2026-12-15T13:00:00Z"));
        assert_eq!(next.start(CounterKind::Hour), windows.hour_end);
    }

    #[test]
    fn a_day_ends_at_midnight_in_the_capacity_zone() {
        let evening =
            CapacityWindows::in_zone_named("America/Los_Angeles", utc("2026-12-16T07:59:59Z"));
        assert_eq!(evening.day.to_string(), "2026-12-15");
        assert_eq!(evening.start(CounterKind::Day), utc("2026-12-15T08:00:00Z"));
        assert_eq!(evening.end(CounterKind::Day), utc("2026-12-16T08:00:00Z"));
    }

    #[test]
    fn a_day_with_a_clock_change_is_an_hour_longer_or_shorter() {
        for (at, hours) in [("2026-11-01T20:00:00Z", 25), ("2027-03-14T20:00:00Z", 23)] {
            let day = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, utc(at));
            assert_eq!(day.day_end - day.day_start, TimeDelta::hours(hours), "{at}");
        }
    }

    #[test]
    fn an_unknown_zone_counts_as_the_default_one() {
        let at = utc("2026-12-15T12:00:00Z");
        assert_eq!(
            CapacityWindows::in_zone_named("Mars/Olympus", at),
            CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, at)
        );
    }
}
