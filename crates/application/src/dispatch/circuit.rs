//! Which of our accounts the provider refuses at the moment. While an account's circuit is open its
//! rows stay queued; after a while one probe is let through.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::RefusalClass;

/// First wait before a probe; doubled with every probe that fails, up to [`LONGEST_WAIT`].
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);

/// Longest wait between probes.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);

/// First pause of an account that was asked too much and does not say how long to wait; doubled with
/// every complaint after a pause, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Longest pause by our own reckoning.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// A complaint this long after the last pause is a new matter.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// The circuits of one process. Each process learns for itself, at the price of one void attempt.
#[derive(Debug, Default)]
pub struct Circuits {
    /// Accounts that are refused. A message that is taken closes the circuit.
    refused: Mutex<HashMap<ProviderAccount, Open>>,
    /// Accounts that are asked too much. A message that is taken says nothing: it was not too much.
    slowed: Mutex<HashMap<ProviderAccount, Open>>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    until: DateTime<Utc>,
    wait: TimeDelta,
}

impl Circuits {
    /// The accounts that must be left alone at `now`.
    #[must_use]
    pub fn paused(&self, now: DateTime<Utc>) -> Vec<ProviderAccount> {
        let mut paused: Vec<_> = [&self.refused, &self.slowed]
            .into_iter()
            .flat_map(|accounts| paused(&lock(accounts), now))
            .collect();
        paused.sort();
        paused.dedup();
        paused
    }

    /// Whether the account's next messages are a probe: it was refused, and its wait is over.
    #[must_use]
    pub fn is_probing(&self, account: &ProviderAccount, now: DateTime<Utc>) -> bool {
        lock(&self.refused)
            .get(account)
            .is_some_and(|open| open.until <= now)
    }

    /// The account was refused.
    pub fn open(&self, account: &ProviderAccount, class: RefusalClass, now: DateTime<Utc>) {
        let mut open = lock(&self.refused);
        let last = open.get(account).copied();
        // Calls that were in flight when the circuit opened do not lengthen the wait.
        if last.is_some_and(|last| last.until > now) {
            return;
        }
        let wait = last.map_or(FIRST_WAIT, |last| doubled(last.wait, LONGEST_WAIT));
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
        open.insert(account.clone(), Open { until, wait });
    }

    /// The account took a message, or refused the message and not us.
    pub fn close(&self, account: &ProviderAccount) {
        lock(&self.refused).remove(account);
    }

    /// The account was asked too much: it is left alone for as long as it asks, or a moment.
    pub fn slow_down(
        &self,
        account: &ProviderAccount,
        asked: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) {
        let mut slowed = lock(&self.slowed);
        let last = slowed.get(account).copied();
        let wait = match last {
            // Calls that were in flight when the pause began do not lengthen our own.
            Some(last) if last.until > now => last.wait,
            Some(last) if now.signed_duration_since(last.until) < FORGOTTEN_AFTER => {
                doubled(last.wait, LONGEST_PAUSE)
            }
            Some(_) | None => FIRST_PAUSE,
        };
        let pause = asked.unwrap_or(wait).max(FIRST_PAUSE);
        let until = now.checked_add_signed(pause).unwrap_or(now);
        let until = last.map_or(until, |last| last.until.max(until));
        slowed.insert(account.clone(), Open { until, wait });
    }
}

fn paused(accounts: &HashMap<ProviderAccount, Open>, now: DateTime<Utc>) -> Vec<ProviderAccount> {
    (accounts.iter())
        .filter(|(_, open)| open.until > now)
        .map(|(account, _)| account.clone())
        .collect()
}

fn lock(
    accounts: &Mutex<HashMap<ProviderAccount, Open>>,
) -> std::sync::MutexGuard<'_, HashMap<ProviderAccount, Open>> {
    // A panic while the map is held leaves it whole: every change is a single insert or remove.
    accounts.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_refused_account_is_left_alone_and_then_probed_at_growing_distances() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        let start = at("2026-03-03T12:00:00Z");
        circuits.open(&account, RefusalClass::Account, start);
        circuits.open(&account, RefusalClass::Account, start);
        assert_eq!(circuits.paused(start), std::slice::from_ref(&account));

        let probe = start + FIRST_WAIT;
        assert!(circuits.paused(probe).is_empty() && circuits.is_probing(&account, probe));
        circuits.open(&account, RefusalClass::Account, probe);
        assert_eq!(
            circuits.paused(probe + FIRST_WAIT),
            std::slice::from_ref(&account)
        );
        assert!(circuits.paused(probe + FIRST_WAIT * 2).is_empty());

        circuits.close(&account);
        assert!(!circuits.is_probing(&account, probe));
    }

    #[test]
    fn a_spending_limit_lasts_until_midnight_utc() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        circuits.open(
            &account,
            RefusalClass::SpendLimit,
            at("2026-03-03T22:10:00Z"),
        );
        assert!(!circuits.paused(at("2026-03-03T23:59:59Z")).is_empty());
        assert!(circuits.paused(at("2026-03-04T00:00:00Z")).is_empty());
    }

    #[test]
    fn an_account_that_is_asked_too_much_is_left_alone_for_as_long_as_it_asks() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        let start = at("2026-03-03T12:00:00Z");
        circuits.slow_down(&account, Some(TimeDelta::seconds(20)), start);
        // A call that was in flight and says less, and one that is taken, end nothing.
        circuits.slow_down(&account, None, start);
        circuits.close(&account);
        let after = |seconds| circuits.paused(start + TimeDelta::seconds(seconds));
        assert_eq!(after(19), std::slice::from_ref(&account));
        assert!(after(20).is_empty());
        assert!(!circuits.is_probing(&account, start + TimeDelta::seconds(20)));
    }

    #[test]
    fn an_account_that_does_not_say_how_long_is_left_alone_longer_each_time() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        let mut now = at("2026-03-03T12:00:00Z");
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            circuits.slow_down(&account, None, now);
            let last = now + TimeDelta::seconds(seconds) - TimeDelta::milliseconds(1);
            assert!(!circuits.paused(last).is_empty(), "{seconds}");
            now += TimeDelta::seconds(seconds);
            assert!(circuits.paused(now).is_empty(), "{seconds}");
        }
        now += FORGOTTEN_AFTER;
        circuits.slow_down(&account, None, now);
        assert!(circuits.paused(now + FIRST_PAUSE).is_empty());
    }
}
