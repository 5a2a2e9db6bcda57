//! What the adapter must be told: where Telnyx is, our keys there, and where its webhooks find us.
//! Must not know where the values come from. No `Debug` here shows a key.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::SecretString;
use sms_domain::numbers::ProviderAccount;

/// Our accounts at Telnyx and what they share.
#[derive(Debug, Clone)]
pub struct TelnyxConfig {
    /// Our own base URL as Telnyx reaches it, such as `https://sms.example.com`. Receipts come to
    /// `<public_base_url>/webhooks/telnyx/<attempt token>`.
    pub public_base_url: String,
    /// The accounts by the names that phone numbers refer to.
    pub accounts: HashMap<ProviderAccount, AccountConfig>,
    /// How long calls may take.
    pub timeouts: Timeouts,
}

/// One account at Telnyx.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// The API's base URL including the version: `https://api.telnyx.com/v2`.
    pub base_url: String,
    /// The API key, sent as a bearer token.
    pub api_key: SecretString,
    /// The operator has seen that the account honours `Idempotency-Key` on sends. Telnyx declares
    /// the header there since October 2026 and does not say that every account has it.
    pub enforces_idempotency: bool,
    /// The keys that may have signed the account's webhooks: two while one replaces the other.
    pub public_keys: Vec<PublicKey>,
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included: when it passes, certainly nothing was handed over.
    pub connect: Duration,
    /// For the whole call, connection included: when it passes, the outcome is unknown.
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

/// An account's Ed25519 key for webhooks.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key: expected 32 bytes in base64")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// The key as Telnyx's portal shows it: the raw 32 bytes in base64.
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
    /// An account's API key holds characters that no header can carry.
    #[error("provider account {0}: the API key is empty or cannot stand in a header")]
    ApiKey(ProviderAccount),
    /// No client: most likely the machine has no certificate authorities installed.
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
