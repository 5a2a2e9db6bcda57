//! Secrets of endpoints and signatures with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;
use sms_domain::ports::WebhookSecrets as _;
use sms_domain::values::ids::WebhookEndpointId;
use sms_domain::webhooks::SecretRef;
use sms_keyring::{DerivedSecrets, InstallationKeys};
use uuid::Uuid;

const BODY: &[u8] = br#"{"type":"message.status"}"#;

fn at() -> DateTime<Utc> {
    "2026-12-01T17:00:00.5Z".parse().unwrap()
}

fn keys(list: &str) -> DerivedSecrets {
    DerivedSecrets::new(&InstallationKeys::parse(list).unwrap())
}

fn first() -> String {
    "01".repeat(32)
}

fn second() -> String {
    "02".repeat(32)
}

fn secret(secrets: &DerivedSecrets, endpoint: u128, generation: i32) -> SecretRef {
    SecretRef {
        endpoint_id: WebhookEndpointId::new(Uuid::from_u128(endpoint)),
        generation,
        key_mark: secrets.newest_key(),
    }
}

#[test]
fn whoever_has_the_shown_secret_can_check_a_signature() {
    let secrets = keys(&first());
    let secret = secret(&secrets, 1, 1);
    let shown = secrets.shown(&secret).unwrap();
    let bytes = STANDARD
        .decode(shown.strip_prefix("whsec_").unwrap())
        .unwrap();
    assert_eq!(bytes.len(), 32);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let signed = [b"event-1.1796144400.", BODY].concat();
    let signature = secrets.signature(&secret, "event-1", at(), BODY).unwrap();
    let tag = STANDARD
        .decode(signature.strip_prefix("v1,").unwrap())
        .unwrap();
    hmac::verify(&key, &signed, &tag).unwrap();
    let other = hmac::verify(&key, b"event-1.1796144400.{}", &tag);
    assert!(other.is_err());
}

#[test]
fn every_endpoint_and_every_generation_has_a_secret_of_its_own() {
    let secrets = keys(&first());
    let shown = |endpoint, generation| secrets.shown(&secret(&secrets, endpoint, generation));
    let all = [shown(1, 1), shown(1, 2), shown(2, 1)];
    assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2]);
    assert_eq!(shown(1, 1), all[0]);
    assert_ne!(keys(&second()).newest_key(), secrets.newest_key());
}

#[test]
fn a_secret_outlives_a_rotation_and_ends_with_its_key() {
    let secrets = keys(&first());
    let secret = secret(&secrets, 1, 1);
    let rotated = keys(&format!("{},{}", second(), first()));
    assert_ne!(rotated.newest_key(), secret.key_mark);
    assert_eq!(rotated.shown(&secret), secrets.shown(&secret));
    let gone = keys(&second());
    assert_eq!(gone.shown(&secret), None);
    assert_eq!(gone.signature(&secret, "event-1", at(), BODY), None);
}
