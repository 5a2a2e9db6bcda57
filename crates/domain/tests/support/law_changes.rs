//! Random changes of law: dated rows of hours and holidays that the loader accepts. The same seed, the
//! same changes.

use jiff::ToSpan;
use jiff::civil::Date;
use sms_domain::law::{DataError, RuleData, RuleFiles};

use crate::law_tables::{Row, Table, Tables};

/// A sequence of numbers that looks random (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap()
    }

    pub(crate) fn one_of<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.below(all.len())]
    }

    /// A day from `first` to `last`.
    pub(crate) fn day(&mut self, first: Date, last: Date) -> Date {
        let days = first.until(last).unwrap().get_days() + 1;
        let ahead = self.below(usize::try_from(days).unwrap());
        first + i64::try_from(ahead).unwrap().days()
    }
}

/// The rules by these tables.
pub(crate) fn load(tables: &Tables) -> Result<RuleData, DataError> {
    RuleData::load(&RuleFiles {
        quiet_hours: &tables.hours.to_csv(),
        holidays: &tables.holidays.to_csv(),
        area_codes: &tables.area_codes.to_csv(),
        ..RuleFiles::BUNDLED
    })
}

/// Adds a row from `date` on to the hours of some state, unless it has a later one already.
pub(crate) fn change_hours(table: &mut Table, dice: &mut Dice, date: Date) {
    let at = dice.below(table.rows.len());
    let state = table.rows[at]["state"].clone();
    let is_law = |row: &Row| row["state"] == state && row["status"] != "proposed";
    let Some(last) = table.rows.iter().rposition(is_law) else {
        return;
    };
    let first = table.rows.iter().position(is_law).unwrap();
    if *table.rows[last]["effective_from"] >= *date.to_string() {
        return;
    }
    let mut row = table.rows[first].clone();
    row.insert("effective_from".to_owned(), date.to_string());
    let is_canadian = row["source"].starts_with("CRTC") || state == "DEFAULT_STRICT";
    if !is_canadian && dice.below(6) == 0 {
        repeal(&mut row);
    } else {
        set_hours(&mut row, dice);
    }
    table.rows.insert(last + 1, row);
}

fn repeal(row: &mut Row) {
    row.insert("status".to_owned(), "repealed".to_owned());
    for day in ["weekday", "saturday", "sunday"] {
        row.insert(format!("{day}_start"), String::new());
        row.insert(format!("{day}_end"), String::new());
    }
    for (column, value) in [
        ("holidays_blocked", "no"),
        ("max_per_24h", ""),
        ("fixed_zone", ""),
        ("replies_allowed", "no"),
        ("replies_source", ""),
    ] {
        row.insert(column.to_owned(), value.to_owned());
    }
}

fn set_hours(row: &mut Row, dice: &mut Dice) {
    for day in ["weekday", "saturday", "sunday"] {
        let is_closed = day != "weekday" && dice.below(4) == 0;
        let start = dice.below(80);
        let end = start + 1 + dice.below(95 - start);
        for (edge, quarters) in [("start", start), ("end", end)] {
            let time = format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15);
            let cell = if is_closed { String::new() } else { time };
            row.insert(format!("{day}_{edge}"), cell);
        }
    }
    let cap = dice.one_of(&["", "1", "2", "5"]);
    row.insert("max_per_24h".to_owned(), cap.to_owned());
    let zone = dice.one_of(&["", "", "", "America/Chicago", "America/St_Johns"]);
    row.insert("fixed_zone".to_owned(), zone.to_owned());
    if dice.below(3) == 0 {
        row.insert("holidays_blocked".to_owned(), "no".to_owned());
    }
}

/// Ends a holiday, moves its observance, or proclaims a day.
pub(crate) fn change_holiday(table: &mut Table, dice: &mut Dice, date: Date) {
    let at = dice.below(table.rows.len());
    let mut row = table.rows[at].clone();
    if dice.below(3) == 0 {
        row.insert("rule".to_owned(), format!("date:{date}"));
        for (column, value) in [
            ("effective_from", ""),
            ("status", "enacted"),
            ("years", "all"),
        ] {
            row.insert(column.to_owned(), value.to_owned());
        }
        let same = |other: &Row| (&other["state"], &other["rule"]) == (&row["state"], &row["rule"]);
        if !table.rows.iter().any(same) {
            table.rows.push(row);
        }
        return;
    }
    let key = |row: &Row| (row["state"].clone(), row["rule"].clone());
    let last = table
        .rows
        .iter()
        .rposition(|other| key(other) == key(&row))
        .unwrap();
    let is_once = row["rule"].starts_with("date:");
    if is_once || *table.rows[last]["effective_from"] >= *date.to_string() {
        return;
    }
    row.insert("effective_from".to_owned(), date.to_string());
    let status = dice.one_of(&["enacted", "repealed"]);
    row.insert("status".to_owned(), status.to_owned());
    let observed = dice.one_of(&["none", "sun_mon", "sat_fri_sun_mon"]);
    row.insert("observed".to_owned(), observed.to_owned());
    row.insert("observed_source".to_owned(), "a law".to_owned());
    table.rows.insert(last + 1, row);
}
