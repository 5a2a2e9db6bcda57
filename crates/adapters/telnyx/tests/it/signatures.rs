//! Which webhooks are accepted, and to which accounts they belong.

use chrono::Duration;
use serde_json::Value;
use sms_domain::carrier::{Evidence, EvidenceKind, Notice, NoticeContent};
use sms_domain::ports::{WebhookReader as _, WebhookRejected};
use sms_domain::values::ProviderAccount;
use sms_telnyx::PublicKey;

use crate::signing::{
    headers, key, now, public, read_at, reader_of, rejection, request, signed_by,
};

/// A test vector made with another library (PyNaCl) from the seed 1, 2, … 32.
mod vector {
    pub(super) const BODY: &[u8] = include_bytes!("data/delivered.json");
    pub(super) const PUBLIC_KEY: &str = "ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=";
    pub(super) const TIMESTAMP: &str = "1777906930";
    pub(super) const SIGNATURE: &str =
        "ghp1/gtbaENfyBp1NGhId48lRVtGLfwxGOlnqtOcxyV0CgRRETwGOddtXlK8VlmizgLHUZTey1Do8KV5IY/bCA==";
}

fn vector_read(body: &[u8], timestamp: &str, signature: &str) -> Result<Notice, WebhookRejected> {
    let headers = headers(timestamp, signature);
    let key = PublicKey::from_base64(vector::PUBLIC_KEY).unwrap();
    reader_of(&[("default", &[key])]).read(request(&headers, body), now())
}

#[test]
fn a_webhook_signed_elsewhere_is_read() {
    let notice = vector_read(vector::BODY, vector::TIMESTAMP, vector::SIGNATURE).unwrap();
    assert_eq!(
        notice.content,
        NoticeContent::Evidence(Evidence {
            kind: EvidenceKind::Delivered,
            occurred_at: "2026-05-04T15:02:07.250Z".parse().unwrap(),
            event_id: "0f5f3a3e-2f5e-4d0c-8a11-6a1c4cf0a101".to_owned(),
            provider_message_id: Some("5d1f9f2c-9a53-4f0e-9d0e-3a3c8b7c2202".to_owned()),
            parts: Some(1),
            error: None,
        })
    );
}

#[test]
fn the_raw_event_is_kept_as_it_came() {
    let event = vector_read(vector::BODY, vector::TIMESTAMP, vector::SIGNATURE)
        .unwrap()
        .event;
    assert_eq!(event.payload, vector::BODY);
    assert_eq!(event.account, ProviderAccount::new("default"));
    assert_eq!(event.event_type, "message.finalized");
    assert_eq!(event.event_id, "0f5f3a3e-2f5e-4d0c-8a11-6a1c4cf0a101");
    assert_eq!(
        event.provider_message_id.as_deref(),
        Some("5d1f9f2c-9a53-4f0e-9d0e-3a3c8b7c2202")
    );
    assert_eq!(event.received_at, now());
    assert_eq!(event.matched, None);
}

#[test]
fn a_body_written_again_is_refused() {
    let same: Value = serde_json::from_slice(vector::BODY).unwrap();
    let again = same.to_string();
    assert_eq!(
        rejection(vector_read(
            again.as_bytes(),
            vector::TIMESTAMP,
            vector::SIGNATURE
        )),
        WebhookRejected::Signature("no key of ours made the signature")
    );
}

#[test]
fn another_timestamp_than_the_signed_one_is_refused() {
    assert_eq!(
        rejection(vector_read(vector::BODY, "1777906931", vector::SIGNATURE)),
        WebhookRejected::Signature("no key of ours made the signature")
    );
}

#[test]
fn a_signature_that_is_none_is_refused() {
    for (signature, reason) in [
        ("no base64!", "the signature is not base64"),
        ("", "no key of ours made the signature"),
        ("AAAA", "no key of ours made the signature"),
    ] {
        assert_eq!(
            rejection(vector_read(vector::BODY, vector::TIMESTAMP, signature)),
            WebhookRejected::Signature(reason)
        );
    }
}

#[test]
fn a_missing_header_is_refused() {
    let reader = reader_of(&[("default", &[public(&key(1))])]);
    let [signature, timestamp] = headers(vector::TIMESTAMP, vector::SIGNATURE);
    let [_, no_number] = headers("now", vector::SIGNATURE);
    for (headers, reason) in [
        (vec![timestamp], "no signature"),
        (vec![signature], "no timestamp"),
        (vec![signature, no_number], "the timestamp is not a number"),
    ] {
        assert_eq!(
            rejection(reader.read(request(&headers, vector::BODY), now())),
            WebhookRejected::Signature(reason)
        );
    }
}

#[test]
fn five_minutes_of_delay_or_skew_are_borne_and_no_second_more() {
    for seconds in [-300, 300] {
        assert!(read_at(now() + Duration::seconds(seconds), vector::BODY).is_ok());
    }
    for seconds in [-301, 301] {
        assert_eq!(
            rejection(read_at(now() + Duration::seconds(seconds), vector::BODY)),
            WebhookRejected::Signature("the timestamp is too far from now")
        );
    }
}

#[test]
fn the_key_that_signed_tells_the_account() {
    let (old, new, other) = (key(1), key(2), key(3));
    let reader = reader_of(&[
        ("first", &[public(&old), public(&new)]),
        ("second", &[public(&other)]),
    ]);
    for (key, account) in [(old, "first"), (new, "first"), (other, "second")] {
        let signature = signed_by(&key, vector::TIMESTAMP, vector::BODY);
        let headers = headers(vector::TIMESTAMP, &signature);
        let notice = reader.read(request(&headers, vector::BODY), now()).unwrap();
        assert_eq!(notice.event.account.as_str(), account);
    }
}

#[test]
fn a_key_that_two_accounts_share_names_the_first_of_them() {
    let shared = [public(&key(1))];
    let reader = reader_of(&[("b", &shared), ("a", &shared)]);
    let signature = signed_by(&key(1), vector::TIMESTAMP, vector::BODY);
    let headers = headers(vector::TIMESTAMP, &signature);
    let notice = reader.read(request(&headers, vector::BODY), now()).unwrap();
    assert_eq!(notice.event.account.as_str(), "a");
}
