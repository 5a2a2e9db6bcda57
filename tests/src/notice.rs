//! Notices that the simulator does not send, signed with the carrier's key, for cases that no simulated course
//! produces.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use reqwest::Method;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// The seed of the carrier's key in all tests.
pub const SIGNING_SEED: [u8; 32] = [7; 32];

/// The seed of the key of [`OTHER_ACCOUNT`].
const OTHER_SEED: [u8; 32] = [8; 32];

/// An account that owns no number, with a key of its own.
pub(crate) const OTHER_ACCOUNT: &str = "second";

/// A signed notice.
#[derive(Debug, Clone)]
pub struct Notice {
    pub body: Vec<u8>,
    timestamp: String,
    signature: String,
}

impl Notice {
    /// A notice of an event that happened at `at`, with a unique id.
    ///
    /// # Panics
    /// Never: the seed is a valid one.
    #[must_use]
    pub fn new(at: DateTime<Utc>, event_type: &str, payload: &Value) -> Self {
        let event = json!({ "data": {
            "event_type": event_type,
            "id": format!("event-of-{}", payload["id"].as_str().unwrap_or("nothing")),
            "occurred_at": at,
            "payload": payload,
            "record_type": "event",
        }});
        Self::of_bytes(at, serde_json::to_vec(&event).unwrap())
    }

    /// A notice with arbitrary bytes, signed at `at`.
    #[must_use]
    pub fn of_bytes(at: DateTime<Utc>, body: impl Into<Vec<u8>>) -> Self {
        Self::signed(&SIGNING_SEED, at, body.into())
    }

    /// The same notice, signed at `at` by an account that owns no number and has its own key.
    #[must_use]
    pub fn by_other_account(self, at: DateTime<Utc>) -> Self {
        Self::signed(&OTHER_SEED, at, self.body)
    }

    fn signed(seed: &[u8; 32], at: DateTime<Utc>, body: Vec<u8>) -> Self {
        let timestamp = at.timestamp().to_string();
        let key = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let signed = [timestamp.as_bytes(), b"|", &body].concat();
        Self {
            signature: STANDARD.encode(key.sign(&signed)),
            body,
            timestamp,
        }
    }

    /// The key of [`OTHER_ACCOUNT`], in base64.
    pub(crate) fn other_public_key() -> String {
        let key = Ed25519KeyPair::from_seed_unchecked(&OTHER_SEED).unwrap();
        STANDARD.encode(key.public_key())
    }

    /// Posts it; `token` is the last segment of an attempt's URL.
    pub async fn post(&self, client: &Client, token: Option<&str>) -> Answer {
        let path = match token {
            Some(token) => format!("/webhooks/telnyx/{token}"),
            None => "/webhooks/telnyx".to_owned(),
        };
        let request = client
            .request(Method::POST, &path)
            .header("content-type", "application/json")
            .header("telnyx-signature-ed25519", &self.signature)
            .header("telnyx-timestamp", &self.timestamp)
            .body(self.body.clone());
        Answer::to(request).await
    }
}
