//! The law of one place over time. This module must not know which place it is, or how the law is
//! stored.

use chrono::{DateTime, NaiveDate, Utc};

use crate::law::schedule::{DateRange, WeeklyHours, Zone};

/// Whether the law behind a jurisdiction's hours covers text messages. The hours apply in any case;
/// this informs people who read a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextCoverage {
    /// The law names text messages, or the authorities apply it to them.
    Yes,
    /// The law covers calls only.
    No,
    /// The wording of the law is unclear.
    Unclear,
    /// There is only the federal rule.
    Federal,
}

/// What the law of a jurisdiction says from a date on, until its next row begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRules {
    /// The first local date on which it holds; `None` = since 2021 or before.
    pub since: Option<NaiveDate>,
    /// The hours in which a message may arrive.
    pub schedule: WeeklyHours,
    /// The most messages to one person in any 24 hours, where the law sets a cap.
    pub max_per_24h: Option<u32>,
    /// Whether the law allows a reply to the recipient's own message outside the hours.
    pub replies_allowed: bool,
    /// Whether the law covers text messages.
    pub text_coverage: TextCoverage,
    /// The citation of the law.
    pub source: Box<str>,
    /// How certain the row is, as a note for people.
    pub confidence: Box<str>,
}

/// The law of a jurisdiction over time: at least one row, in the order of their dates. Each row holds
/// until the next one begins, the first one also for every date before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawHistory {
    first: DatedRules,
    later: Box<[DatedRules]>,
}

impl LawHistory {
    /// The history of these rows, which must be in the order of their dates; `None` without a row.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = DatedRules>) -> Option<Self> {
        let mut rows = rows.into_iter();
        Some(Self {
            first: rows.next()?,
            later: rows.collect(),
        })
    }

    /// The rows, the oldest first.
    pub fn rows(&self) -> impl Iterator<Item = &DatedRules> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The rows with the dates on which each holds, the oldest first.
    pub fn periods(&self) -> impl Iterator<Item = (DateRange, &DatedRules)> {
        let ends = self.later.iter().map(|next| next.since).chain([None]);
        self.rows().zip(ends).map(|(row, until)| {
            let since = row.since;
            (DateRange { since, until }, row)
        })
    }

    /// The row in force on a local date.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> &DatedRules {
        let in_force = |row: &&DatedRules| row.since.is_none_or(|since| since <= date);
        self.later
            .iter()
            .rev()
            .find(in_force)
            .unwrap_or(&self.first)
    }

    /// The row in force at an instant for a person in `zone`: that of the local date there.
    #[must_use]
    pub fn at(&self, zone: &Zone, at: DateTime<Utc>) -> &DatedRules {
        if self.later.is_empty() {
            return &self.first;
        }
        self.on(zone.local(at).date())
    }

    /// The first instant after `after` from which another row is in force for a person in `zone`;
    /// `None` when no further row is known.
    #[must_use]
    pub fn next_change(&self, zone: &Zone, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begins = self.later.iter().filter_map(|row| row.since);
        begins
            .map(|date| zone.start_of_day(date))
            .find(|begin| after < *begin)
    }

    /// The first open instant from `from` to `horizon`, both included, for a person in `zone`, by the
    /// law of each day.
    #[must_use]
    pub fn next_open(
        &self,
        zone: &Zone,
        from: DateTime<Utc>,
        horizon: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut at = from;
        loop {
            let schedule = &self.at(zone, at).schedule;
            let change = self
                .next_change(zone, at)
                .filter(|change| *change <= horizon);
            let Some(change) = change else {
                return schedule.next_open(zone, at, horizon);
            };
            let opening = schedule.next_open(zone, at, change);
            if opening.is_some_and(|opening| opening < change) {
                return opening;
            }
            at = change;
        }
    }
}

#[cfg(test)]
mod tests;
