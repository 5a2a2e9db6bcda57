//! Signs webhooks as Telnyx does, and reads them with test keys.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sms_domain::carrier::Notice;
use sms_domain::ports::{WebhookReader as _, WebhookRejected, WebhookRequest};
use sms_domain::values::ProviderAccount;
use sms_telnyx::{AccountConfig, PublicKey, TelnyxConfig, TelnyxWebhooks, Timeouts};

pub(crate) fn now() -> DateTime<Utc> {
    "2026-05-04T15:02:10Z".parse().unwrap()
}

pub(crate) fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub(crate) fn public(key: &Ed25519KeyPair) -> PublicKey {
    PublicKey::from_base64(&STANDARD.encode(key.public_key())).unwrap()
}

pub(crate) fn reader_of(accounts: &[(&str, &[PublicKey])]) -> TelnyxWebhooks {
    let account = |keys: &[PublicKey]| AccountConfig {
        base_url: "https://api.telnyx.com/v2".to_owned(),
        api_key: "KEY".into(),
        enforces_idempotency: false,
        public_keys: keys.to_vec(),
    };
    TelnyxWebhooks::new(&TelnyxConfig {
        public_base_url: "https://sms.example.com".to_owned(),
        accounts: accounts
            .iter()
            .map(|(name, keys)| (ProviderAccount::new(*name), account(keys)))
            .collect::<HashMap<_, _>>(),
        timeouts: Timeouts::default(),
    })
}

pub(crate) fn signed_by(key: &Ed25519KeyPair, timestamp: &str, body: &[u8]) -> String {
    let message = [timestamp.as_bytes(), b"|", body].concat();
    STANDARD.encode(key.sign(&message))
}

/// The headers of a webhook, by the names that Telnyx gives them.
pub(crate) const fn headers<'a>(timestamp: &'a str, signature: &'a str) -> [(&'a str, &'a str); 2] {
    [
        ("Telnyx-Signature-Ed25519", signature),
        ("Telnyx-Timestamp", timestamp),
    ]
}

pub(crate) const fn request<'a>(
    headers: &'a [(&'a str, &'a str)],
    body: &'a [u8],
) -> WebhookRequest<'a> {
    WebhookRequest {
        path: "/webhooks/telnyx",
        headers,
        body,
    }
}

/// Signs at [`now`] and reads at `at`.
pub(crate) fn read_at(at: DateTime<Utc>, body: &[u8]) -> Result<Notice, WebhookRejected> {
    let timestamp = now().timestamp().to_string();
    let signature = signed_by(&key(1), &timestamp, body);
    let headers = headers(&timestamp, &signature);
    reader_of(&[("default", &[public(&key(1))])]).read(request(&headers, body), at)
}

pub(crate) fn rejection(result: Result<Notice, WebhookRejected>) -> WebhookRejected {
    result.expect_err("the webhook was read")
}
