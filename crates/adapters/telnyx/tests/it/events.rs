//! What events say.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sms_domain::message::{Evidence, EvidenceKind, ProviderError};
use sms_domain::ports::{InboundSms, Notice, NoticeContent, WebhookReader as _, WebhookRejected};

use crate::signing::{now, read_at, reader_of, rejection};

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
fn a_signed_body_without_an_event_is_refused_as_a_payload() {
    for body in ["", "STOP", "[]", "{}", r#"{"data": {"id": "e-1"}}"#] {
        let rejection = rejection(read_at(now(), body.as_bytes()));
        assert!(
            matches!(rejection, WebhookRejected::Payload(_)),
            "{body}: {rejection:?}"
        );
    }
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
    assert_eq!(received.to.as_str(), "+13055550100");
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
        assert_eq!(reader_of(&[]).read_again(&notice.event), notice.content);
    }
}
