//! `Idempotency-Key`: one acceptance per key for 24 hours.
//!
//! Telnyx records key, method and path. The simulator has one account and one path that takes a key, so
//! the key alone suffices. Only acceptances are recorded: after a refusal the key is free again. An
//! acceptance is recorded even if its answer was lost or garbled.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{ledger::LedgerEntry, sync::lock};

/// How long an acceptance is remembered and replayed.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// The keys in use.
#[derive(Default)]
pub(crate) struct IdempotencyKeys(Mutex<HashMap<String, Record>>);

enum Record {
    Running {
        body: String,
    },
    Accepted {
        body: String,
        message: Uuid,
        at: DateTime<Utc>,
    },
}

/// How a request with a key proceeds.
pub(crate) enum Turn {
    /// Process the request, and report an acceptance to the claim.
    Proceed(Claim),
    /// Repeat the first answer.
    Replay(Uuid),
    /// The key was used with another body.
    BodyDiffers,
    /// A request with this key is still running.
    Running,
}

/// A running request's hold on its key. It ends when dropped, also if the client disconnects.
pub(crate) struct Claim {
    keys: Arc<IdempotencyKeys>,
    key: String,
    body: String,
    accepted: Option<(Uuid, DateTime<Utc>)>,
}

impl IdempotencyKeys {
    /// Whether `key` is well-formed: 1–255 of letters, digits, `_`, `-` and `:`.
    pub(crate) fn is_valid(key: &str) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte);
        (1..=255).contains(&key.len()) && key.bytes().all(allowed)
    }

    /// Restores an acceptance from an earlier run.
    pub(crate) fn restore(&self, entry: &LedgerEntry) {
        if let (Some(key), Some(body)) = (&entry.idempotency_key, &entry.body_sha256) {
            let record = Record::Accepted {
                body: body.clone(),
                message: entry.id,
                at: entry.accepted_at,
            };
            lock(&self.0).insert(key.clone(), record);
        }
    }

    /// How a request with `key` and this body digest proceeds.
    pub(crate) fn begin(self: &Arc<Self>, key: &str, body: &str, now: DateTime<Utc>) -> Turn {
        let mut records = lock(&self.0);
        match records.get(key) {
            Some(Record::Running { body: first }) if first != body => return Turn::BodyDiffers,
            Some(Record::Running { .. }) => return Turn::Running,
            Some(Record::Accepted {
                body: first,
                message,
                at,
            }) if now - at < REMEMBERED => {
                return if first == body {
                    Turn::Replay(*message)
                } else {
                    Turn::BodyDiffers
                };
            }
            Some(Record::Accepted { .. }) | None => {}
        }
        records.insert(
            key.to_owned(),
            Record::Running {
                body: body.to_owned(),
            },
        );
        Turn::Proceed(Claim {
            keys: Arc::clone(self),
            key: key.to_owned(),
            body: body.to_owned(),
            accepted: None,
        })
    }
}

impl Claim {
    /// Records that the request's message was accepted: from now on the key replays it.
    pub(crate) fn accepted(&mut self, message: Uuid, at: DateTime<Utc>) {
        self.accepted = Some((message, at));
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let key = std::mem::take(&mut self.key);
        let body = std::mem::take(&mut self.body);
        let mut records = lock(&self.keys.0);
        match self.accepted {
            Some((message, at)) => records.insert(key, Record::Accepted { body, message, at }),
            None => records.remove(&key),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn claim(keys: &Arc<IdempotencyKeys>, at: DateTime<Utc>) -> Claim {
        match keys.begin("key", "body", at) {
            Turn::Proceed(claim) => claim,
            Turn::Replay(_) | Turn::BodyDiffers | Turn::Running => panic!("the key is taken"),
        }
    }

    #[test]
    fn a_key_is_busy_while_its_request_runs() {
        let keys = Arc::new(IdempotencyKeys::default());
        let _claim = claim(&keys, NOON);
        assert!(matches!(keys.begin("key", "body", NOON), Turn::Running));
        assert!(matches!(
            keys.begin("key", "other", NOON),
            Turn::BodyDiffers
        ));
    }

    #[test]
    fn a_request_that_accepted_nothing_frees_its_key() {
        let keys = Arc::new(IdempotencyKeys::default());
        drop(claim(&keys, NOON));
        assert!(matches!(keys.begin("key", "other", NOON), Turn::Proceed(_)));
    }

    #[test]
    fn an_acceptance_is_replayed_for_a_day() {
        let keys = Arc::new(IdempotencyKeys::default());
        let mut first = claim(&keys, NOON);
        first.accepted(Uuid::nil(), NOON);
        drop(first);
        let almost = NOON + TimeDelta::hours(24) - TimeDelta::microseconds(1);
        assert!(matches!(keys.begin("key", "body", almost), Turn::Replay(id) if id.is_nil()));
        assert!(matches!(
            keys.begin("key", "other", almost),
            Turn::BodyDiffers
        ));
        assert!(matches!(
            keys.begin("key", "other", NOON + REMEMBERED),
            Turn::Proceed(_)
        ));
    }

    #[test]
    fn keys_are_short_and_plain() {
        assert!(IdempotencyKeys::is_valid("0190-a_b:C"));
        assert!(!IdempotencyKeys::is_valid(""));
        assert!(!IdempotencyKeys::is_valid("with space"));
        assert!(!IdempotencyKeys::is_valid(&"k".repeat(256)));
    }
}
