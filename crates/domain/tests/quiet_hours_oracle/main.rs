//! Compares the hours of every place with an oracle that is slow and obviously correct.
//!
//! The oracle shares no code with the rules: it reads the tables itself, finds holidays by
//! iterating over the days of a year, and finds an opening by testing for every quarter of an hour
//! whether the local time is open. The generated cases are the minutes around every edge of every
//! window, around midnight and around every clock change, for every combination of states and zones
//! that an area code has. `dated.rs` does the same with laws that change in those days.

#[path = "../support/law_cases.rs"]
mod law_cases;
#[path = "../support/law_changes.rs"]
mod law_changes;
#[path = "../support/law_changing.rs"]
mod law_changing;
#[path = "../support/law_oracle/mod.rs"]
mod law_oracle;
#[path = "../support/law_tables.rs"]
mod law_tables;

mod dated;
mod edges;
mod grid;

use chrono::{DateTime, TimeDelta, Utc};
use jiff::Timestamp;
use sms_domain::law::{Places, RecipientLocation, RuleData, StatedAddress, StatedPlaces};
use sms_domain::values::phone::PhoneNumber;

use grid::Grids;
use law_cases::{Case, DAY, HORIZON, cases, second_of};
use law_oracle::Oracle;
use law_tables::Tables;

#[test]
fn the_hours_are_right_around_the_clock_change_in_spring() {
    compare("2027-03-12", "2027-03-17");
}

#[test]
fn the_hours_are_right_around_the_clock_change_in_autumn_and_an_election() {
    compare("2026-10-30", "2026-11-05");
}

#[test]
fn the_hours_are_right_around_thanksgiving() {
    compare("2026-11-24", "2026-12-01");
}

#[test]
fn the_hours_are_right_around_holidays_that_a_weekend_moves() {
    // Christmas on a Saturday and New Year on a Saturday, both observed on the Friday before.
    compare("2027-12-22", "2028-01-04");
}

#[test]
fn the_hours_are_right_around_mardi_gras() {
    compare("2027-02-05", "2027-02-11");
}

#[test]
fn the_hours_are_right_around_an_independence_day_on_sunday() {
    compare("2027-07-02", "2027-07-07");
}

#[test]
fn the_hours_are_right_around_a_juneteenth_that_utah_keeps_on_a_monday() {
    compare("2026-06-12", "2026-06-20");
}

#[test]
fn the_oracle_knows_open_and_closed_times() {
    let oracle = Oracle::read(&Tables::bundled());
    let florida = oracle.find("FL", "America/New_York").unwrap();
    let open = |text: &str| florida.is_open(text.parse::<Timestamp>().unwrap().as_second());
    assert!(open("2026-12-16T00:59:59Z") && !open("2026-12-16T01:00:00Z"));
    let louisiana = oracle.find("LA", "America/Chicago").unwrap();
    let mardi_gras: Timestamp = "2027-02-09T18:00:00Z".parse().unwrap();
    assert!(!louisiana.is_open(mardi_gras.as_second()));
    assert!(louisiana.is_open(mardi_gras.as_second() + DAY));
}

/// Compares all cases of the days from `first` to `last`, by the bundled tables.
#[track_caller]
fn compare(first: &str, last: &str) {
    let rules = RuleData::bundled().unwrap();
    let (cases, refused) = compare_tables(&Tables::bundled(), rules, (first, last), |_| Vec::new());
    assert!(
        cases > 2_000 && (cases / 5..cases * 4 / 5).contains(&refused),
        "{refused} of {cases}"
    );
}

/// Compares all cases of some days at every edge, and at further instants of each case. Returns how
/// many instants there were, and how many of them were closed.
#[track_caller]
fn compare_tables(
    tables: &Tables,
    rules: &RuleData,
    (first, last): (&str, &str),
    mut further: impl FnMut(&Case<'_>) -> Vec<i64>,
) -> (usize, usize) {
    let oracle = Oracle::read(tables);
    let mut grids = Grids::new(second_of(first) - DAY, second_of(last) + 2 * DAY + HORIZON);
    let (mut count, mut refused) = (0, 0);
    for case in cases(tables, &oracle) {
        let phone = PhoneNumber::parse(&format!("+1{}5550100", case.area_code)).unwrap();
        let stated = StatedAddress {
            state: case.stated,
            postal_code: None,
        };
        let stated = StatedPlaces::read(rules, stated, &[]);
        let RecipientLocation::Known(places) = RecipientLocation::locate(rules, &phone, &stated)
        else {
            panic!("{} cannot be placed", case.area_code);
        };
        let grid = grids.all_open(&case.spots);
        let edges = edges::instants(&case, first.parse().unwrap(), last.parse().unwrap());
        for at in edges.into_iter().chain(further(&case)) {
            let is_open = case.spots.iter().all(|spot| spot.is_open(at));
            let opening = if is_open {
                Some(at)
            } else {
                grid.next_open(at)
            };
            check(&places, at, is_open, opening, &case);
            count += 1;
            refused += usize::from(!is_open);
        }
    }
    (count, refused)
}

#[track_caller]
fn check(places: &Places<'_>, at: i64, is_open: bool, opening: Option<i64>, case: &Case<'_>) {
    let (from, horizon) = (instant(at), instant(at + HORIZON));
    let (code, stated) = (case.area_code, case.stated);
    assert_eq!(
        places.open_at(from).is_ok(),
        is_open,
        "{code} {stated:?} at {from}"
    );
    let cap = case.spots.iter().filter_map(|spot| spot.cap(at)).min();
    assert_eq!(
        places.max_per_24h(from, None),
        cap,
        "{code} {stated:?} at {from}"
    );
    let found = places.next_open(from, horizon);
    assert_eq!(found, opening.map(instant), "{code} {stated:?} from {from}");
    // A microsecond before the second: closed until it, or open already.
    let tick = TimeDelta::microseconds(1);
    if let Some(open) = opening.filter(|opening| *opening > at) {
        let early = places.next_open(instant(open) - tick, horizon);
        assert_eq!(
            early,
            Some(instant(open)),
            "{code} {stated:?} before {open}"
        );
    }
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}
