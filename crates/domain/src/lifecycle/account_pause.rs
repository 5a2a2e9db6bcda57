//! Pauses of an account that the provider refuses or throttles. Must not know which accounts exist or
//! where their pauses are stored.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use crate::carrier::RefusalClass;

/// The first wait before a probe; it doubles with every failed probe, up to [`LONGEST_WAIT`].
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);

/// The longest wait between probes.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);

/// The first pause of a throttled account when the provider does not say how long to wait; it
/// doubles with every complaint after a pause, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// The longest pause that we choose ourselves.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The time after a pause from which a complaint starts with the first pause again.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// A pause of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPause {
    /// The first instant at which the account may be used again.
    pub until: DateTime<Utc>,
    /// The wait that we chose, from which the next one is derived.
    wait: TimeDelta,
}

impl AccountPause {
    /// Whether the account may be used again.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.until <= now
    }

    /// The pause after a refusal of the account at `now`. Calls that were in flight when the last pause
    /// began do not extend it.
    #[must_use]
    pub fn after_refusal(last: Option<Self>, class: RefusalClass, now: DateTime<Utc>) -> Self {
        let wait = match last {
            Some(last) if !last.is_over(now) => return last,
            Some(last) => doubled(last.wait, LONGEST_WAIT),
            None => FIRST_WAIT,
        };
        let until = match class {
            RefusalClass::SpendLimit => next_midnight(now),
            RefusalClass::Account
            | RefusalClass::Message
            | RefusalClass::Malformed
            | RefusalClass::Number
            | RefusalClass::OptedOut
            | RefusalClass::Registration
            | RefusalClass::SlowDown(_)
            | RefusalClass::Transient => now.checked_add_signed(wait).unwrap_or(now),
        };
        Self { until, wait }
    }

    /// The pause after the account was throttled at `now`: as long as the provider asks, or else as long
    /// as we choose. It never ends before the last one.
    #[must_use]
    pub fn after_too_much(
        last: Option<Self>,
        asked: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Self {
        let wait = match last {
            // Calls that were in flight when the pause began do not extend the wait that we choose.
            Some(last) if !last.is_over(now) => last.wait,
            Some(last) if now.signed_duration_since(last.until) < FORGOTTEN_AFTER => {
                doubled(last.wait, LONGEST_PAUSE)
            }
            Some(_) | None => FIRST_PAUSE,
        };
        let pause = asked.unwrap_or(wait).max(FIRST_PAUSE);
        let until = now.checked_add_signed(pause).unwrap_or(now);
        Self {
            until: last.map_or(until, |last| last.until.max(until)),
            wait,
        }
    }
}

fn doubled(wait: TimeDelta, longest: TimeDelta) -> TimeDelta {
    wait.checked_mul(2).unwrap_or(longest).min(longest)
}

/// The provider's daily spending limit ends at midnight UTC.
fn next_midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1));
    tomorrow.map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn noon() -> DateTime<Utc> {
        at("2026-03-03T12:00:00Z")
    }

    #[test]
    fn a_refused_account_is_probed_at_growing_distances_up_to_a_quarter_of_an_hour() {
        let (mut last, mut now) = (None, noon());
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            let pause = AccountPause::after_refusal(last, RefusalClass::Account, now);
            assert_eq!(pause.until, now + TimeDelta::seconds(seconds));
            assert!(!pause.is_over(pause.until - TimeDelta::microseconds(1)));
            (last, now) = (Some(pause), pause.until);
        }
    }

    #[test]
    fn refusals_of_calls_in_flight_do_not_lengthen_the_wait() {
        let first = AccountPause::after_refusal(None, RefusalClass::Account, noon());
        for class in [RefusalClass::Account, RefusalClass::SpendLimit] {
            let again = AccountPause::after_refusal(Some(first), class, noon());
            assert_eq!(again, first);
        }
    }

    #[test]
    fn a_spending_limit_lasts_until_midnight_utc() {
        let now = at("2026-03-03T22:10:00Z");
        let pause = AccountPause::after_refusal(None, RefusalClass::SpendLimit, now);
        assert_eq!(pause.until, at("2026-03-04T00:00:00Z"));
    }

    #[test]
    fn an_account_that_is_asked_too_much_is_left_alone_for_as_long_as_it_asks() {
        let asked = Some(TimeDelta::seconds(20));
        let pause = AccountPause::after_too_much(None, asked, noon());
        assert_eq!(pause.until, noon() + TimeDelta::seconds(20));
        // A call that was in flight and asks for less does not end the pause.
        let less = AccountPause::after_too_much(Some(pause), None, noon());
        assert_eq!(less, pause);
        let none = Some(TimeDelta::zero());
        let shortest = AccountPause::after_too_much(None, none, noon());
        assert_eq!(shortest.until, noon() + FIRST_PAUSE);
    }

    #[test]
    fn an_account_that_does_not_say_how_long_is_left_alone_longer_each_time() {
        let (mut last, mut now) = (None, noon());
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let pause = AccountPause::after_too_much(last, None, now);
            assert_eq!(pause.until, now + TimeDelta::seconds(seconds));
            (last, now) = (Some(pause), pause.until);
        }
        let later = now + FORGOTTEN_AFTER;
        let pause = AccountPause::after_too_much(last, None, later);
        assert_eq!(pause.until, later + FIRST_PAUSE);
    }
}
