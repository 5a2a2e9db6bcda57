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
    fn an_upload_is_kept_for_thirty_days() {
        let until = upload_kept_until(at("2026-12-01T00:00:00Z"));
        assert_eq!(until, at("2026-12-31T00:00:00Z"));
    }
}
