//! Slows down the guessing of keys: after a number of invalid keys, an address is refused before any look-up
//! in the store. The answer does not depend on the key and so reveals nothing about it. Only a key that was
//! recently valid is let through, which a guess cannot be.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::keys::Hash;
use crate::http::server::AddressGroup;

/// Invalid keys that one address may present in a burst.
const BURST: i32 = 20;

/// Time after which an address may present one more.
const EVERY: TimeDelta = TimeDelta::seconds(1);

/// Most addresses with a counter of their own; all others share one.
const MOST_ADDRESSES: usize = 10_000;

/// Most keys remembered as valid.
const MOST_VALID: usize = 10_000;

/// How long a key counts as recently valid.
const VALID_LATELY: TimeDelta = TimeDelta::hours(24);

/// Most concurrent look-ups of one address.
const MOST_PENDING: u32 = 256;

/// Counts invalid keys by address.
#[derive(Default)]
pub(super) struct WrongKeys(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// `None` = the shared counter of all other addresses.
    addresses: HashMap<Option<AddressGroup>, Account>,
    /// Keys that were valid, and when.
    valid: HashMap<Hash, DateTime<Utc>>,
    /// When expired entries were last removed.
    swept: Option<DateTime<Utc>>,
}

/// The counter of one address.
struct Account {
    /// How long it takes until nothing is left of it, at `at`.
    owed: TimeDelta,
    at: DateTime<Utc>,
    /// Look-ups in progress.
    pending: u32,
}

/// A permitted look-up. Only an invalid key is charged; a look-up that is canceled or that the store does not
/// answer costs nothing.
pub(super) struct Lookup<'a> {
    keys: &'a WrongKeys,
    /// `None`: addresses are not counted, or the key was recently valid.
    account: Option<Option<AddressGroup>>,
}

impl WrongKeys {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Permits a look-up, or returns the number of seconds until the next one. `from` is `None` if addresses
    /// are not counted.
    pub(super) fn admit(
        &self,
        from: Option<AddressGroup>,
        key: &Hash,
        now: DateTime<Utc>,
    ) -> Result<Lookup<'_>, i64> {
        let mut counted = self.counted();
        let account = match from {
            Some(from) if !counted.was_valid(key, now) => Some(counted.begin(from, now)?),
            _ => None,
        };
        Ok(Lookup {
            keys: self,
            account,
        })
    }
}

impl Lookup<'_> {
    /// Reports a valid key: its address is not charged.
    pub(super) fn was_valid(self, key: Hash, now: DateTime<Utc>) {
        self.keys.counted().remember(key, now);
    }

    /// Reports an invalid key: its address is charged.
    pub(super) fn was_wrong(self, key: &Hash) {
        let mut counted = self.keys.counted();
        counted.valid.remove(key);
        if let Some(account) = self.account.and_then(|of| counted.addresses.get_mut(&of)) {
            account.owed += EVERY;
        }
    }
}

impl Drop for Lookup<'_> {
    fn drop(&mut self) {
        if let Some(of) = self.account
            && let Some(account) = self.keys.counted().addresses.get_mut(&of)
        {
            account.pending = account.pending.saturating_sub(1);
        }
    }
}

impl Account {
    /// Reduces the counter by the elapsed time. A clock that was set back changes nothing.
    fn settle(&mut self, now: DateTime<Utc>) {
        let passed = (now - self.at).max(TimeDelta::zero());
        self.owed = (self.owed - passed).max(TimeDelta::zero());
        self.at = now;
    }
}

impl Counted {
    fn was_valid(&self, key: &Hash, now: DateTime<Utc>) -> bool {
        let at = self.valid.get(key);
        at.is_some_and(|at| (now - *at).abs() < VALID_LATELY)
    }

    /// Begins a look-up for an address.
    fn begin(
        &mut self,
        from: AddressGroup,
        now: DateTime<Utc>,
    ) -> Result<Option<AddressGroup>, i64> {
        let of = self.account(from, now);
        let fresh = Account {
            owed: TimeDelta::zero(),
            at: now,
            pending: 0,
        };
        let account = self.addresses.entry(of).or_insert(fresh);
        account.settle(now);
        let wait = account.owed + EVERY - EVERY * BURST;
        if wait > TimeDelta::zero() {
            return Err((wait.num_milliseconds() + 999).div_euclid(1000).max(1));
        }
        if account.pending >= MOST_PENDING {
            return Err(EVERY.num_seconds());
        }
        account.pending += 1;
        Ok(of)
    }

    fn account(&mut self, from: AddressGroup, now: DateTime<Utc>) -> Option<AddressGroup> {
        if self.addresses.len() >= MOST_ADDRESSES && !self.addresses.contains_key(&Some(from)) {
            self.sweep(now);
            if self.addresses.len() >= MOST_ADDRESSES {
                return None;
            }
        }
        Some(from)
    }

    /// Removes expired entries; at most once a second, since it scans all.
    fn sweep(&mut self, now: DateTime<Utc>) {
        let is_due = self.swept.is_none_or(|at| (now - at).abs() >= EVERY);
        if is_due {
            self.addresses.retain(|_, account| {
                account.settle(now);
                account.owed > TimeDelta::zero() || account.pending > 0
            });
            self.valid.retain(|_, at| (now - *at).abs() < VALID_LATELY);
            self.swept = Some(now);
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
    fn guess(keys: &WrongKeys, from: u32, now: DateTime<Utc>) -> Result<(), i64> {
        let lookup = keys.admit(address(from), &[9; 32], now)?;
        lookup.was_wrong(&[9; 32]);
        Ok(())
    }

    fn hash(number: u32) -> Hash {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        hash
    }

    /// The account of a look-up that was let happen.
    fn account(lookup: Result<Lookup<'_>, i64>) -> Result<Option<Option<AddressGroup>>, i64> {
        lookup.map(|lookup| lookup.account)
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
        let lookup = keys.admit(address(2), &key, noon()).unwrap();
        lookup.was_valid(key, noon());
        assert_eq!(account(keys.admit(address(1), &key, noon())), Ok(None));
        let lookup = keys.admit(address(1), &key, noon()).unwrap();
        lookup.was_wrong(&key);
        assert_eq!(account(keys.admit(address(1), &key, noon())), Err(1));
        let lookup = keys.admit(address(2), &key, noon()).unwrap();
        lookup.was_valid(key, noon());
        let later = noon() + TimeDelta::hours(25);
        assert_ne!(account(keys.admit(address(1), &key, later)), Ok(None));
    }

    #[test]
    fn a_valid_key_and_a_silent_store_cost_nothing() {
        let keys = WrongKeys::default();
        for number in 0..100 {
            let lookup = keys.admit(address(1), &[number; 32], noon()).unwrap();
            if number % 2 == 0 {
                lookup.was_valid([number; 32], noon());
            }
        }
    }

    #[test]
    fn look_ups_under_way_are_not_charged_before_their_keys_prove_wrong() {
        let keys = WrongKeys::default();
        let look_up = |number: u32| keys.admit(address(1), &hash(number), noon());
        let pending: Vec<_> = (0..MOST_PENDING).map(look_up).collect();
        assert!(pending.iter().all(Result::is_ok));
        assert_eq!(account(look_up(MOST_PENDING)), Err(1), "they are bounded");
        for (number, lookup) in (0..).zip(pending) {
            lookup.unwrap().was_wrong(&hash(number));
        }
        assert!(guess(&keys, 1, noon() + TimeDelta::minutes(3)).is_err());
        assert!(guess(&keys, 1, noon() + TimeDelta::minutes(5)).is_ok());
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let keys = exhausted(1);
        let before = noon() - TimeDelta::days(1);
        assert_eq!(guess(&keys, 1, before), Err(1));
        assert!(guess(&keys, 1, before + EVERY).is_ok());
        let keys = WrongKeys::default();
        for now in [noon(), before] {
            assert!(guess(&keys, 1, now).is_ok());
        }
    }

    #[test]
    fn many_addresses_take_up_bounded_memory_and_are_slowed_together() {
        let keys = WrongKeys::default();
        let guesses = (0..30_000).map(|number| guess(&keys, number, noon()));
        let refused = guesses.filter(Result::is_err).count();
        assert!(refused > 19_000, "{refused}");
        assert!(keys.counted().addresses.len() <= MOST_ADDRESSES + 1);
        let later = noon() + TimeDelta::minutes(1);
        assert!(
            guess(&keys, 40_000, later).is_ok(),
            "what is over is forgotten"
        );
        assert!(keys.counted().addresses.len() < 10);
    }

    #[test]
    fn behind_a_proxy_that_is_not_named_nobody_is_counted() {
        let keys = exhausted(1);
        assert_eq!(account(keys.admit(None, &[9; 32], noon())), Ok(None));
    }
}
