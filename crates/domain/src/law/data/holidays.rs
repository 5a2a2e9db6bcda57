//! Holidays by state, each since its date, and the notation of their rules.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use serde::Deserialize;

use crate::law::data::announced::{Announced, Announcement};
use crate::law::data::dating::{Dating, Order, Review, Status};
use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::{DateRange, Holiday, HolidayRule, Nth, Observed, Years};

pub(super) const FILE: &str = "state_holidays.csv";

/// A holiday of a state, as its row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateHoliday {
    pub state: Jurisdiction,
    /// The rule in the notation of the file, which names the holiday among those of the state.
    pub key: Box<str>,
    /// The holiday, with the days on which its row is in force.
    pub holiday: Holiday,
    pub source: Box<str>,
    /// How certain the row is, as a note for people.
    pub confidence: Box<str>,
}

/// The rows of the table.
#[derive(Debug, Default)]
pub(super) struct Holidays {
    pub(super) all: Vec<Located<StateHoliday>>,
    pub(super) announced: Vec<Announced>,
    pub(super) reviews: Vec<Review>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    state: String,
    rule: String,
    effective_from: String,
    status: Status,
    name: String,
    years: YearsColumn,
    observed: ObservedColumn,
    source: String,
    observed_source: String,
    confidence: String,
    reviewed_on: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum YearsColumn {
    All,
    Even,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum ObservedColumn {
    None,
    SunMon,
    SatFriSunMon,
}

pub(super) fn read(text: &str) -> Result<Holidays, DataError> {
    let (mut table, mut order) = (Holidays::default(), Order::new());
    // The place in the table of the row of a holiday that is still open-ended.
    let mut open = BTreeMap::new();
    for Located { line, row } in rows::<Row>(FILE, text)? {
        let state = line.jurisdiction(&row.state)?;
        let dating = Dating::read(line, &row.effective_from, row.status)?;
        let key = (state, row.rule.clone());
        order.next(line, &key, &row.rule, dating)?;
        table.reviews.push(Review {
            line,
            what: format!("{state} {}", row.rule),
            reviewed_on: line.date("reviewed_on", &row.reviewed_on)?,
            dating,
        });
        let found = row.read(line, state, dating)?;
        if dating.status == Status::Proposed {
            table.announced.push(Announced {
                jurisdiction: state,
                from: dating.from,
                what: Announcement::Holiday(Box::new(found)),
            });
            continue;
        }
        if let Some(place) = open.remove(&key)
            && let Some(Located { row: before, .. }) = table.all.get_mut::<usize>(place)
        {
            before.holiday.in_force.until = dating.from;
        }
        if dating.status == Status::Enacted {
            open.insert(key, table.all.len());
            table.all.push(Located { line, row: found });
        }
    }
    Ok(table)
}

impl Row {
    fn read(
        &self,
        line: Line,
        state: Jurisdiction,
        dating: Dating,
    ) -> Result<StateHoliday, DataError> {
        Ok(StateHoliday {
            state,
            key: self.rule.as_str().into(),
            holiday: self.holiday(line, dating)?,
            source: line.not_empty("source", &self.source)?,
            confidence: line.not_empty("confidence", &self.confidence)?,
        })
    }

    fn holiday(&self, line: Line, dating: Dating) -> Result<Holiday, DataError> {
        let observed = match self.observed {
            ObservedColumn::None => Observed::OwnDateOnly,
            ObservedColumn::SunMon => Observed::SundayOnMonday,
            ObservedColumn::SatFriSunMon => Observed::NearestWeekday,
        };
        if observed != Observed::OwnDateOnly {
            line.not_empty("observed_source", &self.observed_source)?;
        }
        let rule = parse_rule(&self.rule)
            .ok_or_else(|| line.error(format!("`{}` is not a holiday rule", self.rule)))?;
        if matches!(rule, HolidayRule::Once(_)) && dating.from.is_some() {
            return Err(line.error("a single date has no `effective_from`"));
        }
        Ok(Holiday {
            name: line.not_empty("name", &self.name)?,
            rule,
            years: match self.years {
                YearsColumn::All => Years::All,
                YearsColumn::Even => Years::Even,
            },
            observed,
            in_force: DateRange {
                since: dating.from,
                until: None,
            },
        })
    }
}

/// `fixed:MM-DD`, `nth:MONTH:DAY:N[:±days]` with N = -1 for the last, `easter:±days`,
/// `monday_of:MM-DD`, or `date:YYYY-MM-DD` for one day of one year.
fn parse_rule(text: &str) -> Option<HolidayRule> {
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "fixed" => month_and_day(rest).map(|(month, day)| HolidayRule::Fixed { month, day }),
        "monday_of" => month_and_day(rest).map(|(month, day)| HolidayRule::MondayOf { month, day }),
        // From January 1 of the same year on.
        "easter" => Some(HolidayRule::Easter {
            offset: days(rest, -80..=100)?,
        }),
        "date" if rest.len() == "2024-12-31".len() => rest.parse().ok().map(HolidayRule::Once),
        "nth" => nth_weekday(rest),
        _ => None,
    }
}

fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // The date must exist in every year: February 29 would be no holiday in other years.
    NaiveDate::from_ymd_opt(2001, month, day).map(|_| (month, day))
}

fn nth_weekday(text: &str) -> Option<HolidayRule> {
    let mut parts = text.split(':');
    let month = parts
        .next()?
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    let weekday: Weekday = parts.next()?.parse().ok()?;
    let nth = match parts.next()? {
        "-1" => Nth::Last,
        count => Nth::FromStart(count.parse().ok().filter(|count| (1..=5).contains(count))?),
    };
    let plus_days = parts.next().map_or(Some(0), |text| days(text, -6..=6))?;
    let rule = HolidayRule::NthWeekday {
        month,
        weekday,
        nth,
        plus_days,
    };
    parts.next().is_none().then_some(rule)
}

fn days(text: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    text.parse().ok().filter(|days| range.contains(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_rule_is_read() {
        let nth = |nth, plus_days| HolidayRule::NthWeekday {
            month: 11,
            weekday: Weekday::Thu,
            nth,
            plus_days,
        };
        for (text, rule) in [
            ("fixed:07-04", HolidayRule::Fixed { month: 7, day: 4 }),
            (
                "monday_of:06-19",
                HolidayRule::MondayOf { month: 6, day: 19 },
            ),
            ("easter:-47", HolidayRule::Easter { offset: -47 }),
            ("easter:-80", HolidayRule::Easter { offset: -80 }),
            (
                "date:2024-12-31",
                HolidayRule::Once(NaiveDate::from_ymd_opt(2024, 12, 31).unwrap()),
            ),
            ("nth:11:Thu:4", nth(Nth::FromStart(4), 0)),
            ("nth:11:Thu:-1", nth(Nth::Last, 0)),
            ("nth:11:Thu:4:+1", nth(Nth::FromStart(4), 1)),
        ] {
            assert_eq!(parse_rule(text), Some(rule), "{text}");
        }
    }

    #[test]
    fn another_notation_or_an_impossible_date_is_no_rule() {
        for text in [
            "",
            "fixed",
            "fixed:",
            "fixed:13-01",
            "fixed:02-30",
            "fixed:02-29",
            "fixed:7",
            "monday_of:00-01",
            "easter:",
            "easter:1000",
            "easter:-81",
            "date:",
            "date:2024-02-30",
            "date:2024-1-1",
            "nth:0:Mon:1",
            "nth:13:Mon:1",
            "nth:1:Funday:1",
            "nth:1:Mon:0",
            "nth:1:Mon:6",
            "nth:1:Mon:-2",
            "nth:1:Mon",
            "nth:1:Mon:1:9",
            "nth:1:Mon:1:+1:+1",
            "moon:1",
        ] {
            assert_eq!(parse_rule(text), None, "{text}");
        }
    }
}
