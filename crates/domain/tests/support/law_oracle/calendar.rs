//! The days on which holidays are observed, found by iterating over the calendar.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::law_tables::Row;

/// The days on which a holiday with a date in a year would be observed, whatever the law of them.
pub(super) fn days_kept(row: &Row, year: i16) -> Vec<Date> {
    if row["years"] == "even" && year % 2 != 0 {
        return Vec::new();
    }
    let date = date_in(&row["rule"], year);
    let further = match (row["observed"].as_str(), date.weekday()) {
        ("sun_mon" | "sat_fri_sun_mon", Weekday::Sunday) => Some(1.day()),
        ("sat_fri_sun_mon", Weekday::Saturday) => Some(-1.day()),
        _ => None,
    };
    [date]
        .into_iter()
        .chain(further.map(|span| date + span))
        .collect()
}

fn date_in(rule: &str, year: i16) -> Date {
    let parts: Vec<&str> = rule.split([':']).collect();
    let month_day = |text: &str| format!("{year}-{text}").parse::<Date>().unwrap();
    match parts[..] {
        ["fixed", date] => month_day(date),
        ["date", date] => date.parse().unwrap(),
        ["easter", days] => easter(year) + days.parse::<i64>().unwrap().days(),
        ["monday_of", date] => monday_of(month_day(date)),
        ["nth", month, weekday, nth, ref days @ ..] => {
            let shift = days.first().map_or(0, |days| days.parse::<i64>().unwrap());
            nth_weekday(year, month, weekday, nth) + shift.days()
        }
        _ => panic!("{rule}"),
    }
}

/// As published by the churches.
fn easter(year: i16) -> Date {
    let dates = [
        "2021-04-04",
        "2022-04-17",
        "2023-04-09",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2029-04-01",
    ];
    let date = dates
        .into_iter()
        .find(|date| date.starts_with(&year.to_string()));
    date.unwrap().parse().unwrap()
}

fn monday_of(mut date: Date) -> Date {
    let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let step = if is_weekend { 1.day() } else { -1.day() };
    while date.weekday() != Weekday::Monday {
        date += step;
    }
    date
}

fn nth_weekday(year: i16, month: &str, weekday: &str, nth: &str) -> Date {
    let month = month.parse().unwrap();
    let mut found = Vec::new();
    let mut date = Date::new(year, month, 1).unwrap();
    while date.month() == month {
        if format!("{:?}", date.weekday()).starts_with(weekday) {
            found.push(date);
        }
        date += 1.day();
    }
    match nth.parse::<usize>() {
        Ok(nth) => found[nth - 1],
        Err(_) => *found.last().unwrap(),
    }
}
