//! Locks for conversations whose requests lost a race. Without a lock, each round of concurrent decisions
//! would commit one request and make all others decide again. Must not know what a request asks for.
//!
//! The queue for a lock is short: a request that would wait too long for it is rejected at once, by how long the
//! lock was held lately. One person's flood then costs the others nothing, and none of its requests seconds.
//! Correctness does not depend on the locks but on the guards of a commit, which also hold against other
//! processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Clock;
use sms_domain::values::ids::ConversationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most requests about one person that hold the lock or wait for it.
const MOST: usize = 64;

/// Requests about one person that are let in however long the wait will be, so that a slow store does not refuse
/// two requests that come together.
const FEW: usize = 4;

/// The longest expected wait with which a request is let in.
const BEARABLE: TimeDelta = TimeDelta::milliseconds(150);

/// The longest wait for a lock, if it is held longer than expected.
const PATIENCE: TimeDelta = TimeDelta::milliseconds(500);

/// The locks. Only conversations whose requests lost a race have one.
#[derive(Clone, Default)]
pub(crate) struct ConversationLocks(Arc<Mutex<Places>>);

#[derive(Default)]
struct Places {
    of: HashMap<ConversationId, Place>,
    /// How long locks were held lately. It depends on the store, not on the person.
    hold: HoldTime,
}

/// A conversation's lock and the number of requests that use it.
struct Place {
    lock: Arc<Semaphore>,
    requests: usize,
}

/// The mean of the last dozen times for which a lock was held.
#[derive(Debug, Clone, Copy, Default)]
struct HoldTime(Option<TimeDelta>);

impl HoldTime {
    fn observe(&mut self, held: TimeDelta) {
        let mean = self.0.unwrap_or(held);
        self.0 = Some(mean + (held - mean) / 8);
    }

    /// Whether a request behind so many others would wait too long.
    fn is_unbearable_behind(self, others: usize) -> bool {
        let others = i32::try_from(others).unwrap_or(i32::MAX);
        let hold = self
            .0
            .unwrap_or_default()
            .clamp(TimeDelta::zero(), PATIENCE);
        hold * others > BEARABLE
    }
}

/// Too many requests about the person are waiting, or the request waited too long. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests about one person are waiting")]
pub(crate) struct Crowded;

/// A conversation's lock, held until this is dropped.
pub(crate) struct ConversationLock {
    // Dropped before the place, so that the next request still finds the place.
    _permit: OwnedSemaphorePermit,
    place: InPlace,
    since: DateTime<Utc>,
    clock: Arc<dyn Clock>,
}

/// One request's share of a place.
struct InPlace {
    locks: ConversationLocks,
    conversation: ConversationId,
}

impl ConversationLocks {
    /// Whether others hold the conversation's lock or wait for it.
    pub(crate) fn is_held(&self, conversation: ConversationId) -> bool {
        self.places().of.contains_key(&conversation)
    }

    /// Waits until the conversation's lock is free and takes it.
    ///
    /// # Errors
    /// [`Crowded`].
    pub(crate) async fn hold(
        &self,
        conversation: ConversationId,
        clock: &Arc<dyn Clock>,
    ) -> Result<ConversationLock, Crowded> {
        let (lock, place) = self.enter(conversation).ok_or_else(crowded)?;
        let now = clock.now();
        let patience = now.checked_add_signed(PATIENCE).unwrap_or(now);
        tokio::select! {
            biased;
            permit = lock.acquire_owned() => Ok(ConversationLock {
                _permit: permit.map_err(|_| Crowded)?,
                place,
                since: clock.now(),
                clock: Arc::clone(clock),
            }),
            () = clock.sleep_until(patience) => Err(crowded()),
        }
    }

    fn enter(&self, conversation: ConversationId) -> Option<(Arc<Semaphore>, InPlace)> {
        let mut places = self.places();
        let hold = places.hold;
        let place = places.of.entry(conversation).or_insert_with(|| Place {
            lock: Arc::new(Semaphore::new(1)),
            requests: 0,
        });
        let is_long = place.requests >= FEW && hold.is_unbearable_behind(place.requests);
        if place.requests >= MOST || is_long {
            return None;
        }
        place.requests += 1;
        let lock = Arc::clone(&place.lock);
        drop(places);
        let locks = self.clone();
        Some((
            lock,
            InPlace {
                locks,
                conversation,
            },
        ))
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        // A panic cannot leave the map inconsistent: no change of it can panic halfway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConversationLock {
    fn drop(&mut self) {
        let held = self.clock.now() - self.since;
        self.place.locks.places().hold.observe(held);
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        let mut places = self.locks.places();
        if let Some(place) = places.of.get_mut(&self.conversation) {
            place.requests -= 1;
            if place.requests == 0 {
                places.of.remove(&self.conversation);
            }
        }
    }
}

fn crowded() -> Crowded {
    metrics::counter!("sms_shed_total", "at" => "person").increment(1);
    Crowded
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use sms_testkit::{ManualClock, sequential_uuid};

    use super::*;

    fn conversation(n: u64) -> ConversationId {
        ConversationId::new(sequential_uuid(n))
    }

    fn clock() -> (ManualClock, Arc<dyn Clock>) {
        let clock = ManualClock::at_text("2026-03-03T12:00:00Z");
        (clock.clone(), Arc::new(clock))
    }

    #[tokio::test]
    async fn one_after_the_other_and_nothing_is_kept_of_them() {
        let (locks, (_, clock)) = (ConversationLocks::default(), clock());
        let first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut second = Box::pin(locks.hold(conversation(1), &clock));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(locks.hold(conversation(2), &clock).now_or_never().is_some());
        assert!(locks.is_held(conversation(1)) && !locks.is_held(conversation(2)));
        drop(first);
        drop(second.await.unwrap());
        assert!(locks.places().of.is_empty());
    }

    #[tokio::test]
    async fn a_request_beyond_the_queue_is_rejected_at_once() {
        let (locks, (_, clock)) = (ConversationLocks::default(), clock());
        let first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut waiting: Vec<_> = (1..MOST)
            .map(|_| Box::pin(locks.hold(conversation(1), &clock)))
            .collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert_eq!(
            locks.hold(conversation(1), &clock).await.err(),
            Some(Crowded)
        );
        // A request that gives up frees its place.
        waiting.pop();
        assert!(locks.hold(conversation(1), &clock).now_or_never().is_none());
        drop((first, waiting));
        assert!(locks.places().of.is_empty());
    }

    #[tokio::test]
    async fn a_request_that_would_wait_too_long_is_rejected_at_once() {
        let (locks, (time, clock)) = (ConversationLocks::default(), clock());
        let first = locks.hold(conversation(1), &clock).await.unwrap();
        time.advance(TimeDelta::milliseconds(20));
        drop(first);
        // Of another person, but on the same store: 20 ms each.
        let first = locks.hold(conversation(2), &clock).await.unwrap();
        let mut waiting: Vec<_> = (1..8)
            .map(|_| Box::pin(locks.hold(conversation(2), &clock)))
            .collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert_eq!(
            locks.hold(conversation(2), &clock).await.err(),
            Some(Crowded)
        );
        assert!(locks.hold(conversation(3), &clock).now_or_never().is_some());
        drop((first, waiting));
    }

    #[tokio::test]
    async fn a_few_requests_are_let_in_however_slow_the_store_is() {
        let (locks, (time, clock)) = (ConversationLocks::default(), clock());
        let first = locks.hold(conversation(1), &clock).await.unwrap();
        time.advance(TimeDelta::seconds(5));
        drop(first);
        let _first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut waiting: Vec<_> = (1..FEW)
            .map(|_| Box::pin(locks.hold(conversation(1), &clock)))
            .collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert!(locks.hold(conversation(1), &clock).await.is_err());
    }

    #[test]
    fn the_mean_hold_follows_the_store() {
        let mut hold = HoldTime::default();
        assert!(!hold.is_unbearable_behind(MOST));
        hold.observe(TimeDelta::milliseconds(50));
        assert!(!hold.is_unbearable_behind(3) && hold.is_unbearable_behind(4));
        for _ in 0..40 {
            hold.observe(TimeDelta::milliseconds(2));
        }
        assert!(!hold.is_unbearable_behind(40));
        // A clock that was set back counts as no time.
        hold.observe(TimeDelta::seconds(-60));
        assert!(!hold.is_unbearable_behind(MOST));
    }

    #[tokio::test]
    async fn no_request_waits_longer_than_half_a_second() {
        let (locks, (time, clock)) = (ConversationLocks::default(), clock());
        let _first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut second = Box::pin(locks.hold(conversation(1), &clock));
        assert!(second.as_mut().now_or_never().is_none());
        time.advance(PATIENCE);
        assert_eq!(second.await.err(), Some(Crowded));
    }
}
