//! The meaning of events.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sms_domain::carrier::{
    Evidence, EvidenceKind, InboundSms, Notice, NoticeContent, ProviderError,
};
use sms_domain::ports::WebhookReader as _;
use sms_domain::values::ProviderAccount;
use sms_telnyx::PublicKey;

use crate::signing::{headers, key, now, public, read_at, reader_of, request, signed_by};

fn notice(body: &Value) -> Notice {
    read_at(now(), body.to_string().as_bytes()).unwrap()
}

fn content(event_type: &str, payload: &Value) -> NoticeContent {
    notice(&json!({"data": {
        "event_type": event_type, "id": "e-1", "occurred_at": "2026-05-04T15:02:07Z",
        "payload": payload,
    }}))
    .content
}

fn evidence(event_type: &str, payload: &Value) -> Evidence {
    let content = content(event_type, payload);
    let NoticeContent::Evidence(evidence) = content else {
        panic!("no evidence: {content:?}")
    };
    evidence
}

fn inbound(payload: &Value) -> InboundSms {
    let content = content("message.received", payload);
    let NoticeContent::Inbound(inbound) = content else {
        panic!("no inbound text: {content:?}")
    };
    inbound
}

#[test]
fn whatever_is_signed_is_an_event_that_can_be_kept() {
    for body in [
        &b""[..],
        b"STOP",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        br#"{"data": {"id": "e-1"}}"#,
        br#"{"data": [{"id": "e-1", "event_type": "message.sent"}]}"#,
        br#"{"data": {"id": "e-1", "event_type": {}}}"#,
        br#"{"data": {"id": "e-1", "event_type": "message.sent""#,
    ] {
        let notice = read_at(now(), body).unwrap();
        let shown = String::from_utf8_lossy(body).into_owned();
        assert_eq!(notice.content, NoticeContent::Unreadable, "{shown}");
        assert_eq!(notice.event.payload, body);
        assert_eq!(notice.event.event_type, "unreadable");
        assert!(notice.event.event_id.starts_with("sha256:"), "{shown}");
        assert_eq!(notice, read_at(now(), body).unwrap());
        assert_eq!(
            reader_of(&[]).read_again(notice.event.clone()).content,
            notice.content
        );
    }
}

#[test]
fn an_id_that_no_index_keeps_is_replaced_by_the_digest_of_the_body() {
    let huge = "x".repeat(900_000);
    for id in [
        json!("a\0b"),
        json!(huge),
        json!(""),
        json!(7),
        json!(["e-1"]),
    ] {
        let notice = notice(&json!({"data": {
            "event_type": "message.sent\0", "id": id,
            "payload": {"id": id, "to": [], "parts": 4_000_000_000_u32},
        }}));
        let NoticeContent::Evidence(evidence) = &notice.content else {
            panic!("{:?}", notice.content)
        };
        assert!(notice.event.event_id.starts_with("sha256:"));
        assert_eq!(evidence.event_id, notice.event.event_id);
        assert_eq!(notice.event.event_type, "message.sent");
        assert_eq!(notice.event.provider_message_id, None);
        assert_eq!(
            (&evidence.provider_message_id, evidence.parts),
            (&None, None)
        );
    }
}

#[test]
fn what_an_error_says_can_be_kept_however_much_it_is() {
    let payload = json!({
        "id": "m-1", "to": [{"status": "delivery_failed"}],
        "errors": [{"code": "4\0".repeat(9_000), "title": "a\0b"}],
    });
    let error = evidence("message.finalized", &payload).error.unwrap();
    assert_eq!(error.code, "4".repeat(100));
    assert_eq!(error.message, "ab");
}

#[test]
fn an_instant_that_cannot_be_is_the_one_of_the_arrival() {
    for odd in [
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "soon",
    ] {
        let notice = notice(&json!({"data": {
            "event_type": "message.received", "id": "e-1", "occurred_at": odd,
            "payload": {
                "id": "m-9", "text": "STOP", "received_at": odd,
                "from": {"phone_number": "+13055550142"}, "to": [{"phone_number": "+13055550100"}],
            },
        }}));
        let NoticeContent::Inbound(received) = &notice.content else {
            panic!("{:?}", notice.content)
        };
        assert_eq!(
            (notice.event.occurred_at, received.received_at),
            (now(), now()),
            "{odd}"
        );
    }
}

#[test]
fn half_an_emoji_costs_nothing_of_the_rest() {
    let body = br#"{"data": {"event_type": "message.received", "id": "e-1", "payload": {
        "id": "m-9", "text": "STOP \ud83d", "parts": 1e999,
        "from": {"phone_number": "+13055550142"}, "to": [{"phone_number": "+13055550100"}]}}}"#;
    let NoticeContent::Inbound(received) = read_at(now(), body).unwrap().content else {
        panic!("no inbound text")
    };
    assert_eq!(received.text.as_str(), "STOP \u{fffd}");
}

#[test]
fn a_group_is_read_with_all_its_members_and_what_came_with_the_text() {
    let received = inbound(&json!({
        "id": "m-9", "type": "MMS", "text": "", "subject": "Roof\0",
        "from": {"phone_number": "+13055550142"},
        "to": [{"phone_number": "+13055550143"}, {"phone_number": "+13055550100"}],
        "cc": [{"phone_number": "+13055550142"}, {"phone_number": "+13055550101"}],
        "media": [{"url": "https://m.example/1", "content_type": "image/jpeg", "size": 9}],
    }));
    let to: Vec<_> = received.to.iter().map(|phone| phone.as_str()).collect();
    assert_eq!(to, ["+13055550143", "+13055550100", "+13055550101"]);
    assert_eq!(received.attachments.subject.unwrap().as_str(), "Roof");
    assert_eq!(
        received.attachments.media[0].url.as_str(),
        "https://m.example/1"
    );
    assert_eq!(received.attachments.media[0].size, Some(9));
}

#[test]
fn accounts_that_share_a_key_may_all_have_signed() {
    let (shared, other) = (public(&key(1)), public(&key(2)));
    let accounts: &[(&str, &[PublicKey])] = &[
        ("one", &[shared.clone(), other.clone()]),
        ("two", &[shared]),
        ("three", &[other]),
    ];
    let reader = reader_of(accounts);
    let timestamp = now().timestamp().to_string();
    let signature = signed_by(&key(1), &timestamp, b"{}");
    let headers = headers(&timestamp, &signature);
    let notice = reader.read(request(&headers, b"{}"), now()).unwrap();
    let named = |names: &[&str]| -> Vec<_> {
        names
            .iter()
            .map(|name| ProviderAccount::new(*name))
            .collect()
    };
    assert_eq!(notice.event.account, ProviderAccount::new("one"));
    assert_eq!(notice.signers, named(&["one", "two"]));
    let again = reader.read_again(notice.event).signers;
    assert!(
        named(&["one", "two"])
            .iter()
            .all(|account| again.contains(account))
    );
}

#[test]
fn a_sent_event_says_sent_whatever_the_status() {
    for status in ["sent", "queued", "something new"] {
        let evidence = evidence(
            "message.sent",
            &json!({"id": "m-1", "to": [{"status": status}]}),
        );
        assert_eq!(evidence.kind, EvidenceKind::Sent, "{status}");
    }
}

#[test]
fn a_final_event_says_what_its_status_says() {
    for (status, kind) in [
        ("delivered", EvidenceKind::Delivered),
        ("delivery_failed", EvidenceKind::Undeliverable),
        ("sending_failed", EvidenceKind::Failed),
        ("delivery_unconfirmed", EvidenceKind::Unconfirmed),
        ("expired", EvidenceKind::Undeliverable),
        ("sent", EvidenceKind::Sent),
    ] {
        let payload = json!({"id": "m-1", "to": [{"status": status}]});
        assert_eq!(
            evidence("message.finalized", &payload).kind,
            kind,
            "{status}"
        );
    }
}

#[test]
fn a_failure_carries_its_first_error() {
    let payload = json!({
        "id": "m-1", "to": [{"status": "delivery_failed"}],
        "errors": [{"code": "40008", "title": "Undeliverable"}, {"code": "40001"}],
    });
    assert_eq!(
        evidence("message.finalized", &payload).error,
        Some(ProviderError {
            code: "40008".to_owned(),
            message: "Undeliverable".to_owned(),
        })
    );
}

#[test]
fn evidence_and_event_share_id_and_instant() {
    let evidence = evidence("message.sent", &json!({}));
    assert_eq!(evidence.event_id, "e-1");
    assert_eq!(evidence.occurred_at, now() - Duration::seconds(3));
    assert_eq!(evidence.provider_message_id, None);
}

#[test]
fn what_we_do_not_know_is_kept_as_other() {
    for (event_type, payload) in [
        (
            "messaging-profile.spend-limit-reached",
            json!({"profile_id": "p-1"}),
        ),
        ("message.read_receipt", json!({"id": "m-1"})),
        (
            "message.finalized",
            json!({"id": "m-1", "to": [{"status": "bounced"}]}),
        ),
        ("message.finalized", Value::Null),
        ("message.received", json!({"text": "Hi"})),
    ] {
        assert_eq!(
            content(event_type, &payload),
            NoticeContent::Other,
            "{event_type}"
        );
    }
}

#[test]
fn only_events_about_messages_name_one() {
    let event_with_id = |event_type: &str| {
        notice(&json!({"data": {"event_type": event_type, "payload": {"id": "x-1"}}})).event
    };
    let named = event_with_id("message.read_receipt").provider_message_id;
    assert_eq!(named.as_deref(), Some("x-1"));
    assert_eq!(
        event_with_id("10dlc.campaign.update").provider_message_id,
        None
    );
}

#[test]
fn a_text_that_came_in_is_read() {
    let received = inbound(&json!({
        "id": "m-9", "direction": "inbound", "text": " Olá \n", "parts": 1,
        "from": {"phone_number": "+13055550142"},
        "to": [{"phone_number": "+13055550100", "status": "webhook_delivered"}],
        "received_at": "2026-05-04T15:02:06.123456789+00:00",
    }));
    assert_eq!(received.provider_message_id, "m-9");
    assert_eq!(received.from.as_str(), "+13055550142");
    assert_eq!(received.to[0].as_str(), "+13055550100");
    assert_eq!(received.text.as_str(), " Olá \n");
    assert_eq!(
        received.received_at,
        "2026-05-04T15:02:06.123456Z"
            .parse::<DateTime<Utc>>()
            .unwrap()
    );
    assert!(!received.has_provider_autoresponse);
}

#[test]
fn a_keyword_that_the_provider_answered_is_known() {
    let received = inbound(&json!({
        "id": "m-9", "text": "STOP", "autoresponse_type": "STOP",
        "from": {"phone_number": "+13055550142"}, "to": [{"phone_number": "+13055550100"}],
    }));
    assert!(received.has_provider_autoresponse);
    assert_eq!(received.received_at, now() - Duration::seconds(3));
}

#[test]
fn an_opt_out_without_ids_and_times_is_still_read_and_known_again() {
    let body = json!({"data": {"event_type": "message.received", "payload": {
        "text": "STOP", "from": {"phone_number": "+13055550142"},
        "to": [{"phone_number": "+13055550100"}],
    }}});
    let first = notice(&body);
    let NoticeContent::Inbound(received) = &first.content else {
        panic!("no inbound text: {:?}", first.content)
    };
    assert_eq!(received.provider_message_id, first.event.event_id);
    assert_eq!(
        (received.received_at, first.event.occurred_at),
        (now(), now())
    );
    assert!(
        first.event.event_id.starts_with("sha256:"),
        "{}",
        first.event.event_id
    );
    assert_eq!(first, notice(&body));
}

#[test]
fn nul_is_taken_out_of_a_received_text() {
    let received = inbound(&json!({
        "id": "m-9", "text": "S\0TOP\0",
        "from": {"phone_number": "+13055550142"}, "to": [{"phone_number": "+13055550100"}],
    }));
    assert_eq!(received.text.as_str(), "STOP");
}

#[test]
fn a_sender_that_is_no_phone_number_is_kept_as_other() {
    for sender in ["72345", "BANK"] {
        let payload = json!({
            "id": "m-9", "text": "Your code", "from": {"phone_number": sender},
            "to": [{"phone_number": "+13055550100"}],
        });
        assert_eq!(
            content("message.received", &payload),
            NoticeContent::Other,
            "{sender}"
        );
    }
}

#[test]
fn a_stored_event_says_the_same_when_it_is_read_again() {
    for payload in [
        json!({"id": "m-1", "to": [{"status": "delivered"}]}),
        json!({"id": "m-1", "to": [{"status": "something new"}]}),
    ] {
        let notice = notice(&json!({"data": {
            "event_type": "message.finalized", "id": "e-1",
            "occurred_at": "2026-05-04T15:02:07Z", "payload": payload,
        }}));
        let again = reader_of(&[]).read_again(notice.event.clone());
        assert_eq!((again.event, again.content), (notice.event, notice.content));
    }
}
