//! The guard before the store of keys: looks up the key of a secret and slows down guessing.

use std::sync::Arc;

use poem::http::header;
use sms_domain::ports::{ApiKey, ApiKeyRepository, Clock};

use super::keys::{self, KeyDirectory};
use super::wrong_keys::WrongKeys;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::server::AddressGroup;

/// Looks up keys and slows down guessing.
pub(crate) struct Guard {
    keys: KeyDirectory,
    wrong: WrongKeys,
    clock: Arc<dyn Clock>,
}

impl Guard {
    /// A guard over the store.
    pub(crate) fn new(keys: Arc<dyn ApiKeyRepository>, clock: Arc<dyn Clock>) -> Self {
        Self {
            keys: KeyDirectory::new(keys, Arc::clone(&clock)),
            wrong: WrongKeys::default(),
            clock,
        }
    }

    /// The valid key with this secret.
    ///
    /// # Errors
    /// 401 when there is none, 429 when too many wrong ones came `from` this address, 503 when the
    /// store fails.
    pub(super) async fn authenticate(
        &self,
        secret: &str,
        from: Option<AddressGroup>,
    ) -> Result<ApiKey, Problem> {
        let (hash, now) = (keys::hash(secret), self.clock.now());
        let lookup = self.wrong.admit(from, &hash, now).map_err(too_many)?;
        let Some(key) = self.keys.find(hash).await? else {
            lookup.was_wrong(&hash);
            metrics::counter!("http_wrong_keys_total", "answer" => "401").increment(1);
            return Err(unauthorized("Bearer error=\"invalid_token\""));
        };
        lookup.was_valid(hash, now);
        Ok(key)
    }
}

/// 401 with a challenge (RFC 9110, 11.6.1).
pub(super) fn unauthorized(challenge: &str) -> Problem {
    Problem::new(ProblemKind::Unauthorized).header(header::WWW_AUTHENTICATE, challenge)
}

fn too_many(wait: i64) -> Problem {
    metrics::counter!("http_wrong_keys_total", "answer" => "429").increment(1);
    let detail = "Too many keys that are not valid, or not looked up yet, came from this address; \
                  see the Retry-After header.";
    Problem::with_detail(ProblemKind::TooManyRequests, detail)
        .header(header::RETRY_AFTER, &wait.to_string())
}
