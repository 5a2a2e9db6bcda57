//! A range of civil dates. This module must not know what holds on them.

use chrono::NaiveDate;

/// The dates from one on, until the day before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateRange {
    /// The first date; `None` = every date before the end.
    pub since: Option<NaiveDate>,
    /// The first date after the range; `None` = no end.
    pub until: Option<NaiveDate>,
}

impl DateRange {
    /// Every date.
    pub const ALL: Self = Self {
        since: None,
        until: None,
    };

    /// Whether a date is in the range.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= date) && self.until.is_none_or(|until| date < until)
    }

    /// Whether a date is in both ranges.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let begins_before = |one: Self, end: Option<NaiveDate>| {
            end.is_none_or(|end| one.since.is_none_or(|since| since < end))
        };
        begins_before(self, other.until) && begins_before(other, self.until)
    }

    /// Whether every date of the other range is in this one.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.since <= other.since
            && self
                .until
                .is_none_or(|end| other.until.is_some_and(|other| other <= end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(since: &str, until: &str) -> DateRange {
        DateRange {
            since: since.parse().ok(),
            until: until.parse().ok(),
        }
    }

    #[test]
    fn a_range_has_its_first_date_and_not_its_end() {
        let year = range("2026-01-01", "2027-01-01");
        let has = |date: &str| year.contains(date.parse().unwrap());
        assert!(has("2026-01-01") && has("2026-12-31"));
        assert!(!has("2025-12-31") && !has("2027-01-01"));
        assert!(DateRange::ALL.contains(NaiveDate::MIN) && DateRange::ALL.contains(NaiveDate::MAX));
    }

    #[test]
    fn ranges_overlap_where_they_share_a_date() {
        let (first, second) = (range("", "2026-01-01"), range("2026-01-01", ""));
        assert!(!first.overlaps(second) && !second.overlaps(first));
        let last_day = range("2025-12-31", "2026-01-02");
        for one in [first, second, DateRange::ALL] {
            assert!(one.overlaps(last_day) && last_day.overlaps(one));
        }
    }

    #[test]
    fn a_range_covers_what_lies_inside_it() {
        let year = range("2026-01-01", "2027-01-01");
        assert!(year.covers(year) && year.covers(range("2026-02-01", "2026-03-01")));
        assert!(DateRange::ALL.covers(year) && !year.covers(DateRange::ALL));
        assert!(!year.covers(range("2026-02-01", "")) && !year.covers(range("", "2026-02-01")));
    }
}
