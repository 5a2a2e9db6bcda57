//! A law that changes on a date.

use chrono::TimeDelta;

use crate::law::history::*;
use crate::law::schedule::{Closure, Week, Window};

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

/// The same window every day, since a date or since ever.
fn row(since: &str, start: &str, end: &str) -> DatedRules {
    let time = |text: &str| text.parse().unwrap();
    let window = Window::new(time(start), time(end));
    DatedRules {
        since: since.parse().ok(),
        schedule: WeeklyHours {
            week: Week {
                weekday: window,
                saturday: window,
                sunday: window,
            },
            holidays: Box::default(),
            fixed_zone: None,
        },
        max_per_24h: None,
        replies_allowed: false,
        text_coverage: TextCoverage::Federal,
        source: "a law".into(),
        confidence: "high".into(),
    }
}

fn history(rows: &[(&str, &str, &str)]) -> LawHistory {
    let rows = rows
        .iter()
        .map(|(since, start, end)| row(since, start, end));
    LawHistory::new(rows).unwrap()
}

/// Until the end of 2026 from 8 to 21, in January 2027 from 10 to 12, then round the clock.
fn changing() -> LawHistory {
    history(&[
        ("", "08:00:00", "21:00:00"),
        ("2027-01-01", "10:00:00", "12:00:00"),
        ("2027-02-01", "00:00:00", "23:59:00"),
    ])
}

#[test]
fn a_history_has_a_row() {
    assert_eq!(LawHistory::new([]), None);
}

#[test]
fn each_row_holds_until_the_next_one_begins() {
    let law = changing();
    let since = |date: &str| law.on(date.parse().unwrap()).since;
    assert_eq!(since("1999-01-01"), None);
    assert_eq!(since("2026-12-31"), None);
    assert_eq!(since("2027-01-01"), "2027-01-01".parse().ok());
    assert_eq!(since("2027-01-31"), "2027-01-01".parse().ok());
    assert_eq!(since("2030-01-01"), "2027-02-01".parse().ok());
    let until: Vec<_> = law.periods().map(|(dates, _)| dates.until).collect();
    assert_eq!(
        until,
        ["2027-01-01".parse().ok(), "2027-02-01".parse().ok(), None]
    );
}

#[test]
fn the_local_date_of_the_person_counts() {
    let law = changing();
    let at = utc("2027-01-01T06:30:00Z");
    let since = |name: &str| law.at(&zone(name), at).since;
    assert_eq!(since("America/New_York"), "2027-01-01".parse().ok());
    assert_eq!(since("America/Denver"), None);
}

#[test]
fn a_change_begins_with_the_local_day() {
    let (law, new_york) = (changing(), zone("America/New_York"));
    let (first, second) = (utc("2027-01-01T05:00:00Z"), utc("2027-02-01T05:00:00Z"));
    let tick = TimeDelta::microseconds(1);
    assert_eq!(law.next_change(&new_york, first - tick), Some(first));
    assert_eq!(law.next_change(&new_york, first), Some(second));
    assert_eq!(law.next_change(&new_york, second), None);
}

#[test]
fn an_opening_is_searched_by_the_law_of_its_day() {
    let (law, new_york) = (changing(), zone("America/New_York"));
    let next = |from: &str| {
        let from = utc(from);
        law.next_open(&new_york, from, from + TimeDelta::days(7))
    };
    // At night on December 31: ten by the new law, not eight by the old one.
    assert_eq!(
        next("2026-12-31T21:00:00-05:00"),
        Some(utc("2027-01-01T10:00:00-05:00"))
    );
    // At noon on January 31: midnight, when the law changes.
    assert_eq!(
        next("2027-01-31T12:00:00-05:00"),
        Some(utc("2027-02-01T00:00:00-05:00"))
    );
    assert_eq!(
        next("2026-12-31T20:59:59-05:00"),
        Some(utc("2026-12-31T20:59:59-05:00"))
    );
}

#[test]
fn several_changes_may_lie_before_the_next_opening() {
    let closed = "23:58:00";
    let law = history(&[
        ("", closed, "23:59:00"),
        ("2027-01-02", closed, "23:59:00"),
        ("2027-01-03", "09:00:00", "10:00:00"),
    ]);
    let from = utc("2027-01-02T04:59:30Z");
    let opening = law.next_open(&zone("America/New_York"), from, from + TimeDelta::days(7));
    assert_eq!(opening, Some(utc("2027-01-02T23:58:00-05:00")));
    let from = utc("2027-01-03T04:59:30Z");
    let opening = law.next_open(&zone("America/New_York"), from, from + TimeDelta::days(7));
    assert_eq!(opening, Some(utc("2027-01-03T09:00:00-05:00")));
}

#[test]
fn a_change_at_the_horizon_counts_and_one_after_it_does_not() {
    let (law, new_york) = (changing(), zone("America/New_York"));
    let (from, change) = (
        utc("2027-01-31T12:00:00-05:00"),
        utc("2027-02-01T05:00:00Z"),
    );
    assert_eq!(law.next_open(&new_york, from, change), Some(change));
    let before = change - TimeDelta::microseconds(1);
    assert_eq!(law.next_open(&new_york, from, before), None);
}

#[test]
fn a_row_with_a_zone_of_its_own_is_chosen_by_the_date_of_the_person() {
    let mut central = row("2027-01-01", "08:00:00", "20:00:00");
    central.schedule.fixed_zone = Some(zone("America/Chicago"));
    let law = LawHistory::new([row("", "08:00:00", "21:00:00"), central]).unwrap();
    let new_york = zone("America/New_York");
    let check = |at: &str| {
        law.at(&new_york, utc(at))
            .schedule
            .check(&new_york, utc(at))
    };
    assert_eq!(check("2026-12-31T20:30:00-05:00"), Ok(()));
    assert!(matches!(
        check("2027-01-01T00:30:00-05:00"),
        Err(Closure::OutsideHours(_))
    ));
    let from = utc("2026-12-31T22:00:00-05:00");
    let opening = law.next_open(&new_york, from, from + TimeDelta::days(2));
    assert_eq!(opening, Some(utc("2027-01-01T08:00:00-06:00")));
}
