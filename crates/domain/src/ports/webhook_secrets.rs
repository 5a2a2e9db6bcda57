//! The secrets of endpoints, with which they recognise our calls.

use chrono::{DateTime, Utc};

use crate::webhooks::SecretRef;

/// Derives the secrets of endpoints and signs with them. No secret is stored.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait WebhookSecrets: Send + Sync {
    /// The mark of the key that new secrets are derived from.
    fn newest_key(&self) -> i64;

    /// The secret as its owner keeps it (`whsec_…`); `None` if its key is gone.
    fn shown(&self, secret: &SecretRef) -> Option<String>;

    /// The signature of a call, after Standard Webhooks (`v1,…`); `None` if the key is gone.
    fn signature(
        &self,
        secret: &SecretRef,
        id: &str,
        at: DateTime<Utc>,
        body: &[u8],
    ) -> Option<String>;
}
