//! Malformed and misdirected notices: every signed notice is stored and acknowledged, a person's STOP in it takes
//! effect, and no unrelated message changes.

use serde_json::{Value, json};
use sms_domain::facts::OrganizationKind;
use sms_domain::ports::Clock as _;
use sms_tests::{Notice, Tenant, TestApp, message};

use crate::LEAD;

/// An organization and its number.
async fn tenant(app: &TestApp) -> (Tenant, String) {
    let mut number = String::new();
    let tenant = app
        .tenant_of(OrganizationKind::Live, |around| {
            number = around.numbers[0].phone.as_str().to_owned();
        })
        .await;
    (tenant, number)
}

async fn post(app: &TestApp, body: impl Into<Vec<u8>>, token: Option<&str>) -> u16 {
    let notice = Notice::of_bytes(app.clock.now(), body);
    notice.post(&app.client(), token).await.status
}

#[tokio::test]
async fn what_nobody_can_understand_is_kept_and_acknowledged() {
    let app = TestApp::start().await;
    let huge = "x".repeat(900_000);
    let deep = format!(
        "{{\"data\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let event = |member: &str| {
        format!(
            r#"{{"data": {{"event_type": "message.sent", "id": "e-1", {member}, "payload": {{"id": "m-1"}}}}}}"#
        )
    };
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{}".to_vec(),
        b"[1, 2]".to_vec(),
        b"\xff\xfe\x00STOP".to_vec(),
        b"{\"data\": {\"event_type\": \"message.sent\", \"id\": \"tru".to_vec(),
        deep.into_bytes(),
        event(r#""id": "a\u0000b""#).into_bytes(),
        event(&format!(r#""id": "{huge}""#)).into_bytes(),
        event(&format!(r#""event_type": "{huge}", "id": "e-2""#)).into_bytes(),
        event(r#""event_type": "fax.\u0000sent", "id": "e-3""#).into_bytes(),
        event(r#""occurred_at": "0000-01-01T00:00:00Z", "id": "e-4""#).into_bytes(),
        event(r#""occurred_at": "9999-12-31T23:59:60Z", "id": "e-5""#).into_bytes(),
        event(r#""payload": [], "id": {"id": 1e999}"#).into_bytes(),
        br#"{"data": {"event_type": "message.received", "id": "\ud83d", "payload": {"text": 7}}}"#
            .to_vec(),
    ];
    for body in &bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(90)]).into_owned();
        assert_eq!(post(&app, body.clone(), None).await, 200, "{shown}");
        assert_eq!(
            post(&app, body.clone(), Some("no-token")).await,
            200,
            "{shown}"
        );
    }
    let kept = app.audit().await.unmatched_events;
    assert_eq!(usize::try_from(kept).unwrap(), bodies.len());
}

/// A text of the lead as JSON, with `text` as it stands there.
fn stop(lead: &str, number: &str, text: &str, more: &str) -> String {
    format!(
        r#"{{"data": {{"event_type": "message.received", "id": "of-{lead}", "payload": {{
            "id": "in-{lead}", "direction": "inbound", "text": "{text}"{more},
            "from": {{"phone_number": "{lead}"}}, "to": [{{"phone_number": "{number}"}}]}}}}}}"#
    )
}

#[tokio::test]
async fn a_stop_is_heard_in_whatever_it_comes() {
    let app = TestApp::start().await;
    let (acme, number) = tenant(&app).await;
    let nested = format!(", \"x\": {}{}", "[".repeat(1_000), "]".repeat(1_000));
    let texts: &[(&[u8], &str)] = &[
        (br"STOP \ud83d", ""),
        (br"\udE00STOP", ""),
        (br"S\u0000TOP", ""),
        (b"STOP \xf0\x9f", ""),
        (b"STOP\n", ""),
        (
            b"STOP",
            r#", "parts": 1e999, "media": {"url": 7}, "errors": "none""#,
        ),
        (b"STOP", r#", "received_at": "0001-01-01T00:00:00Z""#),
        (b"STOP", r#", "received_at": "9999-12-31T00:00:00Z""#),
        (b"STOP", r#", "id": "a\u0000b""#),
        (b"STOP", &nested),
        (b"", r#", "subject": "STOP \ud83d""#),
    ];
    for (index, (text, more)) in texts.iter().enumerate() {
        let lead = format!("+140455502{index:02}");
        let conversation = acme.conversation(&lead).await;
        let body = stop(&lead, &number, "@TEXT@", more);
        let (before, after) = body.split_once("@TEXT@").unwrap();
        let body = [before.as_bytes(), text, after.as_bytes()].concat();
        assert_eq!(post(&app, body, None).await, 200);
        let answer = acme.send(&message(conversation, "Hello?")).await;
        let shown = String::from_utf8_lossy(text);
        assert_eq!(answer.body["status"], "opted_out", "{shown}{more}");
    }
}

/// The secret in the URL to which the receipts of the newest message come.
fn newest_token(app: &TestApp) -> (String, String) {
    let entry = app.ledger().pop().unwrap();
    let url = entry.webhook_url.unwrap();
    let token = url.rsplit('/').next().unwrap().to_owned();
    (entry.id.to_string(), token)
}

#[tokio::test]
async fn a_receipt_marks_neither_another_message_nor_one_of_another_account() {
    let app = TestApp::start().await;
    let (acme, _) = tenant(&app).await;
    let conversation = acme.conversation("+14045556006").await;
    let first = acme.send_text(conversation, "One").await;
    app.dispatch().await;
    let (first_id, _) = newest_token(&app);
    let second = acme.send_text(conversation, "Two").await;
    app.dispatch().await;
    let (second_id, token) = newest_token(&app);
    let failed = |id: &str| json!({ "id": id, "to": [{ "status": "delivery_failed" }], "errors": [{ "code": "40001" }] });
    let notice = app.notice("message.finalized", &failed(&first_id));
    assert_eq!(notice.post(&app.client(), Some(&token)).await.status, 200);
    let notice = app.notice("message.finalized", &failed(&second_id));
    let notice = notice.by_other_account(app.clock.now());
    for token in [Some(token.as_str()), None] {
        assert_eq!(notice.post(&app.client(), token).await.status, 200);
    }
    for id in [&first, &second] {
        assert_eq!(acme.status(id).await, "sent");
    }
    assert_eq!(app.audit().await.unmatched_events, 2);
}

#[tokio::test]
async fn another_account_can_close_a_person_and_do_nothing_else() {
    let app = TestApp::start().await;
    let (acme, number) = tenant(&app).await;
    let conversation = acme.conversation(LEAD).await;
    let said = |id: &str, text: &str| {
        let payload = json!({
            "id": id, "text": text, "from": { "phone_number": LEAD },
            "to": [{ "phone_number": number }],
        });
        let notice = app.notice("message.received", &payload);
        notice.by_other_account(app.clock.now())
    };
    let client = app.client();
    assert_eq!(said("in-1", "HELP").post(&client, None).await.status, 200);
    assert_eq!(said("in-2", "STOP").post(&client, None).await.status, 200);
    assert_eq!(said("in-3", "START").post(&client, None).await.status, 200);
    let answer = acme.send(&message(conversation, "Hello?")).await;
    assert_eq!(answer.body["status"], "opted_out");
    app.deliver().await;
    assert!(app.ledger().is_empty());
    assert_eq!(app.audit().await.unmatched_events, 3);
    let shown = acme.message(&answer.id()).await;
    assert_eq!(shown["sendingStartedAt"], Value::Null);
}
