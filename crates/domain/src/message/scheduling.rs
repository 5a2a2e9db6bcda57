//! The instants that a client may request, and their effect on a message.

use chrono::{DateTime, TimeDelta, Utc};

use super::content::{Priority, Submission};

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

/// The longest validity, from the later of now and the scheduled instant.
pub const LONGEST_VALIDITY: TimeDelta = TimeDelta::days(7);

/// What is wrong with the end of a validity that a client requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEnd {
    /// It has passed.
    #[error("must be in the future")]
    Past,
    /// The message is to be sent later.
    #[error("must be later than scheduledFor")]
    BeforeSchedule,
    /// It is too far ahead.
    #[error("must be at most 7 days after now and after scheduledFor")]
    TooFar,
}

/// Checks the end of a validity: later than now and than the instant for which the message is scheduled,
/// and at most [`LONGEST_VALIDITY`] after both.
///
/// # Errors
/// [`InvalidEnd`].
pub fn check_end(
    end: DateTime<Utc>,
    scheduled_for: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), InvalidEnd> {
    let from = self::scheduled_for(scheduled_for, now).unwrap_or(now);
    if end <= now {
        Err(InvalidEnd::Past)
    } else if end <= from {
        Err(InvalidEnd::BeforeSchedule)
    } else if from
        .checked_add_signed(LONGEST_VALIDITY)
        .is_some_and(|farthest| end > farthest)
    {
        Err(InvalidEnd::TooFar)
    } else {
        Ok(())
    }
}

/// The end of a validity, where it is not the usual one: as requested, or else the organization's
/// minutes after the later of now and the scheduled instant.
#[must_use]
pub fn valid_until(
    asked: Option<DateTime<Utc>>,
    minutes: u32,
    scheduled_for: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let validity = TimeDelta::minutes(minutes.into());
    let from = scheduled_for.unwrap_or(now);
    let of_the_organization = (validity != Submission::VALIDITY)
        .then(|| from.checked_add_signed(validity))
        .flatten();
    asked.or(of_the_organization)
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
    fn a_validity_ends_later_than_now_and_the_schedule_and_within_a_week_of_them() {
        let week = 7 * 24 * 3600;
        assert_eq!(check_end(at(10), None, at(10)), Err(InvalidEnd::Past));
        assert_eq!(check_end(at(11), None, at(10)), Ok(()));
        assert_eq!(
            check_end(at(20), Some(at(20)), at(10)),
            Err(InvalidEnd::BeforeSchedule)
        );
        assert_eq!(check_end(at(21), Some(at(20)), at(10)), Ok(()));
        // A schedule that has passed means now.
        assert_eq!(check_end(at(10 + week), Some(at(5)), at(10)), Ok(()));
        assert_eq!(
            check_end(at(11 + week), Some(at(5)), at(10)),
            Err(InvalidEnd::TooFar)
        );
        assert_eq!(check_end(at(20 + week), Some(at(20)), at(10)), Ok(()));
        assert_eq!(
            check_end(at(21 + week), Some(at(20)), at(10)),
            Err(InvalidEnd::TooFar)
        );
    }

    #[test]
    fn the_clients_end_is_before_the_organizations_and_the_usual_one_is_not_written_down() {
        let usual = 72 * 60;
        assert_eq!(valid_until(None, usual, None, at(10)), None);
        assert_eq!(valid_until(Some(at(99)), usual, None, at(10)), Some(at(99)));
        assert_eq!(valid_until(None, 1, None, at(10)), Some(at(70)));
        assert_eq!(valid_until(None, 1, Some(at(20)), at(10)), Some(at(80)));
        assert_eq!(
            valid_until(Some(at(99)), 1, Some(at(20)), at(10)),
            Some(at(99))
        );
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
