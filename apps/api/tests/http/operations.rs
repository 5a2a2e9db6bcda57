//! Each operation once: what reaches the service, and what comes back.

use chrono::TimeDelta;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_application::SendCommand;
use sms_domain::ports::{Contract, KeyKind};
use sms_testkit::fixtures::{conversation_id, message_id, noon, number_id, organization_id};

use crate::fakes::World;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) replayed: Option<String>,
    pub(crate) body: Value,
}

pub(crate) async fn call(world: &World, method: Method, path: &str, body: Option<Value>) -> Answer {
    call_with(world, method, path, body, &[]).await
}

async fn call_with(
    world: &World,
    method: Method,
    path: &str,
    body: Option<Value>,
    headers: &[(&'static str, &'static str)],
) -> Answer {
    let key = ("authorization", "Bearer everything");
    let headers = [&[key], headers].concat();
    call_as(world, method, path, body, &headers).await
}

async fn call_as(
    world: &World,
    method: Method,
    path: &str,
    body: Option<Value>,
    headers: &[(&'static str, &'static str)],
) -> Answer {
    let client = world.client();
    let mut request = client.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = match body {
        Some(body) => request.body_json(&body),
        None => request,
    };
    let response = request.send().await.0;
    let replayed = response.header("idempotent-replayed").map(str::to_owned);
    let status = response.status();
    let body = response.into_body().into_string().await.unwrap();
    Answer {
        status,
        replayed,
        body: serde_json::from_str(&body).unwrap_or(Value::String(body)),
    }
}

fn only_command(world: &World) -> SendCommand {
    let commands = world.service.commands.lock().unwrap();
    assert_eq!(commands.len(), 1);
    commands[0].clone()
}

fn full() -> Value {
    json!({
        "smsEventId": message_id(),
        "scheduledFor": "2026-03-04T12:00:00.1234567+02:00",
        "conversationId": conversation_id(),
        "fromPhoneNumberId": number_id(),
        "selectionReason": "Preferred",
        "wasManuallyOverridden": true,
        "campaignId": null,
        "sourceId": null,
        "text": "Thanks 😀!",
        "mediaUrls": ["https://media.acme.com/roof.jpg"],
        "somethingNew": [1, {"a": "\u{0}"}],
    })
}

#[tokio::test]
async fn sending_hands_every_member_to_the_use_case() {
    let world = World::new();
    let answer = call(&world, Method::POST, "/sms/send", Some(full())).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let command = only_command(&world);
    assert_eq!(command.sender.organization_id, organization_id());
    assert_eq!(command.sender.key, KeyKind::Live);
    assert_eq!(command.sms_event_id, Some(message_id()));
    assert_eq!(
        command.scheduled_for,
        Some("2026-03-04T10:00:00.123456Z".parse().unwrap())
    );
    assert_eq!(command.media_urls, ["https://media.acme.com/roof.jpg"]);
    assert_eq!(command.conversation_id, conversation_id());
    assert_eq!(command.from_phone_number_id, Some(number_id()));
    assert_eq!(
        command.selection_reason.map(|reason| reason.as_str()),
        Some("Preferred")
    );
    assert!(command.was_manually_overridden);
    assert_eq!((command.campaign_id, command.source_id), (None, None));
    assert_eq!(command.text, "Thanks 😀!");
    assert!(command.idempotency.is_none() && !command.is_forced);
}

#[tokio::test]
async fn an_answer_has_every_member_of_the_document_in_its_order() {
    let document: Value =
        serde_json::from_str(sms_api::http::spec::document(Contract::Page)).unwrap();
    let schemas = &document["components"]["schemas"];
    let row = format!("/events/sms/{}", message_id());
    for (method, path, body, schema) in [
        (Method::POST, "/sms/send", Some(full()), "SmsResponse"),
        (Method::GET, row.as_str(), None, "SmsEventTableRow"),
        (Method::GET, "/wallets/me", None, "WalletResponse"),
        (
            Method::POST,
            "/sms/preview",
            Some(full()),
            "PreviewSmsResponse",
        ),
        (
            Method::POST,
            "/phone-numbers/outgoing/new",
            Some(json!({})),
            "OutgoingNumberSelectionResponse",
        ),
    ] {
        let answer = call(&World::new(), method, path, body).await;
        let found: Vec<_> = answer.body.as_object().unwrap().keys().collect();
        let expected: Vec<_> = schemas[schema]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(found, expected, "{schema}");
    }
}

#[tokio::test]
async fn each_key_is_answered_by_its_own_contract_when_a_request_is_replayed_as_well() {
    let sent = async |key: &'static str| {
        let headers = [("authorization", key), ("idempotency-key", "replay")];
        let (world, body) = (World::new(), Some(full()));
        call_as(&world, Method::POST, "/sms/send", body, &headers).await
    };
    let page = sent("Bearer everything").await;
    assert_eq!(page.body["retryCount"], "0");
    assert_eq!(
        (page.body.get("media"), page.body.get("consoleEntries")),
        (None, None)
    );
    let newest = sent("Bearer newest").await;
    assert_eq!(newest.replayed.as_deref(), Some("true"));
    assert_eq!(
        (&newest.body["retryCount"], &newest.body["media"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(newest.body["consoleEntries"][0]["stage"], "accepted");
}

#[tokio::test]
async fn saving_a_draft_takes_the_same_members() {
    let world = World::new();
    let answer = call(&world, Method::POST, "/sms/drafts", Some(full())).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.body["status"], "draft");
    assert_eq!(only_command(&world).conversation_id, conversation_id());
}

#[tokio::test]
async fn a_replay_is_told_in_a_header() {
    let world = World::new();
    let key = [("idempotency-key", "replay")];
    let replay = call_with(&world, Method::POST, "/sms/send", Some(full()), &key).await;
    assert_eq!(
        (replay.status, replay.replayed.as_deref()),
        (StatusCode::CREATED, Some("true"))
    );
    let first = call(&world, Method::POST, "/sms/send", Some(full())).await;
    assert_eq!(first.replayed, None);
}

async fn hash(path: &str, body: Value, headers: &[(&'static str, &'static str)]) -> Vec<u8> {
    let world = World::new();
    call_with(&world, Method::POST, path, Some(body), headers).await;
    only_command(&world).idempotency.unwrap().request_hash
}

#[tokio::test]
async fn a_key_means_the_same_in_the_header_and_in_the_body() {
    let mut with_key = full();
    with_key["outboundIdempotencyKey"] = "order-1".into();
    let key = [("idempotency-key", "order-1")];
    let in_body = hash("/sms/send", with_key.clone(), &[]).await;
    assert_eq!(hash("/sms/send", full(), &key).await, in_body);
    assert_eq!(hash("/sms/send", with_key, &key).await, in_body);
}

#[tokio::test]
async fn a_hash_is_over_what_is_meant_and_not_over_how_it_is_written() {
    let key = [("idempotency-key", "order-1")];
    let hash_of = |body: Value| hash("/sms/send", body, &key);
    let same = hash_of(full()).await;
    let mut written_otherwise = json!({ "text": "Thanks 😀!", "unknown": 1 });
    let members = full().as_object().unwrap().clone();
    written_otherwise
        .as_object_mut()
        .unwrap()
        .extend(members.into_iter().rev());
    written_otherwise["scheduledFor"] = "2026-03-04T10:00:00.123456Z".into();
    assert_eq!(hash_of(written_otherwise).await, same);
    let mut another = full();
    another["text"] = "Thanks!".into();
    assert_ne!(hash_of(another).await, same);
    assert_ne!(hash("/sms/drafts", full(), &key).await, same);
}

#[tokio::test]
async fn canceling_shows_the_message() {
    let path = format!("/sms/{}/cancel", message_id());
    let answer = call(&World::new(), Method::POST, &path, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["status"], "canceled");
    assert_eq!(answer.body["cancelReason"], "client_requested");
}

#[tokio::test]
async fn a_preview_is_for_the_instant_that_was_asked_for() {
    let world = World::new();
    let at = noon() + TimeDelta::days(2);
    let body = json!({ "conversationId": conversation_id(), "text": "Hi", "at": at });
    let answer = call(&world, Method::POST, "/sms/preview", Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["at"], json!(at));
    assert_eq!(answer.body["status"], "scheduled");
    assert_eq!(answer.body["complianceAction"], "deferred_quiet_hours");
    assert_eq!(answer.body["encoding"], "GSM-7");
    assert_eq!(answer.body["price"], "0.0200");
    assert!(world.service.commands.lock().unwrap().is_empty());
}

#[tokio::test]
async fn numbers_are_chosen_checked_set_and_cleared() {
    let base = "/phone-numbers/outgoing";
    let conversation = format!("{base}/conversation/{}", conversation_id());
    let chosen = json!({ "fromPhoneNumberId": number_id(), "selection": {} });
    for (method, path, body, reason) in [
        (
            Method::POST,
            format!("{base}/new"),
            Some(json!({ "channel": "sms" })),
            "LocalArea",
        ),
        (
            Method::POST,
            conversation.clone(),
            Some(json!({})),
            "StickyConversation",
        ),
        (
            Method::POST,
            format!("{base}/manual-override"),
            Some(chosen.clone()),
            "ManualOverride",
        ),
        (
            Method::POST,
            format!("{conversation}/override"),
            Some(chosen),
            "ManualOverride",
        ),
        (
            Method::DELETE,
            format!("{conversation}/override"),
            None,
            "StickyConversation",
        ),
    ] {
        let answer = call(&World::new(), method, &path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {}", answer.body);
        assert_eq!(answer.body["selectionReason"], reason, "{path}");
        assert_eq!(answer.body["displayNumber"], "(404) 555-0199");
        assert_eq!(answer.body["healthStatus"], "Needs Attention");
        assert_eq!(answer.body["eligibleNumbers"][0]["isSelected"], true);
    }
}

#[tokio::test]
async fn webhooks_reach_the_service_with_their_token_and_their_bytes() {
    let world = World::new();
    let signed = [("telnyx-signature-ed25519", "good")];
    let body = json!({ "data": {} });
    for path in [
        "/webhooks/telnyx/t0ken",
        "/webhooks/telnyx",
        "/webhooks/another/t0ken",
        "/webhooks/another",
    ] {
        let answer = call_with(&world, Method::POST, path, Some(body.clone()), &signed).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let bytes = body.to_string().into_bytes();
    let received = world.service.webhooks.lock().unwrap().clone();
    let of_attempt = (Some("t0ken".to_owned()), bytes.clone());
    let other = (None, bytes);
    assert_eq!(
        received,
        [of_attempt.clone(), other.clone(), of_attempt, other]
    );
}

#[tokio::test]
async fn liveness_needs_nothing_and_readiness_needs_the_store() {
    let world = World::new();
    *world.service.is_down.lock().unwrap() = true;
    let client = world.client();
    client
        .get("/health/live")
        .send()
        .await
        .assert_status_is_ok();
    let ready = client.get("/health/ready").send().await;
    ready.assert_status(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_document_and_the_reference_are_served() {
    let world = World::new();
    let document = call(&world, Method::GET, "/openapi.json", None).await;
    assert_eq!(document.body["openapi"], "3.1.1");
    let client = world.client();
    let reference = client.get("/docs").send().await;
    reference.assert_header("content-type", "text/html; charset=utf-8");
    let policy = reference.0.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    client.head("/docs").send().await.assert_status_is_ok();
}

#[tokio::test]
async fn metrics_are_not_shown_with_the_api() {
    let answer = call(&World::new(), Method::GET, "/metrics", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
