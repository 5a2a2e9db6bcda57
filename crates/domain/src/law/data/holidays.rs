//! Holidays by state, and the notation of their rules.

use std::collections::{BTreeMap, HashSet};

use chrono::{NaiveDate, Weekday};
use serde::Deserialize;

use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::{Holiday, HolidayRule, Nth, Observed, Years};

const FILE: &str = "state_holidays.csv";

/// The holidays of each state that has any.
pub(super) type Holidays = BTreeMap<Jurisdiction, Vec<Located<Holiday>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    state: String,
    rule: String,
    name: String,
    years: YearsColumn,
    observed: ObservedColumn,
    observed_source: String,
    confidence: String,
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
    let mut holidays = Holidays::new();
    let mut seen = HashSet::new();
    for Located { line, row } in rows::<Row>(FILE, text)? {
        let state = line.jurisdiction(&row.state)?;
        line.not_empty("confidence", &row.confidence)?;
        line.first_of(&mut seen, (state, row.rule.clone()), &row.rule)?;
        let holiday = row.holiday(line)?;
        holidays
            .entry(state)
            .or_default()
            .push(Located { line, row: holiday });
    }
    Ok(holidays)
}

impl Row {
    fn holiday(&self, line: Line) -> Result<Holiday, DataError> {
        let observed = match self.observed {
            ObservedColumn::None => Observed::OwnDateOnly,
            ObservedColumn::SunMon => Observed::SundayOnMonday,
            ObservedColumn::SatFriSunMon => Observed::NearestWeekday,
        };
        if observed != Observed::OwnDateOnly {
            line.not_empty("observed_source", &self.observed_source)?;
        }
        Ok(Holiday {
            name: line.not_empty("name", &self.name)?,
            rule: parse_rule(&self.rule)
                .ok_or_else(|| line.error(format!("`{}` is not a holiday rule", self.rule)))?,
            years: match self.years {
                YearsColumn::All => Years::All,
                YearsColumn::Even => Years::Even,
            },
            observed,
        })
    }
}

/// `fixed:MM-DD`, `nth:MONTH:DAY:N[:±days]` with N = -1 for the last, `easter:±days`, or
/// `monday_of:MM-DD`.
fn parse_rule(text: &str) -> Option<HolidayRule> {
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "fixed" => month_and_day(rest).map(|(month, day)| HolidayRule::Fixed { month, day }),
        "monday_of" => month_and_day(rest).map(|(month, day)| HolidayRule::MondayOf { month, day }),
        "easter" => Some(HolidayRule::Easter {
            offset: days(rest, -100..=100)?,
        }),
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
