//! Weekly windows in civil time, closed days, and the first open instant. This module must not know
//! why a window exists or to whom it applies.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use crate::law::schedule::{Holiday, Zone};

/// A part of a day in civil time, from the start inclusive to the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    start: NaiveTime,
    end: NaiveTime,
}

/// The windows of a week; a day without one is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Monday to Friday.
    pub weekday: Option<Window>,
    pub saturday: Option<Window>,
    pub sunday: Option<Window>,
}

/// Weekly opening hours: the windows of a week, except on holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyHours {
    /// The windows by weekday.
    pub week: Week,
    /// Days that are closed on any weekday.
    pub holidays: Box<[Holiday]>,
    /// The zone to which the windows refer, wherever the person is; `None` = the person's own zone.
    pub fixed_zone: Option<Zone>,
}

/// Why a schedule is closed at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closure<'s> {
    /// The instant is before or after the day's window.
    OutsideHours(Window),
    /// The weekday has no window.
    ClosedWeekday(Weekday),
    /// The day is a holiday; this is its name.
    Holiday(&'s str),
}

impl Window {
    /// A window; `None` unless it starts before it ends.
    #[must_use]
    pub fn new(start: NaiveTime, end: NaiveTime) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The first moment inside the window.
    #[must_use]
    pub const fn start(self) -> NaiveTime {
        self.start
    }

    /// The first moment after the window.
    #[must_use]
    pub const fn end(self) -> NaiveTime {
        self.end
    }

    /// Whether a time of day is inside the window.
    #[must_use]
    pub fn contains(self, time: NaiveTime) -> bool {
        self.start <= time && time < self.end
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}",
            self.start.format("%H:%M"),
            self.end.format("%H:%M")
        )
    }
}

impl Week {
    /// The window of a weekday.
    #[must_use]
    pub const fn on(&self, weekday: Weekday) -> Option<Window> {
        match weekday {
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => {
                self.weekday
            }
            Weekday::Sat => self.saturday,
            Weekday::Sun => self.sunday,
        }
    }
}

impl WeeklyHours {
    /// Whether the schedule is open at an instant for a person in `zone`.
    ///
    /// # Errors
    /// The [`Closure`] that gives the reason.
    pub fn check(&self, zone: &Zone, at: DateTime<Utc>) -> Result<(), Closure<'_>> {
        let local = self.zone_for(zone).local(at);
        let window = self.window_on(local.date())?;
        if window.contains(local.time()) {
            Ok(())
        } else {
            Err(Closure::OutsideHours(window))
        }
    }

    /// The first open instant from `from` to `horizon`, both included, for a person in `zone`.
    #[must_use]
    pub fn next_open(
        &self,
        zone: &Zone,
        from: DateTime<Utc>,
        horizon: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let zone = self.zone_for(zone);
        let mut at = from;
        while at <= horizon {
            let local = zone.local(at);
            let opening = self.next_opening(local, horizon - at)?;
            if opening == local {
                return Some(at);
            }
            let candidate = at.checked_add_signed(opening - local)?;
            // The candidate is valid only if there is no clock change until then. After a clock
            // change the search starts again, because the change may skip, repeat or move the
            // opening.
            match zone.next_offset_change(at) {
                Some(change) if change <= candidate => at = change,
                Some(_) | None => return (candidate <= horizon).then_some(candidate),
            }
        }
        None
    }

    /// The zone to which the windows refer for a person in `zone`.
    #[must_use]
    pub fn zone_for<'a>(&'a self, zone: &'a Zone) -> &'a Zone {
        self.fixed_zone.as_ref().unwrap_or(zone)
    }

    /// The first civil time at or after `local` inside a window, assuming no clock change.
    fn next_opening(&self, local: NaiveDateTime, within: TimeDelta) -> Option<NaiveDateTime> {
        // Besides the whole days: the day begun, the day in which the rest ends, and one more,
        // for clocks put forward on the way reach a date sooner than evenly running ones.
        let days = usize::try_from(within.num_days()).ok()?.saturating_add(3);
        local.date().iter_days().take(days).find_map(|date| {
            let window = self.window_on(date).ok()?;
            (local < date.and_time(window.end)).then(|| local.max(date.and_time(window.start)))
        })
    }

    /// The window of a date by the clock of the schedule; `None` on a closed day.
    pub(in crate::law) fn open_on(&self, date: NaiveDate) -> Option<Window> {
        self.window_on(date).ok()
    }

    fn window_on(&self, date: NaiveDate) -> Result<Window, Closure<'_>> {
        let weekday = date.weekday();
        let window = self
            .week
            .on(weekday)
            .ok_or(Closure::ClosedWeekday(weekday))?;
        match self
            .holidays
            .iter()
            .find(|holiday| holiday.is_kept_on(date))
        {
            Some(holiday) => Err(Closure::Holiday(&holiday.name)),
            None => Ok(window),
        }
    }
}

impl fmt::Display for Closure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideHours(window) => write!(f, "outside {window}"),
            Self::ClosedWeekday(weekday) => write!(f, "closed on {weekday}"),
            Self::Holiday(name) => write!(f, "closed on {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::schedule::{DateRange, HolidayRule, Observed, Years};

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn window(start: &str, end: &str) -> Option<Window> {
        Window::new(start.parse().unwrap(), end.parse().unwrap())
    }

    /// The same window on all days, without holidays.
    fn daily(start: &str, end: &str) -> WeeklyHours {
        let window = window(start, end);
        let week = Week {
            weekday: window,
            saturday: window,
            sunday: window,
        };
        WeeklyHours {
            week,
            holidays: Box::default(),
            fixed_zone: None,
        }
    }

    /// `next_open` in New York within two weeks.
    fn next_in_new_york(schedule: &WeeklyHours, from: &str) -> Option<DateTime<Utc>> {
        let from = utc(from);
        schedule.next_open(&zone("America/New_York"), from, from + TimeDelta::days(14))
    }

    #[test]
    fn a_window_ends_after_it_starts() {
        assert_eq!(window("20:00:00", "08:00:00"), None);
        assert_eq!(window("08:00:00", "08:00:00"), None);
    }

    #[test]
    fn a_window_says_when_it_starts_and_ends() {
        let window = window("08:00:00", "20:30:00").unwrap();
        assert_eq!(window.start().to_string(), "08:00:00");
        assert_eq!(window.end().to_string(), "20:30:00");
    }

    #[test]
    fn the_start_is_open_and_the_end_is_closed() {
        let schedule = daily("08:00:00", "20:00:00");
        let new_york = zone("America/New_York");
        let check = |at: &str| schedule.check(&new_york, utc(at));
        let closed = Err(Closure::OutsideHours(
            window("08:00:00", "20:00:00").unwrap(),
        ));
        assert_eq!(check("2026-12-15T12:59:59.999999Z"), closed);
        assert_eq!(check("2026-12-15T13:00:00Z"), Ok(()));
        assert_eq!(check("2026-12-16T00:59:59.999999Z"), Ok(()));
        assert_eq!(check("2026-12-16T01:00:00Z"), closed);
    }

    #[test]
    fn an_open_instant_is_its_own_next_opening_to_the_microsecond() {
        let at = "2026-12-15T15:04:05.000006Z";
        assert_eq!(
            next_in_new_york(&daily("08:00:00", "20:00:00"), at),
            Some(utc(at))
        );
    }

    #[test]
    fn after_the_end_the_next_opening_is_the_next_morning() {
        let next = next_in_new_york(&daily("08:00:00", "20:00:00"), "2026-12-16T01:00:00Z");
        assert_eq!(next, Some(utc("2026-12-16T13:00:00Z")));
    }

    #[test]
    fn a_closed_weekday_and_a_holiday_after_it_are_passed_over() {
        let mut schedule = daily("08:00:00", "20:00:00");
        schedule.week.sunday = None;
        schedule.holidays = [Holiday {
            name: "Independence Day".into(),
            rule: HolidayRule::Fixed { month: 7, day: 4 },
            years: Years::All,
            observed: Observed::SundayOnMonday,
            in_force: DateRange::ALL,
        }]
        .into();
        let (sunday, monday) = (utc("2027-07-04T16:00:00Z"), utc("2027-07-05T16:00:00Z"));
        let new_york = zone("America/New_York");
        assert_eq!(
            schedule.check(&new_york, sunday),
            Err(Closure::ClosedWeekday(Weekday::Sun))
        );
        assert_eq!(
            schedule.check(&new_york, monday),
            Err(Closure::Holiday("Independence Day"))
        );
        let next = next_in_new_york(&schedule, "2027-07-04T01:00:00Z");
        assert_eq!(next, Some(utc("2027-07-06T12:00:00Z")));
    }

    #[test]
    fn a_fixed_zone_overrules_the_zone_of_the_person() {
        let schedule = WeeklyHours {
            fixed_zone: Some(zone("America/Chicago")),
            ..daily("08:00:00", "20:00:00")
        };
        let next = next_in_new_york(&schedule, "2026-12-15T13:30:00Z");
        assert_eq!(next, Some(utc("2026-12-15T14:00:00Z")));
    }

    #[test]
    fn the_morning_after_a_clock_change_opens_by_the_new_clock() {
        let schedule = daily("08:00:00", "20:00:00");
        for (evening, morning) in [
            ("2027-03-14T02:00:00Z", "2027-03-14T12:00:00Z"),
            ("2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z"),
        ] {
            assert_eq!(next_in_new_york(&schedule, evening), Some(utc(morning)));
        }
    }

    #[test]
    fn an_opening_that_the_clock_change_skips_is_the_change_itself() {
        let schedule = daily("02:30:00", "04:00:00");
        let next = next_in_new_york(&schedule, "2027-03-14T05:00:00Z");
        assert_eq!(next, Some(utc("2027-03-14T07:00:00Z")));
    }

    #[test]
    fn a_window_that_the_clock_change_skips_whole_opens_a_day_later() {
        let schedule = daily("02:10:00", "02:50:00");
        let next = next_in_new_york(&schedule, "2027-03-14T05:00:00Z");
        assert_eq!(next, Some(utc("2027-03-15T06:10:00Z")));
    }

    #[test]
    fn a_window_inside_the_repeated_hour_opens_twice() {
        let schedule = daily("01:10:00", "01:20:00");
        let first = utc("2026-11-01T05:10:00Z");
        let second = utc("2026-11-01T06:10:00Z");
        assert_eq!(
            next_in_new_york(&schedule, "2026-11-01T04:00:00Z"),
            Some(first)
        );
        assert_eq!(
            next_in_new_york(&schedule, "2026-11-01T05:20:00Z"),
            Some(second)
        );
    }

    #[test]
    fn a_window_to_the_last_minute_of_the_day_closes_before_midnight() {
        let schedule = daily("00:00:00", "23:59:00");
        let next = next_in_new_york(&schedule, "2026-12-16T04:59:00Z");
        assert_eq!(next, Some(utc("2026-12-16T05:00:00Z")));
    }

    #[test]
    fn an_opening_at_the_horizon_counts_and_one_after_it_does_not() {
        let schedule = daily("08:00:00", "20:00:00");
        let (from, opening) = (utc("2026-12-15T05:00:00Z"), utc("2026-12-15T13:00:00Z"));
        let until = |horizon| schedule.next_open(&zone("America/New_York"), from, horizon);
        assert_eq!(until(opening), Some(opening));
        assert_eq!(until(opening - TimeDelta::microseconds(1)), None);
        assert_eq!(until(from - TimeDelta::microseconds(1)), None);
    }

    #[test]
    fn an_opening_on_the_next_day_is_found_within_less_than_a_day() {
        let schedule = daily("08:00:00", "20:00:00");
        let (from, opening) = (utc("2026-12-16T01:00:00Z"), utc("2026-12-16T13:00:00Z"));
        assert_eq!(
            schedule.next_open(&zone("America/New_York"), from, opening),
            Some(opening)
        );
    }

    #[test]
    fn a_day_shortened_by_the_clock_change_brings_the_next_one_within_the_horizon() {
        let mut schedule = daily("00:00:00", "01:00:00");
        schedule.week.sunday = None;
        let (from, opening) = (utc("2027-03-14T04:30:00Z"), utc("2027-03-15T04:00:00Z"));
        assert_eq!(
            schedule.next_open(&zone("America/New_York"), from, opening),
            Some(opening)
        );
    }

    #[test]
    fn a_week_without_windows_never_opens() {
        let mut schedule = daily("08:00:00", "20:00:00");
        schedule.week = Week {
            weekday: None,
            saturday: None,
            sunday: None,
        };
        assert_eq!(next_in_new_york(&schedule, "2026-12-15T05:00:00Z"), None);
    }
}
