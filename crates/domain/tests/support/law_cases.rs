//! Numbers with all places and zones in which their owners may be.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::law_oracle::{Oracle, Spot};
use crate::law_tables::{Row, Tables};

pub(crate) const DAY: i64 = 24 * 60 * 60;
/// The horizon of the search for an opening.
pub(crate) const HORIZON: i64 = 7 * DAY;

/// A number and optionally a stated state, with all laws and zones that apply.
pub(crate) struct Case<'o> {
    pub(crate) area_code: &'o str,
    pub(crate) stated: Option<&'o str>,
    pub(crate) spots: Vec<Spot>,
}

/// One code of each combination of states and zones, and some numbers with a stated state.
pub(crate) fn cases<'t>(tables: &'t Tables, oracle: &Oracle) -> Vec<Case<'t>> {
    let mut seen = BTreeSet::new();
    let is_new = |row: &&Row| {
        seen.insert(["state_or_province", "iana_timezones"].map(|column| row[column].clone()))
    };
    let alone = tables
        .area_codes
        .rows
        .iter()
        .filter(is_new)
        .map(|row| (&*row["area_code"], None));
    let stated = [
        ("212", "MS"),
        ("212", "LA"),
        ("212", "nowhere"),
        ("423", "nowhere"),
        ("808", "NY"),
        ("709", "BC"),
        ("305", "TX"),
        ("671", "CT"),
        ("403", "UT"),
        ("867", "RI"),
    ];
    let stated = stated.map(|(area_code, state)| (area_code, Some(state)));
    alone
        .chain(stated)
        .map(|(area_code, stated)| case(tables, oracle, area_code, stated))
        .collect()
}

fn case<'t>(
    tables: &'t Tables,
    oracle: &Oracle,
    area_code: &'t str,
    stated: Option<&'t str>,
) -> Case<'t> {
    let row = tables
        .area_codes
        .rows
        .iter()
        .find(|row| row["area_code"] == area_code)
        .unwrap();
    let mut spots = Vec::new();
    let mut add = |state: &str, zones: &str| {
        spots.extend(
            zones
                .split(';')
                .map(|zone| oracle.find(state, zone).unwrap()),
        );
    };
    for state in row["state_or_province"].split(';') {
        add(state, &row["iana_timezones"]);
    }
    match stated {
        Some(state) if oracle.find(state, "UTC").is_some() => {
            for code in &tables.area_codes.rows {
                if code["state_or_province"]
                    .split(';')
                    .any(|other| other == state)
                {
                    add(state, &code["iana_timezones"]);
                }
            }
        }
        Some(_) => add("DEFAULT_STRICT", &row["iana_timezones"]),
        None => {}
    }
    Case {
        area_code,
        stated,
        spots,
    }
}

/// The start of a day in UTC.
pub(crate) fn second_of(day: &str) -> i64 {
    format!("{day}T00:00:00Z")
        .parse::<Timestamp>()
        .unwrap()
        .as_second()
}
