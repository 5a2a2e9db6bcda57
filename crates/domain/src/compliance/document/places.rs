//! The part of `docs/rules.md` about places: what the law of each says, since when, and what is
//! announced.

use std::fmt::{Result, Write};

use chrono::NaiveDate;

use crate::law::data::{Announced, Announcement, RuleData, StateHoliday};
use crate::law::history::DatedRules;
use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::Window;

/// The columns of hours, shared by what holds and what is announced.
const COLUMNS: &str = "Weekdays | Saturday | Sunday | Holidays | In 24 h | Replies | Source |";

/// Writes the sections on hours, announced law and holidays.
pub(super) fn write(text: &mut String, rules: &RuleData) -> Result {
    text.write_str(
        "\n## Hours and caps by state and province\n\nLocal time, the end exclusive; \"–\" is closed. \
         A row holds from its date until the next row of the place; the local date at the recipient counts, \
         for a message that waits that of its sending. No date: since 2021 or before. \
         From `crates/domain/data/state_quiet_hours.csv` and `state_holidays.csv`.\n\n",
    )?;
    write_header(text, &format!("Place | Since | {COLUMNS}"))?;
    for place in rules.jurisdictions() {
        for row in place.law.rows() {
            write_row(text, place.jurisdiction, row.since, row)?;
        }
    }
    write_announced(text, rules)?;
    write_holidays(text, rules)
}

fn write_announced(text: &mut String, rules: &RuleData) -> Result {
    text.write_str(
        "\n## Announced\n\nProposed or pending: it judges no message until its row says `enacted`. \
         No date: not known yet.\n\n",
    )?;
    write_header(text, &format!("Place | From | {COLUMNS}"))?;
    for Announced {
        jurisdiction,
        from,
        what,
    } in rules.announced()
    {
        match what {
            Announcement::Hours(row) => write_row(text, *jurisdiction, *from, row)?,
            Announcement::Holiday(day) => writeln!(
                text,
                "| {jurisdiction} | {} | | | | {} | | | {} |",
                date(*from),
                day.holiday.name,
                day.source,
            )?,
        }
    }
    Ok(())
}

fn write_holidays(text: &mut String, rules: &RuleData) -> Result {
    text.write_str(
        "\n## Holidays\n\nThe days on which states that are closed on holidays let no message arrive.\n\n",
    )?;
    write_header(text, "Place | Holiday | Date | Since | Until | Source |")?;
    rules
        .holidays()
        .try_for_each(|day| write_holiday(text, day))
}

fn write_holiday(text: &mut String, day: &StateHoliday) -> Result {
    let in_force = day.holiday.in_force;
    writeln!(
        text,
        "| {} | {} | `{}` | {} | {} | {} |",
        day.state,
        day.holiday.name,
        day.key,
        date(in_force.since),
        date(in_force.until),
        day.source,
    )
}

fn write_header(text: &mut String, columns: &str) -> Result {
    let count = columns.matches('|').count();
    writeln!(text, "| {columns}\n|{}", "---|".repeat(count))
}

fn write_row(
    text: &mut String,
    place: Jurisdiction,
    since: Option<NaiveDate>,
    row: &DatedRules,
) -> Result {
    let hours = |window: Option<Window>| window.map_or("–".to_owned(), |it| it.to_string());
    let week = &row.schedule.week;
    writeln!(
        text,
        "| {place} | {} | {} | {} | {} | {} | {} | {} | {} |",
        date(since),
        hours(week.weekday),
        hours(week.saturday),
        hours(week.sunday),
        if row.schedule.holidays.is_empty() {
            "open"
        } else {
            "–"
        },
        row.max_per_24h
            .map_or("–".to_owned(), |cap| cap.to_string()),
        if row.replies_allowed { "exempt" } else { "" },
        row.source,
    )
}

fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}
