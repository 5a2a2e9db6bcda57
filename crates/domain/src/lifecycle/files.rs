//! How long files are kept, and how long their addresses are valid. Must not know where files are kept or what an
//! address is made of.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// How long an upload is kept.
const UPLOAD: TimeDelta = TimeDelta::days(30);

/// How long an address is valid at least.
const ADDRESS: TimeDelta = TimeDelta::days(7);

const DAY: TimeDelta = TimeDelta::days(1);

/// Until when a file is kept that is uploaded at `now`, unless a message needs it longer.
#[must_use]
pub fn upload_kept_until(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(UPLOAD).unwrap_or(now)
}

/// How long an upload is kept after a message that it is sent with may no longer leave.
const SENT: TimeDelta = TimeDelta::days(30);

/// The longest validity of a message.
const LONGEST_VALIDITY: TimeDelta = TimeDelta::days(7);

/// How long it is remembered what is at a URL of a client's own, so that many messages with one picture read it once.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);

/// Until when an upload is kept for a message that is asked for at `now`, for an instant and until another.
#[must_use]
pub fn sent_kept_until(
    scheduled_for: Option<DateTime<Utc>>,
    valid_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let from = scheduled_for.map_or(now, |at| at.max(now));
    let last = from.checked_add_signed(LONGEST_VALIDITY).unwrap_or(from);
    let last = valid_until.map_or(last, |end| end.max(now));
    last.checked_add_signed(SENT).unwrap_or(last)
}

/// Until when it is remembered what was at a URL at `now`.
#[must_use]
pub fn remembered_until(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(REMEMBERED).unwrap_or(now)
}

/// Whether what is remembered until an instant is at `now`.
#[must_use]
pub fn is_remembered(until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < until
}

/// Until when an address is valid that is handed out at `now`: for at least seven days and less than eight. It is the
/// same for a day, so that clients can keep what they read under it.
#[must_use]
pub fn address_valid_until(now: DateTime<Utc>) -> DateTime<Utc> {
    let last = now.checked_add_signed(ADDRESS + DAY).unwrap_or(now);
    last.duration_trunc(DAY).unwrap_or(last)
}

/// Whether an address that is valid until an instant is valid at `now`.
#[must_use]
pub fn is_address_valid(until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_the_same_for_a_day_and_valid_for_a_week() {
        let until = at("2026-12-23T00:00:00Z");
        for now in ["2026-12-15T00:00:00Z", "2026-12-15T23:59:59.999999Z"] {
            assert_eq!(address_valid_until(at(now)), until);
        }
        assert_eq!(address_valid_until(at("2026-12-16T00:00:00Z")), until + DAY);
        assert!(is_address_valid(until, until - TimeDelta::microseconds(1)));
        assert!(!is_address_valid(until, until));
    }

    #[test]
    fn an_upload_is_kept_until_thirty_days_after_its_message_may_leave() {
        let now = at("2026-12-01T12:00:00Z");
        let later = now + TimeDelta::days(100);
        let soon = now + TimeDelta::hours(1);
        for (scheduled_for, valid_until, expected) in [
            (None, None, now + TimeDelta::days(37)),
            (Some(later), None, later + TimeDelta::days(37)),
            (Some(now - DAY), None, now + TimeDelta::days(37)),
            (None, Some(soon), soon + TimeDelta::days(30)),
        ] {
            assert_eq!(sent_kept_until(scheduled_for, valid_until, now), expected);
        }
    }

    #[test]
    fn what_is_at_a_url_is_remembered_for_ten_minutes() {
        let now = at("2026-12-01T12:00:00Z");
        let until = remembered_until(now);
        assert_eq!(until, now + TimeDelta::minutes(10));
        assert!(is_remembered(until, until - TimeDelta::microseconds(1)));
        assert!(!is_remembered(until, until));
    }

    #[test]
    fn an_upload_is_kept_for_thirty_days() {
        let until = upload_kept_until(at("2026-12-01T00:00:00Z"));
        assert_eq!(until, at("2026-12-31T00:00:00Z"));
    }
}
