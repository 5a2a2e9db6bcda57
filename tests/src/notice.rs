//! Notices that the carrier did not send, signed by its key: for what no simulated course brings.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use reqwest::Method;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// The seed of the carrier's key in all tests.
pub const SIGNING_SEED: [u8; 32] = [7; 32];

/// A signed notice.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The bytes.
    pub body: Vec<u8>,
    timestamp: String,
    signature: String,
}

impl Notice {
    /// A notice of an event that happened at `at`, with an id of its own.
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
        let body = serde_json::to_vec(&event).unwrap();
        let timestamp = at.timestamp().to_string();
        let key = Ed25519KeyPair::from_seed_unchecked(&SIGNING_SEED).unwrap();
        let signed = [timestamp.as_bytes(), b"|", &body].concat();
        Self {
            signature: STANDARD.encode(key.sign(&signed)),
            body,
            timestamp,
        }
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
