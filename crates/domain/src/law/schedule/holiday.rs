//! Public holidays by rule, and the days on which they are observed. This module must not know
//! which state observes which holiday.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use crate::law::schedule::DateRange;

/// One holiday of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The name of the holiday.
    pub name: Box<str>,
    /// The rule for its date.
    pub rule: HolidayRule,
    /// The years in which it occurs.
    pub years: Years,
    /// The additional day when the date falls on a weekend.
    pub observed: Observed,
    /// The days on which it may be observed: the law that names it holds on them.
    pub in_force: DateRange,
}

/// The rule for a holiday's date in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayRule {
    /// The same date each year.
    Fixed {
        /// The month, 1 to 12.
        month: u32,
        /// The day of the month, 1 to 31.
        day: u32,
    },
    /// The nth weekday of a month plus an offset, such as the Tuesday after the first Monday.
    NthWeekday {
        /// The month, 1 to 12.
        month: u32,
        weekday: Weekday,
        /// Which occurrence of the weekday.
        nth: Nth,
        /// Days to add to that date; may be negative.
        plus_days: i64,
    },
    /// An offset in days from Western Easter Sunday; negative before it.
    Easter {
        /// Days after Easter Sunday; negative before it.
        offset: i64,
    },
    /// One date of one year, as in a proclamation.
    Once(NaiveDate),
    /// The Monday of the week in which a date falls; for a date on a weekend, the next Monday.
    MondayOf {
        /// The month, 1 to 12.
        month: u32,
        /// The day of the month, 1 to 31.
        day: u32,
    },
}

/// Which occurrence of a weekday in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nth {
    /// The nth occurrence, 1 to 5.
    FromStart(u32),
    /// The last occurrence.
    Last,
}

/// The years in which a holiday occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Years {
    /// Every year.
    All,
    /// Even years, as for general elections.
    Even,
}

/// The additional day on which a weekend holiday is observed. The date itself is always observed
/// too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// No additional day.
    OwnDateOnly,
    /// The Monday after a Sunday.
    SundayOnMonday,
    /// The Monday after a Sunday, the Friday before a Saturday.
    NearestWeekday,
}

impl Holiday {
    /// Whether the holiday is observed on a day: on its date, or on the additional day. The law in
    /// force on that day counts.
    #[must_use]
    pub fn is_kept_on(&self, date: NaiveDate) -> bool {
        self.in_force.contains(date)
            && (self.is_dated(date)
                || self
                    .weekend_date_observed_on(date)
                    .is_some_and(|d| self.is_dated(d)))
    }

    /// The weekend day whose holiday would be observed on `date`.
    fn weekend_date_observed_on(&self, date: NaiveDate) -> Option<NaiveDate> {
        match self.observed {
            Observed::OwnDateOnly => None,
            Observed::SundayOnMonday => sunday_before(date),
            Observed::NearestWeekday => sunday_before(date).or_else(|| saturday_after(date)),
        }
    }

    fn is_dated(&self, date: NaiveDate) -> bool {
        self.rule.dates(date)
            && match self.years {
                Years::All => true,
                Years::Even => date.year() % 2 == 0,
            }
    }
}

fn sunday_before(date: NaiveDate) -> Option<NaiveDate> {
    date.pred_opt().filter(|day| day.weekday() == Weekday::Sun)
}

fn saturday_after(date: NaiveDate) -> Option<NaiveDate> {
    date.succ_opt().filter(|day| day.weekday() == Weekday::Sat)
}

impl HolidayRule {
    /// Whether the rule yields this date. It tests one date without searching the year, because it
    /// runs for each candidate day of a message.
    fn dates(self, date: NaiveDate) -> bool {
        match self {
            Self::Fixed { month, day } => (date.month(), date.day()) == (month, day),
            Self::NthWeekday {
                month,
                weekday,
                nth,
                plus_days,
            } => date
                .checked_sub_signed(TimeDelta::days(plus_days))
                .is_some_and(|d| d.weekday() == weekday && d.month() == month && nth.is(d)),
            Self::Easter { offset } => easter_sunday(date.year())
                .and_then(|easter| easter.checked_add_signed(TimeDelta::days(offset)))
                .is_some_and(|found| found == date),
            Self::Once(day) => date == day,
            Self::MondayOf { month, day } => {
                date.weekday() == Weekday::Mon
                    // From the Saturday before to the Friday after.
                    && (-2..=4).any(|days| {
                        date.checked_add_signed(TimeDelta::days(days))
                            .is_some_and(|d| (d.month(), d.day()) == (month, day))
                    })
            }
        }
    }
}

impl Nth {
    /// Whether a date is the nth of its own weekday in its month.
    fn is(self, date: NaiveDate) -> bool {
        match self {
            Self::FromStart(nth) => date.day0() / 7 + 1 == nth,
            Self::Last => date
                .checked_add_days(Days::new(7))
                .is_none_or(|week_later| week_later.month() != date.month()),
        }
    }
}

/// Easter Sunday in the Gregorian calendar, by the algorithm in Meeus, *Astronomical Algorithms*,
/// chapter 8, with its variable names.
#[expect(
    clippy::many_single_char_names,
    reason = "the letters of the published algorithm"
)]
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(n / 31).ok()?,
        u32::try_from(n % 31 + 1).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn holiday(rule: HolidayRule, observed: Observed) -> Holiday {
        Holiday {
            name: "a holiday".into(),
            rule,
            years: Years::All,
            observed,
            in_force: DateRange::ALL,
        }
    }

    /// All days of a year on which a holiday is observed.
    fn kept_in(year: i32, holiday: &Holiday) -> Vec<String> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| holiday.is_kept_on(*day))
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn easter_is_on_the_published_dates() {
        for text in [
            "1954-04-18",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2014-04-20",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2038-04-25",
            "2049-04-18",
            "2106-04-18",
        ] {
            let expected = date(text);
            assert_eq!(easter_sunday(expected.year()), Some(expected));
        }
    }

    #[test]
    fn mardi_gras_is_47_days_before_easter() {
        let mardi_gras = holiday(HolidayRule::Easter { offset: -47 }, Observed::OwnDateOnly);
        assert_eq!(kept_in(2027, &mardi_gras), ["2027-02-09"]);
    }

    #[test]
    fn a_sunday_holiday_is_kept_on_its_date_and_on_monday() {
        let fourth = HolidayRule::Fixed { month: 7, day: 4 };
        for observed in [Observed::SundayOnMonday, Observed::NearestWeekday] {
            let kept = kept_in(2027, &holiday(fourth, observed));
            assert_eq!(kept, ["2027-07-04", "2027-07-05"]);
        }
        assert_eq!(
            kept_in(2027, &holiday(fourth, Observed::OwnDateOnly)),
            ["2027-07-04"]
        );
    }

    #[test]
    fn a_saturday_holiday_is_kept_on_friday_too_only_where_the_law_says_so() {
        let fourth = HolidayRule::Fixed { month: 7, day: 4 };
        let nearest = kept_in(2026, &holiday(fourth, Observed::NearestWeekday));
        assert_eq!(nearest, ["2026-07-03", "2026-07-04"]);
        let sunday_only = kept_in(2026, &holiday(fourth, Observed::SundayOnMonday));
        assert_eq!(sunday_only, ["2026-07-04"]);
    }

    #[test]
    fn new_year_on_a_saturday_is_observed_in_the_year_before() {
        let new_year = holiday(
            HolidayRule::Fixed { month: 1, day: 1 },
            Observed::NearestWeekday,
        );
        assert_eq!(kept_in(2027, &new_year), ["2027-01-01", "2027-12-31"]);
    }

    #[test]
    fn the_nth_weekday_counts_from_the_start_or_from_the_end() {
        let nth = |month, weekday, nth| {
            let rule = HolidayRule::NthWeekday {
                month,
                weekday,
                nth,
                plus_days: 0,
            };
            kept_in(2026, &holiday(rule, Observed::OwnDateOnly))
        };
        assert_eq!(nth(11, Weekday::Thu, Nth::FromStart(4)), ["2026-11-26"]);
        assert_eq!(nth(5, Weekday::Mon, Nth::Last), ["2026-05-25"]);
        assert_eq!(nth(12, Weekday::Thu, Nth::Last), ["2026-12-31"]);
        assert_eq!(nth(6, Weekday::Mon, Nth::FromStart(1)), ["2026-06-01"]);
    }

    #[test]
    fn election_day_is_the_tuesday_after_the_first_monday_of_even_years() {
        let rule = HolidayRule::NthWeekday {
            month: 11,
            weekday: Weekday::Mon,
            nth: Nth::FromStart(1),
            plus_days: 1,
        };
        let election = Holiday {
            years: Years::Even,
            ..holiday(rule, Observed::OwnDateOnly)
        };
        assert_eq!(kept_in(2026, &election), ["2026-11-03"]);
        assert_eq!(kept_in(2027, &election), Vec::<String>::new());
        assert_eq!(kept_in(2028, &election), ["2028-11-07"]);
    }

    #[test]
    fn a_proclaimed_holiday_is_kept_once() {
        let once = holiday(HolidayRule::Once(date("2024-12-31")), Observed::OwnDateOnly);
        assert_eq!(kept_in(2024, &once), ["2024-12-31"]);
        assert_eq!(kept_in(2025, &once), Vec::<String>::new());
    }

    #[test]
    fn the_law_of_the_day_that_is_kept_counts() {
        let in_force = |since: &str, until: &str| Holiday {
            in_force: DateRange {
                since: since.parse().ok(),
                until: until.parse().ok(),
            },
            ..holiday(
                HolidayRule::Fixed { month: 7, day: 4 },
                Observed::SundayOnMonday,
            )
        };
        assert_eq!(kept_in(2027, &in_force("2027-07-05", "")), ["2027-07-05"]);
        assert_eq!(kept_in(2027, &in_force("", "2027-07-05")), ["2027-07-04"]);
        assert_eq!(kept_in(2026, &in_force("2026-07-04", "")), ["2026-07-04"]);
        assert_eq!(
            kept_in(2026, &in_force("2026-07-05", "")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_monday_of_a_date_is_before_a_weekday_and_after_a_weekend() {
        let juneteenth = holiday(
            HolidayRule::MondayOf { month: 6, day: 19 },
            Observed::OwnDateOnly,
        );
        // A Friday, a Saturday, a Monday, a Tuesday and a Sunday.
        for (year, kept) in [
            (2026, "2026-06-15"),
            (2027, "2027-06-21"),
            (2028, "2028-06-19"),
            (2029, "2029-06-18"),
            (2033, "2033-06-20"),
        ] {
            assert_eq!(kept_in(year, &juneteenth), [kept]);
        }
    }
}
