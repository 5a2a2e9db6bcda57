//! Sets of dates in few words: from one date to another, on some weekdays.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

/// The dates from the first to the last that fall on certain weekdays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// The first date; it falls on one of the weekdays.
    pub first: NaiveDate,
    /// The last date; it falls on one of the weekdays.
    pub last: NaiveDate,
    /// The weekdays, from Monday on.
    pub weekdays: Vec<Weekday>,
}

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

impl Days {
    /// Every date from one to another.
    pub(super) fn between(first: NaiveDate, last: NaiveDate) -> Self {
        let mut days = first.iter_days().take_while(|day| *day <= last).take(7);
        let found: Vec<Weekday> = days.by_ref().map(|day| day.weekday()).collect();
        Self {
            first,
            last,
            weekdays: WEEK.into_iter().filter(|day| found.contains(day)).collect(),
        }
    }

    /// Sets that are together these dates, which are in order, each date in one of them.
    pub(super) fn of(dates: &[NaiveDate]) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for one in runs_of_weekdays(dates) {
            let near = |a: NaiveDate, b: NaiveDate| (a - b).abs() < TimeDelta::days(7);
            let whole = runs.iter_mut().find(|run| {
                near(run.first, one.first)
                    && near(run.last, one.last)
                    && !run.weekdays.iter().any(|day| one.weekdays.contains(day))
                    && run.is_same_with_ends_of(&one)
                    && one.is_same_with_ends_of(run)
            });
            match whole {
                Some(run) => {
                    run.first = run.first.min(one.first);
                    run.last = run.last.max(one.last);
                    run.weekdays.extend(&one.weekdays);
                    run.weekdays.sort_by_key(Weekday::num_days_from_monday);
                }
                None => runs.push(one),
            }
        }
        runs.sort_by_key(|run| run.first);
        runs
    }

    /// Whether these are the same dates from the earlier first to the later last date of both.
    fn is_same_with_ends_of(&self, other: &Self) -> bool {
        let wider = Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            weekdays: self.weekdays.clone(),
        };
        wider.dates().eq(self.dates())
    }

    /// The dates.
    pub fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        let all = self.first.iter_days().take_while(|day| *day <= self.last);
        all.filter(|day| self.weekdays.contains(&day.weekday()))
    }
}

/// For each weekday the runs of dates that are a week apart.
fn runs_of_weekdays(dates: &[NaiveDate]) -> Vec<Days> {
    let mut open: BTreeMap<u32, Days> = BTreeMap::new();
    let mut runs = Vec::new();
    for &date in dates {
        let weekday = date.weekday();
        let run = open.entry(weekday.num_days_from_monday()).or_insert(Days {
            first: date,
            last: date,
            weekdays: vec![weekday],
        });
        if (date - run.last) > TimeDelta::days(7) {
            runs.push(run.clone());
            run.first = date;
        }
        run.last = date;
    }
    runs.extend(open.into_values());
    runs.sort_by_key(|run| run.first);
    runs
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(f, "{} {}", self.first.weekday(), self.first);
        }
        write!(f, "{} to {}", self.first, self.last)?;
        let names: Vec<String> = self.weekdays.iter().map(ToString::to_string).collect();
        match names.as_slice() {
            names if names.len() == 7 => Ok(()),
            [first, .., last] if is_row(&self.weekdays) => write!(f, " {first}-{last}"),
            names => write!(f, " {}", names.join(" ")),
        }
    }
}

fn is_row(weekdays: &[Weekday]) -> bool {
    weekdays.windows(2).all(|pair| match pair {
        [one, next] => one.succ() == *next,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shown(dates: &[NaiveDate]) -> Vec<String> {
        Days::of(dates).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn dates_are_named_by_their_ends_and_weekdays() {
        let december: Vec<_> = date("2026-12-01").iter_days().take(31).collect();
        assert_eq!(shown(&december), ["2026-12-01 to 2026-12-31"]);
        let on = |weekdays: &[Weekday]| {
            let days = december.iter().copied();
            days.filter(|day| weekdays.contains(&day.weekday()))
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&on(&WEEK[..6])), ["2026-12-01 to 2026-12-31 Mon-Sat"]);
        assert_eq!(
            shown(&on(&[Weekday::Mon, Weekday::Sun])),
            ["2026-12-06 to 2026-12-28 Mon Sun"]
        );
        assert_eq!(
            shown(&on(&[Weekday::Sun])),
            ["2026-12-06 to 2026-12-27 Sun"]
        );
        assert_eq!(shown(&[date("2026-12-25")]), ["Fri 2026-12-25"]);
        assert_eq!(shown(&[]), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn the_sets_have_each_date_once(days in prop::collection::btree_set(0_u64..60, 0..60)) {
            let start = date("2026-12-01");
            let dates: Vec<_> = days.iter().map(|n| start + chrono::Days::new(*n)).collect();
            let mut found: Vec<_> = Days::of(&dates).iter().flat_map(Days::dates).collect();
            found.sort();
            prop_assert_eq!(found, dates);
        }
    }
}
