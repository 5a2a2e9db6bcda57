//! The instant that a client may request, and its effect on a message.

use chrono::{DateTime, TimeDelta, Utc};

use super::content::Priority;

/// The longest time ahead for which a message may be scheduled.
const FARTHEST: TimeDelta = TimeDelta::days(365);

/// Whether `at` is too far ahead for a message to be scheduled.
#[must_use]
pub fn is_too_far_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.checked_add_signed(FARTHEST)
        .is_some_and(|farthest| at > farthest)
}

/// The instant for which a message waits; an instant in the past means now.
#[must_use]
pub fn scheduled_for(asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    asked.filter(|at| *at > now)
}

impl Priority {
    /// The priority of a submission: scheduled means bulk.
    #[must_use]
    pub const fn of_submission(scheduled_for: Option<DateTime<Utc>>) -> Self {
        match scheduled_for {
            Some(_) => Self::Bulk,
            None => Self::Immediate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn an_instant_that_has_passed_means_now() {
        assert_eq!(scheduled_for(Some(at(9)), at(10)), None);
        assert_eq!(scheduled_for(Some(at(10)), at(10)), None);
        assert_eq!(scheduled_for(Some(at(11)), at(10)), Some(at(11)));
        assert_eq!(scheduled_for(None, at(10)), None);
    }

    #[test]
    fn a_year_ahead_is_the_farthest() {
        let year = at(0) + TimeDelta::days(365);
        assert!(!is_too_far_ahead(year, at(0)));
        assert!(is_too_far_ahead(year + TimeDelta::microseconds(1), at(0)));
        assert!(!is_too_far_ahead(
            DateTime::<Utc>::MAX_UTC,
            DateTime::<Utc>::MAX_UTC
        ));
    }

    #[test]
    fn what_is_scheduled_lets_what_is_sent_at_once_go_first() {
        assert_eq!(Priority::of_submission(Some(at(1))), Priority::Bulk);
        assert_eq!(Priority::of_submission(None), Priority::Immediate);
    }
}
