//! The addresses of files: `<public base URL>/media/<token>`. Must not know what a token is made of.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::lifecycle::files::{address_valid_until, is_address_valid};
use sms_domain::ports::{MediaKey, MediaTokens};

/// Makes and reads addresses of files.
#[derive(Clone)]
pub struct MediaAddresses {
    /// With a slash at the end.
    prefix: String,
    tokens: Arc<dyn MediaTokens>,
}

impl MediaAddresses {
    /// Addresses under a public base URL.
    #[must_use]
    pub fn new(public_base_url: &str, tokens: Arc<dyn MediaTokens>) -> Self {
        let base = public_base_url.trim_end_matches('/');
        Self {
            prefix: format!("{base}/media/"),
            tokens,
        }
    }

    /// The address of a file that is handed out at `now`.
    #[must_use]
    pub fn of(&self, key: MediaKey, now: DateTime<Utc>) -> String {
        let token = self.tokens.seal(key, address_valid_until(now));
        format!("{}{token}", self.prefix)
    }

    /// The file of an address, valid or not any more.
    #[must_use]
    pub fn file(&self, url: &str) -> Option<MediaKey> {
        let token = url.strip_prefix(&self.prefix)?;
        self.tokens.open(token).map(|(key, _)| key)
    }

    /// Whether a URL is under the addresses of files, be it one or not.
    #[must_use]
    pub fn is_ours(&self, url: &str) -> bool {
        url.starts_with(&self.prefix)
    }

    /// The URL by which a file is handed out at `now`: a new address for a file of ours, else the same URL.
    #[must_use]
    pub fn renewed(&self, url: &str, now: DateTime<Utc>) -> String {
        self.file(url)
            .map_or_else(|| url.to_owned(), |key| self.of(key, now))
    }

    /// The file of a token that is valid at `now`.
    #[must_use]
    pub fn opened(&self, token: &str, now: DateTime<Utc>) -> Option<MediaKey> {
        let (key, until) = self.tokens.open(token)?;
        is_address_valid(until, now).then_some(key)
    }
}
