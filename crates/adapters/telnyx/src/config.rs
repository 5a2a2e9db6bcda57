//! Configuration of the adapter: Telnyx's address, our keys, and our own address for webhooks. No
//! `Debug` implementation here shows a key.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::SecretString;
use sms_domain::values::ProviderAccount;

/// Our Telnyx accounts and their shared settings.
#[derive(Debug, Clone)]
pub struct TelnyxConfig {
    /// Our own base URL as Telnyx reaches it, such as `https://sms.example.com`. Receipts arrive at
    /// `<public_base_url>/webhooks/telnyx/<attempt token>`.
    pub public_base_url: String,
    /// The accounts, by the name that phone numbers refer to.
    pub accounts: HashMap<ProviderAccount, AccountConfig>,
    /// Time limits of calls.
    pub timeouts: Timeouts,
}

/// One account at Telnyx.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// The API's base URL including the version: `https://api.telnyx.com/v2`.
    pub base_url: String,
    /// The API key, sent as a bearer token.
    pub api_key: SecretString,
    /// Whether the operator has verified that the account honours `Idempotency-Key` on sends. Telnyx has
    /// documented the header since October 2026, but not that every account supports it.
    pub enforces_idempotency: bool,
    /// The public keys for the account's webhooks: two during a key rotation.
    pub public_keys: Vec<PublicKey>,
}

/// Time limits of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Limit for connecting, TLS included. When it passes, the message was certainly not handed over.
    pub connect: Duration,
    /// Limit for the whole call, connecting included. When it passes, the outcome is unknown.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            call: Duration::from_secs(10),
        }
    }
}

/// An account's Ed25519 public key, which verifies its webhooks.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// The text is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key: expected 32 bytes in base64")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// Parses a key as Telnyx's portal shows it: the raw 32 bytes in base64.
    ///
    /// # Errors
    /// [`InvalidPublicKey`].
    pub fn from_base64(text: &str) -> Result<Self, InvalidPublicKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| InvalidPublicKey)?;
        bytes.try_into().map(Self).map_err(|_| InvalidPublicKey)
    }

    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An account's base URL is not an http or https URL.
    #[error("provider account {0}: the base URL is not an http(s) URL")]
    BaseUrl(ProviderAccount),
    /// An account's API key has characters that are not allowed in a header.
    #[error("provider account {0}: the API key is empty or cannot stand in a header")]
    ApiKey(ProviderAccount),
    /// The HTTP client cannot be created, most likely because the machine has no CA certificates.
    #[error("no HTTP client (are CA certificates installed?): {0}")]
    Client(#[source] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_the_configuration_shows_no_key() {
        let public_key = "hLAxt8camNPY5uWWnJZ4aRNP/H3bxTpcBWEMieEaT2A=";
        let account = AccountConfig {
            base_url: "https://api.telnyx.com/v2".to_owned(),
            api_key: "KEY0123_secret".into(),
            enforces_idempotency: false,
            public_keys: vec![PublicKey::from_base64(public_key).unwrap()],
        };
        let config = TelnyxConfig {
            public_base_url: "https://sms.example.com".to_owned(),
            accounts: HashMap::from([(ProviderAccount::new("default"), account)]),
            timeouts: Timeouts::default(),
        };
        let shown = format!("{config:?}");
        assert!(shown.contains("default"), "{shown}");
        assert!(!shown.contains("KEY0123"), "{shown}");
        assert!(shown.contains("PublicKey(…)"), "{shown}");
    }

    #[test]
    fn a_public_key_is_thirty_two_bytes_in_base64() {
        assert!(PublicKey::from_base64(&format!(" {}\n", STANDARD.encode([7; 32]))).is_ok());
        for bad in ["", "not base64!", &STANDARD.encode([7; 31])] {
            assert_eq!(PublicKey::from_base64(bad), Err(InvalidPublicKey), "{bad}");
        }
    }
}
