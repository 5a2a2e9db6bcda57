//! Differences that are not minutes: caps, exemptions, holidays, and the rows of the other tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::NaiveDate;

use super::days::Days;
use super::{LawChange, LawChangeKind};
use crate::law::data::{Announced, Announcement, RuleData, StateHoliday};
use crate::law::history::{DatedRules, LawHistory, TextCoverage};
use crate::law::schedule::Zone;

pub(super) fn changes(
    old: &RuleData,
    new: &RuleData,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<LawChange> {
    let mut changes = Vec::new();
    for before in old.jurisdictions().chain([old.strict()]) {
        let after = new.rules_of(before.jurisdiction);
        if after.jurisdiction == before.jurisdiction {
            let place = before.jurisdiction.as_str();
            let laws = (&before.law, &after.law);
            changes.extend(of_periods(place, laws, (first, last)));
        }
    }
    for (kind, rows) in [
        (LawChangeKind::Zone, (zones(old), zones(new))),
        (LawChangeKind::Holiday, (holidays(old), holidays(new))),
        (LawChangeKind::Announced, (announced(old), announced(new))),
        (
            LawChangeKind::AreaCode,
            (old.area_code_rows(), new.area_code_rows()),
        ),
        (
            LawChangeKind::RefusedAreaCode,
            (old.refused_rows(), new.refused_rows()),
        ),
        (
            LawChangeKind::PostalCode,
            (old.postal_rows(), new.postal_rows()),
        ),
        (LawChangeKind::PlaceName, (old.name_rows(), new.name_rows())),
        (
            LawChangeKind::Shortener,
            (old.shortener_rows(), new.shortener_rows()),
        ),
    ] {
        changes.extend(of_rows(kind, &rows.0, &rows.1));
    }
    changes
}

/// Rows with other texts, by their keys.
fn of_rows(
    kind: LawChangeKind,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> Vec<LawChange> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let text = |rows: &BTreeMap<String, String>, key| rows.get(key).cloned().unwrap_or_default();
    let changed = keys
        .into_iter()
        .filter(|key| old.get(*key) != new.get(*key));
    changed
        .map(|key| LawChange::of(kind, key.as_str(), text(old, key), text(new, key)))
        .collect()
}

/// What the laws of a place say besides the hours, where it is different, with the dates.
fn of_periods(
    place: &str,
    (old, new): (&LawHistory, &LawHistory),
    (first, last): (NaiveDate, NaiveDate),
) -> Vec<LawChange> {
    let dates = old.rows().chain(new.rows()).filter_map(|row| row.since);
    let mut begins: BTreeSet<NaiveDate> = dates
        .filter(|date| first < *date && *date <= last)
        .collect();
    begins.insert(first);
    let mut changes: Vec<LawChange> = Vec::new();
    let begins: Vec<NaiveDate> = begins.into_iter().collect();
    for (n, &begin) in begins.iter().enumerate() {
        let next = begins.get(n.saturating_add(1));
        let end = next.and_then(NaiveDate::pred_opt).unwrap_or(last);
        let (before, after) = (said(old.on(begin)), said(new.on(begin)));
        for ((kind, before), (_, after)) in before.into_iter().zip(after) {
            if before == after {
                continue;
            }
            let change = LawChange {
                days: Some(Days::between(begin, end)),
                ..LawChange::of(kind, place, before, after)
            };
            extend_or_push(&mut changes, change);
        }
    }
    changes
}

/// The same difference right before is one difference.
fn extend_or_push(changes: &mut Vec<LawChange>, change: LawChange) {
    let Some(days) = &change.days else {
        return;
    };
    let before = changes.iter_mut().find(|one| {
        let last = one.days.as_ref().and_then(|days| days.last.succ_opt());
        (one.kind, &one.old, &one.new, last)
            == (change.kind, &change.old, &change.new, Some(days.first))
    });
    match before {
        Some(LawChange {
            days: Some(longer), ..
        }) => *longer = Days::between(longer.first, days.last),
        Some(_) | None => changes.push(change),
    }
}

fn said(row: &DatedRules) -> [(LawChangeKind, String); 5] {
    let cap = row
        .max_per_24h
        .map_or_else(String::new, |cap| cap.to_string());
    let replies = if row.replies_allowed { "exempt" } else { "" };
    let coverage = match row.text_coverage {
        TextCoverage::Yes => "yes",
        TextCoverage::No => "no",
        TextCoverage::Unclear => "unclear",
        TextCoverage::Federal => "federal",
    };
    [
        (LawChangeKind::Cap, cap),
        (LawChangeKind::Replies, replies.to_owned()),
        (LawChangeKind::Coverage, coverage.to_owned()),
        (LawChangeKind::Source, row.source.to_string()),
        (LawChangeKind::Confidence, row.confidence.to_string()),
    ]
}

fn zones(rules: &RuleData) -> BTreeMap<String, String> {
    let zones = |zones: &[Zone]| {
        let mut names: Vec<&str> = zones.iter().map(Zone::name).collect();
        names.sort_unstable();
        names.join(";")
    };
    let places = rules.jurisdictions();
    places
        .map(|place| (place.jurisdiction.to_string(), zones(&place.zones)))
        .collect()
}

fn holidays(rules: &RuleData) -> BTreeMap<String, String> {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for day in rules.holidays() {
        let text = rows
            .entry(format!("{} {}", day.state, day.key))
            .or_default();
        let separator = if text.is_empty() { "" } else { "; " };
        // Writing to a string does not fail.
        let _ = write!(text, "{separator}{}", holiday(day));
    }
    rows
}

fn holiday(day: &StateHoliday) -> String {
    format!("{} ({}; {})", day.in_words(), day.source, day.confidence)
}

fn announced(rules: &RuleData) -> BTreeMap<String, String> {
    let rows = rules.announced().map(|one| {
        let Announced {
            jurisdiction,
            from,
            what,
        } = one;
        let from = from.map_or_else(|| "no date".to_owned(), |from| from.to_string());
        match what {
            Announcement::Hours(row) => {
                let words = format!("{} ({})", row.in_words(), row.source);
                (format!("{jurisdiction} {from}"), words)
            }
            Announcement::Holiday(day) => {
                (format!("{jurisdiction} {} {from}", day.key), holiday(day))
            }
        }
    });
    rows.collect()
}
