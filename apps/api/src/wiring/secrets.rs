//! What rests on the installation's secret keys, behind its ports. It must not know the use cases.

use std::sync::Arc;

use sms_domain::ports::{AttemptTokens, MediaTokens, PageTokens, WebhookSecrets};
use sms_keyring::{DerivedSecrets, InstallationKeys, SealedMedia, SealedPages, SealedTokens};

/// What rests on the installation's keys.
#[derive(Clone)]
pub struct Secrets {
    pub attempt_tokens: Arc<dyn AttemptTokens>,
    pub page_tokens: Arc<dyn PageTokens>,
    pub webhook_secrets: Arc<dyn WebhookSecrets>,
    pub media_tokens: Arc<dyn MediaTokens>,
}

impl Secrets {
    /// Under keys that are derived from the installation's.
    #[must_use]
    pub fn of(keys: &InstallationKeys) -> Self {
        Self {
            attempt_tokens: Arc::new(SealedTokens::new(keys)),
            page_tokens: Arc::new(SealedPages::new(keys)),
            webhook_secrets: Arc::new(DerivedSecrets::new(keys)),
            media_tokens: Arc::new(SealedMedia::new(keys)),
        }
    }

    /// Under one key.
    #[must_use]
    pub fn under(key: [u8; 32]) -> Self {
        Self::of(&InstallationKeys::single(key))
    }
}
