//! Locks for conversations whose requests lost a race. Without a lock, each round of concurrent decisions
//! would commit one request and make all others decide again. Must not know what a request asks for.
//!
//! The queue for a lock is short: a request beyond it, or one that waited too long, is rejected.
//! Correctness does not depend on the locks but on the guards of a commit, which also hold against other
//! processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use sms_domain::ports::Clock;
use sms_domain::values::ids::ConversationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most requests about one person that hold the lock or wait for it.
const MOST: usize = 64;

/// The longest wait for a lock.
const PATIENCE: TimeDelta = TimeDelta::seconds(2);

/// The locks. Only conversations whose requests lost a race have one.
#[derive(Clone, Default)]
pub(crate) struct ConversationLocks(Arc<Mutex<HashMap<ConversationId, Place>>>);

/// A conversation's lock and the number of requests that use it.
struct Place {
    lock: Arc<Semaphore>,
    requests: usize,
}

/// Too many requests about the person are waiting, or the request waited too long. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests about one person are waiting")]
pub(crate) struct Crowded;

/// A conversation's lock, held until this is dropped.
pub(crate) struct ConversationLock {
    // Dropped before the place, so that the next request still finds the place.
    _permit: OwnedSemaphorePermit,
    _place: InPlace,
}

/// One request's share of a place.
struct InPlace {
    locks: ConversationLocks,
    conversation: ConversationId,
}

impl ConversationLocks {
    /// Whether others hold the conversation's lock or wait for it.
    pub(crate) fn is_held(&self, conversation: ConversationId) -> bool {
        self.places().contains_key(&conversation)
    }

    /// Waits until the conversation's lock is free and takes it.
    ///
    /// # Errors
    /// [`Crowded`].
    pub(crate) async fn hold(
        &self,
        conversation: ConversationId,
        clock: &dyn Clock,
    ) -> Result<ConversationLock, Crowded> {
        let (lock, place) = self.enter(conversation).ok_or_else(crowded)?;
        let now = clock.now();
        let patience = now.checked_add_signed(PATIENCE).unwrap_or(now);
        tokio::select! {
            biased;
            permit = lock.acquire_owned() => Ok(ConversationLock {
                _permit: permit.map_err(|_| Crowded)?,
                _place: place,
            }),
            () = clock.sleep_until(patience) => Err(crowded()),
        }
    }

    fn enter(&self, conversation: ConversationId) -> Option<(Arc<Semaphore>, InPlace)> {
        let mut places = self.places();
        let place = places.entry(conversation).or_insert_with(|| Place {
            lock: Arc::new(Semaphore::new(1)),
            requests: 0,
        });
        if place.requests >= MOST {
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

    fn places(&self) -> MutexGuard<'_, HashMap<ConversationId, Place>> {
        // A panic cannot leave the map inconsistent: no change of it can panic halfway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        let mut places = self.locks.places();
        if let Some(place) = places.get_mut(&self.conversation) {
            place.requests -= 1;
            if place.requests == 0 {
                places.remove(&self.conversation);
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

    fn clock() -> ManualClock {
        ManualClock::at_text("2026-03-03T12:00:00Z")
    }

    #[tokio::test]
    async fn one_after_the_other_and_nothing_is_kept_of_them() {
        let (locks, clock) = (ConversationLocks::default(), clock());
        let first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut second = Box::pin(locks.hold(conversation(1), &clock));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(locks.hold(conversation(2), &clock).now_or_never().is_some());
        assert!(locks.is_held(conversation(1)) && !locks.is_held(conversation(2)));
        drop(first);
        drop(second.await.unwrap());
        assert!(locks.places().is_empty());
    }

    #[tokio::test]
    async fn a_request_beyond_the_queue_is_rejected_at_once() {
        let (locks, clock) = (ConversationLocks::default(), clock());
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
        assert!(locks.places().is_empty());
    }

    #[tokio::test]
    async fn no_request_waits_longer_than_two_seconds() {
        let (locks, clock) = (ConversationLocks::default(), clock());
        let _first = locks.hold(conversation(1), &clock).await.unwrap();
        let mut second = Box::pin(locks.hold(conversation(1), &clock));
        assert!(second.as_mut().now_or_never().is_none());
        clock.advance(PATIENCE);
        assert_eq!(second.await.err(), Some(Crowded));
    }
}
