//! Finding keys by their secrets: hashed before anything else, remembered for a second, so that a
//! busy client costs one look-up a second and a withdrawn key is refused a second later at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use ring::digest;
use sms_domain::ports::{ApiKey, ApiKeyRepository, Clock, Unavailable};

/// How long a look-up is remembered.
const REMEMBERED: TimeDelta = TimeDelta::seconds(1);

/// The most look-ups that are remembered; an attacker who guesses keys fills no more memory.
const MOST_REMEMBERED: usize = 10_000;

/// How old the last recorded use of a key must be for another to be recorded.
const USE_RECORDED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The SHA-256 of a key's secret.
pub(super) type Hash = [u8; 32];

/// Keys by their secrets.
pub(super) struct KeyDirectory {
    keys: Arc<dyn ApiKeyRepository>,
    clock: Arc<dyn Clock>,
    remembered: Mutex<HashMap<Hash, LookUp>>,
}

#[derive(Clone)]
struct LookUp {
    key: Option<ApiKey>,
    until: DateTime<Utc>,
}

impl KeyDirectory {
    /// A directory over the store.
    pub(super) fn new(keys: Arc<dyn ApiKeyRepository>, clock: Arc<dyn Clock>) -> Self {
        Self {
            keys,
            clock,
            remembered: Mutex::default(),
        }
    }

    /// The key whose secret has this hash, if it is valid now.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub(super) async fn find(&self, hash: Hash) -> Result<Option<ApiKey>, Unavailable> {
        let now = self.clock.now();
        let key = match self.recall(&hash, now) {
            Some(look_up) => look_up.key,
            None => {
                let key = self.keys.find(hash).await?;
                self.record_use(key.as_ref(), now);
                self.remember(hash, key.clone(), now);
                key
            }
        };
        Ok(key.filter(|key| is_valid(key, now)))
    }

    fn recall(&self, hash: &Hash, now: DateTime<Utc>) -> Option<LookUp> {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not make a memory last longer.
        let is_fresh = |look_up: &&LookUp| now < look_up.until && look_up.until <= now + REMEMBERED;
        remembered.get(hash).filter(is_fresh).cloned()
    }

    fn remember(&self, hash: Hash, key: Option<ApiKey>, now: DateTime<Utc>) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, look_up| now < look_up.until);
        }
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(
                hash,
                LookUp {
                    key,
                    until: now + REMEMBERED,
                },
            );
        }
    }

    /// Off the path of the request: its answer does not wait for it, and losing it is harmless.
    fn record_use(&self, key: Option<&ApiKey>, now: DateTime<Utc>) {
        let Some(key) = key.filter(|key| is_valid(key, now)) else {
            return;
        };
        if key
            .last_used_at
            .is_some_and(|last| now - last < USE_RECORDED_EVERY)
        {
            return;
        }
        let (keys, id) = (Arc::clone(&self.keys), key.id);
        tokio::spawn(async move {
            if let Err(error) = keys.touch(id, now).await {
                tracing::warn!(%error, "the use of an API key was not recorded");
            }
        });
    }
}

/// How a secret is stored: the SHA-256 of its text.
pub(super) fn hash(secret: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
    hash
}

fn is_valid(key: &ApiKey, now: DateTime<Utc>) -> bool {
    key.revoked_at.is_none_or(|at| now < at) && key.expires_at.is_none_or(|at| now < at)
}
