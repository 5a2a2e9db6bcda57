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

/// The circuits of one process. Each process learns for itself, at the price of one void attempt.
#[derive(Debug, Default)]
pub struct Circuits(Mutex<HashMap<ProviderAccount, Open>>);

#[derive(Debug, Clone, Copy)]
struct Open {
    until: DateTime<Utc>,
    wait: TimeDelta,
}

impl Circuits {
    /// The accounts that must be left alone at `now`.
    #[must_use]
    pub fn paused(&self, now: DateTime<Utc>) -> Vec<ProviderAccount> {
        let open = self.lock();
        let mut paused: Vec<_> = (open.iter())
            .filter(|(_, open)| open.until > now)
            .map(|(account, _)| account.clone())
            .collect();
        paused.sort();
        paused
    }

    /// Whether the account's next messages are a probe: it was refused, and its wait is over.
    #[must_use]
    pub fn is_probing(&self, account: &ProviderAccount, now: DateTime<Utc>) -> bool {
        self.lock()
            .get(account)
            .is_some_and(|open| open.until <= now)
    }

    /// The account was refused.
    pub fn open(&self, account: &ProviderAccount, class: RefusalClass, now: DateTime<Utc>) {
        let mut open = self.lock();
        let last = open.get(account).copied();
        // Calls that were in flight when the circuit opened do not lengthen the wait.
        if last.is_some_and(|last| last.until > now) {
            return;
        }
        let wait = last.map_or(FIRST_WAIT, |last| doubled(last.wait));
        let until = match class {
            RefusalClass::SpendLimit => next_midnight(now),
            RefusalClass::Account
            | RefusalClass::Message
            | RefusalClass::Malformed
            | RefusalClass::Number
            | RefusalClass::OptedOut
            | RefusalClass::Registration
            | RefusalClass::Transient => now.checked_add_signed(wait).unwrap_or(now),
        };
        open.insert(account.clone(), Open { until, wait });
    }

    /// The account took a message, or refused the message and not us.
    pub fn close(&self, account: &ProviderAccount) {
        self.lock().remove(account);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ProviderAccount, Open>> {
        // A panic while the map is held leaves it whole: every change is a single insert or remove.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn doubled(wait: TimeDelta) -> TimeDelta {
    wait.checked_mul(2)
        .unwrap_or(LONGEST_WAIT)
        .min(LONGEST_WAIT)
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
}
