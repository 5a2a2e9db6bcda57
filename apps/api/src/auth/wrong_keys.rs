//! Slows down whoever guesses keys: an address may present so many keys that are not valid, and is
//! then refused before the store is asked. The answer is the same whatever the key is, so it tells
//! nothing about it; only a key that was valid lately is let past, which a guess cannot be.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::keys::Hash;
use crate::server::AddressGroup;

/// Wrong keys of one address at once.
const BURST: i32 = 20;

/// After this an address may present one more.
const EVERY: TimeDelta = TimeDelta::seconds(1);

/// Addresses that are counted by themselves; all others are counted together.
const MOST_ADDRESSES: usize = 10_000;

/// Keys that are remembered as valid.
const MOST_VALID: usize = 10_000;

/// How long a key counts as valid lately.
const VALID_LATELY: TimeDelta = TimeDelta::hours(24);

/// Counts wrong keys by address.
#[derive(Default)]
pub(super) struct WrongKeys(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// When an address will have nothing left to its account; `None` = all that are not counted by
    /// themselves.
    settled: HashMap<Option<AddressGroup>, DateTime<Utc>>,
    /// Keys that were valid, and when.
    valid: HashMap<Hash, DateTime<Utc>>,
    /// When what is over was last removed.
    swept: Option<DateTime<Utc>>,
}

/// What a look-up costs the address if the key turns out wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fare {
    /// Nothing: nobody is counted, or the key was valid lately.
    Free,
    /// One of these; given back when the key is valid.
    Of(Option<AddressGroup>),
}

impl WrongKeys {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a look-up happen, or says in how many seconds another may. `from` is `None` where
    /// addresses are not counted.
    pub(super) fn admit(
        &self,
        from: Option<AddressGroup>,
        key: &Hash,
        now: DateTime<Utc>,
    ) -> Result<Fare, i64> {
        let Some(from) = from else {
            return Ok(Fare::Free);
        };
        let mut counted = self.counted();
        if counted.was_valid(key, now) {
            return Ok(Fare::Free);
        }
        let account = counted.account(from, now);
        let settled = counted.settled.entry(account).or_insert(now);
        // A clock that was set back must not lock anybody out for longer.
        *settled = (*settled).clamp(now, now + EVERY * BURST);
        let wait = *settled + EVERY - (now + EVERY * BURST);
        if wait > TimeDelta::zero() {
            return Err((wait.num_milliseconds() + 999).div_euclid(1000).max(1));
        }
        *settled += EVERY;
        Ok(Fare::Of(account))
    }

    /// The key is valid: its address pays nothing.
    pub(super) fn was_valid(&self, fare: Fare, key: Hash, now: DateTime<Utc>) {
        let mut counted = self.counted();
        counted.give_back(fare);
        counted.remember(key, now);
    }

    /// The key is not valid (any longer).
    pub(super) fn was_wrong(&self, key: &Hash) {
        self.counted().valid.remove(key);
    }

    /// Nobody knows: the store did not answer.
    pub(super) fn is_unknown(&self, fare: Fare) {
        self.counted().give_back(fare);
    }
}

impl Counted {
    fn was_valid(&self, key: &Hash, now: DateTime<Utc>) -> bool {
        let at = self.valid.get(key);
        at.is_some_and(|at| (now - *at).abs() < VALID_LATELY)
    }

    fn account(&mut self, from: AddressGroup, now: DateTime<Utc>) -> Option<AddressGroup> {
        if self.settled.len() >= MOST_ADDRESSES && !self.settled.contains_key(&Some(from)) {
            self.sweep(now);
            if self.settled.len() >= MOST_ADDRESSES {
                return None;
            }
        }
        Some(from)
    }

    /// Removes what is over; at most once a second, since it looks at everything.
    fn sweep(&mut self, now: DateTime<Utc>) {
        let is_due = self.swept.is_none_or(|at| (now - at).abs() >= EVERY);
        if is_due {
            self.settled.retain(|_, settled| *settled > now);
            self.valid.retain(|_, at| (now - *at).abs() < VALID_LATELY);
            self.swept = Some(now);
        }
    }

    fn give_back(&mut self, fare: Fare) {
        if let Fare::Of(account) = fare
            && let Some(settled) = self.settled.get_mut(&account)
        {
            *settled -= EVERY;
        }
    }

    fn remember(&mut self, key: Hash, now: DateTime<Utc>) {
        if self.valid.len() >= MOST_VALID {
            self.sweep(now);
        }
        if self.valid.len() < MOST_VALID || self.valid.contains_key(&key) {
            self.valid.insert(key, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use sms_testkit::fixtures::noon;

    use super::*;

    fn address(number: u32) -> Option<AddressGroup> {
        Some(IpAddr::V4(Ipv4Addr::from(number)).into())
    }

    /// Presents a wrong key; what is answered to it.
    fn guess(keys: &WrongKeys, from: u32, now: DateTime<Utc>) -> Result<Fare, i64> {
        let admitted = keys.admit(address(from), &[9; 32], now);
        keys.was_wrong(&[9; 32]);
        admitted
    }

    fn exhausted(from: u32) -> WrongKeys {
        let keys = WrongKeys::default();
        for _ in 0..BURST {
            assert!(guess(&keys, from, noon()).is_ok());
        }
        keys
    }

    #[test]
    fn an_address_has_twenty_guesses_and_then_one_a_second() {
        let keys = exhausted(1);
        assert_eq!(guess(&keys, 1, noon()), Err(1));
        assert_eq!(
            guess(&keys, 1, noon() + TimeDelta::milliseconds(999)),
            Err(1)
        );
        assert!(guess(&keys, 1, noon() + EVERY).is_ok());
        assert_eq!(guess(&keys, 1, noon() + EVERY), Err(1));
        assert!(guess(&keys, 2, noon()).is_ok(), "another address");
    }

    #[test]
    fn a_key_that_was_valid_lately_is_let_past_until_it_is_wrong() {
        let (keys, key) = (exhausted(1), [7; 32]);
        let fare = keys.admit(address(2), &key, noon()).unwrap();
        keys.was_valid(fare, key, noon());
        assert_eq!(keys.admit(address(1), &key, noon()), Ok(Fare::Free));
        let later = noon() + TimeDelta::hours(25);
        assert_ne!(keys.admit(address(1), &key, later), Ok(Fare::Free));
        keys.was_wrong(&key);
        assert_eq!(keys.admit(address(1), &key, noon()), Err(1));
    }

    #[test]
    fn a_valid_key_and_a_silent_store_cost_nothing() {
        let keys = WrongKeys::default();
        for number in 0..100 {
            let fare = keys.admit(address(1), &[number; 32], noon()).unwrap();
            if number % 2 == 0 {
                keys.was_valid(fare, [number; 32], noon());
            } else {
                keys.is_unknown(fare);
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let keys = exhausted(1);
        let before = noon() - TimeDelta::days(1);
        assert_eq!(guess(&keys, 1, before), Err(1));
        assert!(guess(&keys, 1, before + EVERY).is_ok());
    }

    #[test]
    fn many_addresses_take_up_bounded_memory_and_are_slowed_together() {
        let keys = WrongKeys::default();
        let guesses = (0..30_000).map(|number| guess(&keys, number, noon()));
        let refused = guesses.filter(Result::is_err).count();
        assert!(refused > 19_000, "{refused}");
        assert!(keys.counted().settled.len() <= MOST_ADDRESSES + 1);
        let later = noon() + TimeDelta::minutes(1);
        assert!(
            guess(&keys, 40_000, later).is_ok(),
            "what is over is forgotten"
        );
        assert!(keys.counted().settled.len() < 10);
    }

    #[test]
    fn behind_a_proxy_that_is_not_named_nobody_is_counted() {
        let keys = exhausted(1);
        assert_eq!(keys.admit(None, &[9; 32], noon()), Ok(Fare::Free));
    }
}
