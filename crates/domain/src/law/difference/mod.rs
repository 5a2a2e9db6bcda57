//! What two versions of the law say differently, exactly: which minutes of which days open or close,
//! where caps and exemptions change, and which rows of the other tables. This module must not know where
//! the versions come from or how differences are shown.

mod days;
mod hours;
mod rows;

use chrono::{NaiveDate, TimeDelta};

pub use days::Days;

use crate::law::data::RuleData;
use crate::values::wire::wire_enum;

wire_enum! {
    /// What is different.
    LawChangeKind {
        /// Minutes in which messages may arrive by the new law only.
        Opens = "opens",
        /// Minutes in which messages may arrive by the old law only.
        Closes = "closes",
        /// The cap on messages in 24 hours.
        Cap = "cap",
        /// Whether replies are exempt from the hours.
        Replies = "replies",
        /// Whether the law covers texts; for people only.
        Coverage = "coverage",
        /// The citation; for people only.
        Source = "source",
        /// How certain a row is; for people only.
        Confidence = "confidence",
        /// A holiday or its dates.
        Holiday = "holiday",
        /// What is announced; it judges nothing.
        Announced = "announced",
        /// A time zone in which a place is tested.
        Zone = "zone",
        /// An area code.
        AreaCode = "area_code",
        /// An area code to which nothing is sent.
        RefusedAreaCode = "refused_area_code",
        /// A range of postal codes.
        PostalCode = "postal_code",
        /// A name of a place.
        PlaceName = "place_name",
        /// A public URL shortener.
        Shortener = "shortener",
        /// The files differ only in columns for people.
        Wording = "wording",
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawChange {
    /// The state or province, or the key of a row of another table.
    pub place: String,
    /// What is different.
    pub kind: LawChangeKind,
    /// Of minutes: the zones in which the place is tested and they are different.
    pub zones: Vec<String>,
    /// The local dates; `None` = not a matter of dates.
    pub days: Option<Days>,
    /// Of minutes: which of each day.
    pub minutes: Option<Minutes>,
    /// What the old law says; empty = nothing.
    pub old: String,
    /// What the new law says; empty = nothing.
    pub new: String,
}

/// A part of a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes {
    /// The first minute since midnight, by the clock.
    pub start: u32,
    /// The first minute after it, at most 1440.
    pub end: u32,
    /// Of times that the clock shows twice on a day: the seconds that it is ahead of UTC in this part.
    pub offset: Option<i32>,
}

/// What the new law says differently than the old one on the local dates from `first` to `last`, in the
/// order of places. Rows that judge nothing are compared whatever their date.
#[must_use]
pub fn difference(
    old: &RuleData,
    new: &RuleData,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<LawChange> {
    let mut changes = hours::changes(old, new, first, last);
    changes.extend(rows::changes(old, new, first, last));
    changes.sort_by(|a, b| (&a.place, a.kind).cmp(&(&b.place, b.kind)));
    if changes.is_empty() && old.version() != new.version() {
        changes.push(LawChange::of(
            LawChangeKind::Wording,
            "",
            old.version(),
            new.version(),
        ));
    }
    changes
}

/// The last date until which two versions of the law have to be compared to find every change of hours:
/// two years, in which each holiday occurs, after `today` and after the last date of any row.
#[must_use]
pub fn compared_until(old: &RuleData, new: &RuleData, today: NaiveDate) -> NaiveDate {
    let dated = [old.last_date(), new.last_date()].into_iter().flatten();
    let begin = dated.max().map_or(today, |date| date.max(today));
    begin
        .checked_add_signed(TimeDelta::days(2 * 366))
        .unwrap_or(begin)
}

impl LawChange {
    fn of(
        kind: LawChangeKind,
        place: impl Into<String>,
        old: impl Into<String>,
        new: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            kind,
            zones: Vec::new(),
            days: None,
            minutes: None,
            old: old.into(),
            new: new.into(),
        }
    }
}

impl std::fmt::Display for Minutes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { start, end, offset } = *self;
        let (hour, minute) = (start / 60, start % 60);
        write!(f, "{hour:02}:{minute:02}-{:02}:{:02}", end / 60, end % 60)?;
        match offset {
            Some(offset) => {
                let (sign, away) = (
                    if offset < 0 { '-' } else { '+' },
                    offset.unsigned_abs() / 60,
                );
                write!(f, " UTC{sign}{:02}:{:02}", away / 60, away % 60)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
