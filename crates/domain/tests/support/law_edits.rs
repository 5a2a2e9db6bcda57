//! Random edits of one cell or row of the tables, and whether the difference of two laws names exactly
//! what the oracle finds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike as _;
use jiff::civil::Date;
use sms_domain::law::schedule::Zone;
use sms_domain::law::{LawChange, LawChangeKind, difference};

use crate::law_changes::{Dice, change_holiday, change_hours, load};
use crate::law_oracle::{Oracle, Spot};
use crate::law_tables::{Table, Tables};

/// How many kinds of edits there are: each column, and whole rows.
pub(crate) fn kinds(tables: &Tables) -> usize {
    columns(tables).len() + ROWS
}

/// Kinds of edits of whole rows.
const ROWS: usize = 15;

fn columns(tables: &Tables) -> Vec<(usize, String)> {
    let all = [&tables.hours, &tables.holidays, &tables.area_codes];
    let named = all.iter().enumerate();
    let columns =
        named.flat_map(|(n, table)| table.columns.iter().map(move |name| (n, name.clone())));
    // The postal codes of a state tell its country as well, so that no other one is accepted.
    columns.filter(|(_, name)| name != "country").collect()
}

/// The tables with the `n`th kind of edit, which the loader accepts, and what was edited.
pub(crate) fn edited(
    tables: &Tables,
    n: usize,
    dice: &mut Dice,
    days: (Date, Date),
) -> (String, Tables) {
    let columns = columns(tables);
    for _ in 0..1_000 {
        let mut new = tables.clone();
        let date = dice.day(days.0, days.1);
        let what = match columns.get(n) {
            Some((0, column)) => edit(&mut new.hours, column, dice, date),
            Some((1, column)) => edit(&mut new.holidays, column, dice, date),
            Some((_, column)) => edit(&mut new.area_codes, column, dice, date),
            None => edit_row(&mut new, dice, date),
        };
        let is_other = new.hours.rows != tables.hours.rows
            || new.holidays.rows != tables.holidays.rows
            || new.area_codes.rows != tables.area_codes.rows;
        if is_other && load(&new).is_ok() {
            return (what, new);
        }
    }
    panic!("no edit {n} that the loader accepts: {:?}", columns.get(n));
}

fn edit_row(tables: &mut Tables, dice: &mut Dice, date: Date) -> String {
    match dice.below(4) {
        0 => change_holiday(&mut tables.holidays, dice, date),
        1 => {
            let at = dice.below(tables.holidays.rows.len());
            tables.holidays.rows.remove(at);
        }
        _ => change_hours(&mut tables.hours, dice, date),
    }
    "a row".to_owned()
}

fn edit(table: &mut Table, column: &str, dice: &mut Dice, date: Date) -> String {
    let at = dice.below(table.rows.len());
    let other = table.rows[dice.below(table.rows.len())][column].clone();
    let row = &mut table.rows[at];
    let value = match column {
        "effective_from" | "assigned_on" => {
            let date = date.to_string();
            dice.one_of(&["", &date]).to_owned()
        }
        "reviewed_on" => date.to_string(),
        "status" => dice.one_of(&["enacted", "proposed", "repealed"]).to_owned(),
        "rule" => {
            let rules = ["fixed:11-03", "easter:1", "nth:11:Tue:1", "monday_of:11-01"];
            let date = format!("date:{date}");
            let at = dice.below(5);
            rules.get(at).map_or(date, |rule| (*rule).to_owned())
        }
        "fixed_zone" => dice
            .one_of(&["", "America/Chicago", "Pacific/Honolulu"])
            .to_owned(),
        "iana_timezones" => dice
            .one_of(&[
                "America/New_York",
                "America/Chicago;America/Denver",
                "America/Phoenix",
            ])
            .to_owned(),
        "max_per_24h" => dice.one_of(&["", "1", "4"]).to_owned(),
        "replies_allowed" => {
            row.insert("replies_source".to_owned(), "a law".to_owned());
            dice.one_of(&["yes", "no"]).to_owned()
        }
        "observed" => {
            row.insert("observed_source".to_owned(), "a law".to_owned());
            other
        }
        "name" | "source" | "confidence" | "exemption" | "replies_source" | "observed_source" => {
            format!("edited, as of {date}")
        }
        edge if edge.ends_with("_start") || edge.ends_with("_end") => {
            let quarter = dice.below(96);
            format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15)
        }
        "area_code" => dice.one_of(&["239", "988", "321", "999"]).to_owned(),
        _ => other,
    };
    row.insert(column.to_owned(), value);
    format!("{column} of {:?}", table.rows[at].values().next())
}

/// The places with the zones in which each is tested, by the tables.
fn spots(tables: &Tables) -> BTreeSet<(String, String)> {
    let mut spots = BTreeSet::new();
    for row in &tables.area_codes.rows {
        for zone in row["iana_timezones"].split(';') {
            for state in row["state_or_province"].split(';') {
                spots.insert((state.to_owned(), zone.to_owned()));
            }
            spots.insert(("DEFAULT_STRICT".to_owned(), zone.to_owned()));
        }
    }
    spots
}

/// Compares the difference of two laws on some days with what the oracle finds in every minute. Returns
/// how many minutes opened or closed.
#[track_caller]
pub(crate) fn check(what: &str, old: &Tables, new: &Tables, (first, last): (Date, Date)) -> usize {
    let (before, after) = (load(old).unwrap(), load(new).unwrap());
    let date = |date: Date| date.to_string().parse().unwrap();
    let changes = difference(&before, &after, date(first), date(last));
    assert!(!changes.is_empty(), "{what}: no difference at all");
    let named = minutes_named(&changes);
    let (old_oracle, new_oracle) = (Oracle::read(old), Oracle::read(new));
    let (old_spots, new_spots) = (spots(old), spots(new));
    let mut found = 0;
    for (state, zone) in old_spots.intersection(&new_spots) {
        let (Some(one), Some(other)) = (old_oracle.find(state, zone), new_oracle.find(state, zone))
        else {
            continue;
        };
        let expected = minutes_found(&one, &other, (first, last));
        let none = BTreeMap::new();
        let named = named.get(&(state.clone(), zone.clone())).unwrap_or(&none);
        assert_eq!(*named, expected, "{what}: {state} in {zone}");
        found += expected.len();
        check_caps(what, state, &changes, (&one, &other), (first, last));
    }
    for (state, _) in old_spots.symmetric_difference(&new_spots) {
        let zone = |change: &LawChange| {
            change.kind == LawChangeKind::Zone
                && (change.place == *state || state == "DEFAULT_STRICT")
        };
        assert!(changes.iter().any(zone), "{what}: the zones of {state}");
    }
    found
}

/// The minutes that open (true) or close, by place and zone.
type Minutes = BTreeMap<(String, String), BTreeMap<i64, bool>>;

fn minutes_named(changes: &[LawChange]) -> Minutes {
    let mut named = Minutes::new();
    for change in changes {
        let (Some(days), Some(minutes)) = (&change.days, change.minutes) else {
            continue;
        };
        for name in &change.zones {
            let zone = Zone::named(name).unwrap();
            let of_spot = named
                .entry((change.place.clone(), name.clone()))
                .or_default();
            for date in days.dates() {
                for minute in minutes.start..minutes.end {
                    let local = date.and_hms_opt(0, 0, 0).unwrap();
                    let local = local + chrono::TimeDelta::minutes(minute.into());
                    assert_eq!(local.second(), 0);
                    let instant = match minutes.offset {
                        Some(offset) => local.and_utc() - chrono::TimeDelta::seconds(offset.into()),
                        None => zone.instant(local),
                    };
                    let opens = change.kind == LawChangeKind::Opens;
                    let before = of_spot.insert(instant.timestamp(), opens);
                    assert_eq!(before, None, "{local} in {name} is named twice");
                }
            }
        }
    }
    named
}

fn minutes_found(old: &Spot, new: &Spot, (first, last): (Date, Date)) -> BTreeMap<i64, bool> {
    if old == new {
        return BTreeMap::new();
    }
    let start = |date: Date| start_of(old, date);
    let minutes = (start(first)..start(last.tomorrow().unwrap())).step_by(60);
    let states = minutes.map(|second| (second, old.is_open(second), new.is_open(second)));
    states
        .filter(|(_, old, new)| old != new)
        .map(|(second, _, new)| (second, new))
        .collect()
}

/// The first second of a local day.
fn start_of(spot: &Spot, date: Date) -> i64 {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    spot.zone.to_timestamp(midnight).unwrap().as_second()
}

/// Each day has its caps.
#[track_caller]
fn check_caps(
    what: &str,
    state: &str,
    changes: &[LawChange],
    (old, new): (&Spot, &Spot),
    (first, last): (Date, Date),
) {
    let mut date = first;
    while date <= last {
        let noon = start_of(old, date) + 12 * 3600;
        let (one, other) = (old.cap(noon), new.cap(noon));
        let text = |cap: Option<u32>| cap.map_or_else(String::new, |cap| cap.to_string());
        let day = date.to_string().parse().unwrap();
        let says = changes.iter().filter(|change| {
            let days = change.days.as_ref();
            change.kind == LawChangeKind::Cap
                && change.place == state
                && days.is_some_and(|days| days.dates().any(|one| one == day))
        });
        let says: Vec<(String, String)> = says
            .map(|change| (change.old.clone(), change.new.clone()))
            .collect();
        let expected = (one != other).then(|| (text(one), text(other)));
        assert_eq!(
            says,
            Vec::from_iter(expected),
            "{what}: the cap of {state} on {date}"
        );
        date = date.tomorrow().unwrap();
    }
}
