//! Circuit breakers of our provider accounts. While an account's circuit is open its rows stay queued;
//! after a pause one probe is let through. The domain sets the length of pauses.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::RefusalClass;
use sms_domain::lifecycle::account_pause::AccountPause;
use sms_domain::values::ProviderAccount;

/// The circuits of one process. Processes do not share them: each one spends an attempt of its own to
/// find out that an account is refused.
#[derive(Debug, Default)]
pub struct Circuits {
    /// Refused accounts. An accepted message closes the circuit.
    refused: Mutex<Pauses>,
    /// Rate-limited accounts. An accepted message does not end the pause: it proves nothing about the limit.
    slowed: Mutex<Pauses>,
}

impl Circuits {
    /// The accounts that must not be called at `now`.
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

    /// Whether the account's next messages are a probe: the account was refused and its pause is over.
    #[must_use]
    pub fn is_probing(&self, account: &ProviderAccount, now: DateTime<Utc>) -> bool {
        lock(&self.refused)
            .get(account)
            .is_some_and(|pause| pause.is_over(now))
    }

    /// Opens the circuit after a refusal of the account.
    pub fn open(&self, account: &ProviderAccount, class: RefusalClass, now: DateTime<Utc>) {
        let mut refused = lock(&self.refused);
        let last = refused.get(account).copied();
        let pause = AccountPause::after_refusal(last, class, now);
        refused.insert(account.clone(), pause);
    }

    /// Closes the circuit: the account accepted a message, or refused only that message.
    pub fn close(&self, account: &ProviderAccount) {
        lock(&self.refused).remove(account);
    }

    /// Pauses a rate-limited account: for as long as the provider asks, otherwise for a growing default.
    pub fn slow_down(
        &self,
        account: &ProviderAccount,
        asked: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) {
        let mut slowed = lock(&self.slowed);
        let last = slowed.get(account).copied();
        let pause = AccountPause::after_too_much(last, asked, now);
        slowed.insert(account.clone(), pause);
    }
}

/// The accounts and their last pauses.
type Pauses = HashMap<ProviderAccount, AccountPause>;

fn paused(accounts: &Pauses, now: DateTime<Utc>) -> Vec<ProviderAccount> {
    (accounts.iter())
        .filter(|(_, pause)| !pause.is_over(now))
        .map(|(account, _)| account.clone())
        .collect()
}

fn lock(accounts: &Mutex<Pauses>) -> MutexGuard<'_, Pauses> {
    // A panic cannot leave the map inconsistent: every change is a single insert or remove.
    accounts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-03-03T12:00:00Z".parse().unwrap()
    }

    fn after(seconds: i64) -> DateTime<Utc> {
        start() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_refused_account_is_left_alone_and_then_probed_after_growing_waits() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        circuits.open(&account, RefusalClass::Account, start());
        assert_eq!(circuits.paused(after(29)), std::slice::from_ref(&account));
        assert!(!circuits.is_probing(&account, after(29)));

        assert!(circuits.paused(after(30)).is_empty());
        assert!(circuits.is_probing(&account, after(30)));
        circuits.open(&account, RefusalClass::Account, after(30));
        assert_eq!(circuits.paused(after(89)), std::slice::from_ref(&account));
        assert!(circuits.paused(after(90)).is_empty());

        circuits.close(&account);
        assert!(!circuits.is_probing(&account, after(90)));
    }

    #[test]
    fn a_message_that_is_taken_does_not_end_the_pause_of_an_account_that_was_asked_too_much() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        circuits.slow_down(&account, Some(TimeDelta::seconds(20)), start());
        circuits.close(&account);
        assert_eq!(circuits.paused(after(19)), std::slice::from_ref(&account));
        assert!(circuits.paused(after(20)).is_empty());
        assert!(!circuits.is_probing(&account, after(20)));
    }

    #[test]
    fn an_account_that_goes_on_asking_is_left_alone_longer() {
        let (circuits, account) = (Circuits::default(), ProviderAccount::new("default"));
        circuits.slow_down(&account, None, start());
        assert!(circuits.paused(after(1)).is_empty());
        circuits.slow_down(&account, None, after(1));
        assert_eq!(circuits.paused(after(2)), std::slice::from_ref(&account));
        assert!(circuits.paused(after(3)).is_empty());
    }
}
