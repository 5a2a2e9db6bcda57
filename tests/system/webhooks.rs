//! Events arrive at the endpoints of an organization: signed, numbered, repeated, and never lost.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::ports::{Clock as _, WebhookClaim};
use sms_tests::{Arrived, Receiver, Tenant, TestApp};

use crate::LEAD;

async fn endpoint(acme: &Tenant, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let body = json!({ "url": receiver.url(), "events": events });
    let answer = acme.client.post("/webhooks/endpoints", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.body["endpoint"]["id"].as_str().unwrap().to_owned();
    (id, answer.body["secret"].as_str().unwrap().to_owned())
}

/// Number and status of each event, by number.
fn told(arrived: &[Arrived]) -> Vec<(i64, String)> {
    let mut told: Vec<_> = arrived
        .iter()
        .map(|one| {
            let event = one.event();
            let status = event["data"]["status"].as_str().unwrap().to_owned();
            (event["data"]["sequence"].as_i64().unwrap(), status)
        })
        .collect();
    told.sort();
    told
}

fn numbered(statuses: &[&str]) -> Vec<(i64, String)> {
    let statuses = statuses.iter().map(|&status| status.to_owned());
    (1..).zip(statuses).collect()
}

const DELIVERED: [&str; 4] = ["queued", "sending", "sent", "delivered"];

#[tokio::test]
async fn an_endpoint_hears_of_every_status_of_a_message() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let receiver = Receiver::start().await;
    let (_, secret) = endpoint(&acme, &receiver, &["message.status"]).await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    app.tell().await;
    let arrived = receiver.arrived();
    assert_eq!(told(&arrived), numbered(&DELIVERED));
    for call in &arrived {
        assert!(call.is_signed_with(&secret));
        assert!(!call.is_signed_with("whsec_AAAA"));
        let event = call.event();
        assert_eq!(event["type"], "message.status");
        assert_eq!(event["data"]["id"], id.as_str());
        assert_eq!(event["data"]["toPhoneNumber"], LEAD);
        assert_eq!(event["data"].get("text"), None);
    }
    // Somebody else's messages are told to nobody here.
    let other = app.tenant().await;
    let conversation = other.conversation(LEAD).await;
    other.send_text(conversation, "Hello!").await;
    app.deliver().await;
    app.tell().await;
    assert!(receiver.arrived().is_empty());
}

#[tokio::test]
async fn a_text_and_a_stop_are_told() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let receiver = Receiver::start().await;
    endpoint(
        &acme,
        &receiver,
        &["message.received", "suppression.changed"],
    )
    .await;
    let conversation = acme.conversation(LEAD).await;
    acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    let number = acme.numbers(conversation).await[0].phone.clone();
    app.text_in(LEAD, number.as_str(), "STOP").await;
    app.carrier_settled().await;
    app.tell().await;
    let mut arrived: Vec<Value> = receiver.arrived().iter().map(Arrived::event).collect();
    arrived.sort_by_key(|event| event["type"].to_string());
    assert_eq!(arrived.len(), 2, "{arrived:?}");
    assert_eq!(arrived[0]["data"]["text"], "STOP");
    assert_eq!(arrived[0]["data"]["isOptOut"], true);
    assert_eq!(arrived[1]["data"]["change"], "added");
    assert_eq!(arrived[1]["data"]["phoneNumber"], LEAD);
}

#[tokio::test]
async fn a_refused_call_is_made_again_with_the_same_bytes_and_logged() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&acme, &receiver, &["message.status"]).await;
    let conversation = acme.conversation(LEAD).await;
    acme.send_text(conversation, "Hello!").await;
    receiver.answer([500, 302]);
    app.tell().await;
    let first = receiver.arrived();
    assert_eq!(told(&first), numbered(&["queued"]));
    app.tell().await;
    assert!(receiver.arrived().is_empty(), "not before its time");
    for wait in [TimeDelta::seconds(5), TimeDelta::minutes(5)] {
        app.advance(wait);
        app.tell().await;
        let again = receiver.arrived();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].body, first[0].body);
        assert_eq!(
            again[0].headers["webhook-id"],
            first[0].headers["webhook-id"]
        );
    }
    let path = format!("/webhooks/endpoints/{id}");
    let log = acme.client.get(&format!("{path}/attempts")).await.body;
    let results: Vec<_> = log["items"].as_array().unwrap().iter().collect();
    let results: Vec<_> = results
        .iter()
        .map(|one| one["result"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["taken", "again", "again"]);
    assert_eq!(log["items"][1]["error"], Value::Null);
    let shown = acme.client.get(&path).await.body;
    assert_eq!(shown["failingSince"], Value::Null);
    // What was taken can be asked for again.
    let event = log["items"][0]["eventId"].clone();
    let replay = json!({ "eventId": event });
    let answer = acme.client.post(&format!("{path}/replay"), &replay).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    app.tell().await;
    assert_eq!(receiver.arrived()[0].body, first[0].body);
}

#[tokio::test]
async fn what_a_crashed_worker_had_claimed_is_told_when_its_lease_ends() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let receiver = Receiver::start().await;
    endpoint(&acme, &receiver, &["message.status"]).await;
    let conversation = acme.conversation(LEAD).await;
    acme.send_text(conversation, "Hello!").await;
    let now = app.clock.now();
    let claim = WebhookClaim {
        now,
        lease_until: now + TimeDelta::seconds(30),
        limit: 10,
        share: 10,
        failing_share: 10,
        under_way: Vec::new(),
    };
    let claimed = app.webhook_queue().claim_deliveries(claim).await.unwrap();
    assert_eq!(claimed.len(), 1);
    app.tell().await;
    assert!(receiver.arrived().is_empty());
    app.advance(TimeDelta::seconds(30));
    app.deliver().await;
    app.tell().await;
    assert_eq!(told(&receiver.arrived()), numbered(&DELIVERED));
}

#[tokio::test]
async fn an_endpoint_that_fails_for_five_days_is_switched_off_visibly() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let (dead, healthy) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = endpoint(&acme, &dead, &["message.status"]).await;
    endpoint(&acme, &healthy, &["message.status"]).await;
    let conversation = acme.conversation(LEAD).await;
    dead.answer(std::iter::repeat_n(503, 1_000));
    for _ in 0..6 {
        acme.send_text(conversation, "Hello!").await;
        app.tell().await;
        app.advance(TimeDelta::days(1));
        app.tell().await;
        app.tell().await;
    }
    let path = format!("/webhooks/endpoints/{id}");
    let shown = acme.client.get(&path).await.body;
    assert_eq!(shown["enabled"], false);
    assert_eq!(shown["switchedOffReason"], "failing");
    assert_ne!(shown["switchedOffAt"], Value::Null);
    assert!(healthy.arrived().len() >= 6);
    let log = app.audit_log().await;
    let entry = log
        .iter()
        .find(|record| record.entry.action.as_str() == "webhook_switched_off");
    assert_eq!(entry.unwrap().entry.target, id);
    // Its owner switches it on again.
    dead.answer([]);
    let on = json!({ "url": healthy.url(), "events": ["message.status"], "enabled": true });
    let put = acme.client.request(reqwest::Method::PUT, &path).json(&on);
    let shown = sms_tests::Answer::to(put).await.body;
    assert_eq!(shown["enabled"], true);
    assert_eq!(shown["switchedOffReason"], Value::Null);
    assert_eq!(
        shown["consecutiveFailures"].to_string().trim_matches('"'),
        "0"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_said_by_field() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    for (body, field) in [
        (json!({ "events": ["message.status"] }), "url"),
        (
            json!({ "url": "ftp://acme.com", "events": ["message.status"] }),
            "url",
        ),
        (json!({ "url": "https://acme.com" }), "events"),
        (json!({ "url": "https://acme.com", "events": [] }), "events"),
        (
            json!({ "url": "https://acme.com", "events": ["webhook.test"] }),
            "events",
        ),
        (
            json!({ "url": "https://acme.com", "events": ["message.status"], "enabled": 1 }),
            "enabled",
        ),
    ] {
        let answer = acme.client.post("/webhooks/endpoints", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body["errors"].get(field).is_some(), "{answer:?}");
    }
}

#[tokio::test]
async fn outside_of_development_no_private_address_is_accepted() {
    let app = TestApp::start_with(sms_tests::Setup {
        allow_private: false,
        ..sms_tests::Setup::default()
    })
    .await;
    let acme = app.tenant().await;
    for url in [
        "http://127.0.0.1:9000/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
    ] {
        let body = json!({ "url": url, "events": ["message.status"] });
        let answer = acme.client.post("/webhooks/endpoints", &body).await;
        assert_eq!(answer.status, 400, "{url}");
        assert!(answer.body["errors"].get("url").is_some(), "{answer:?}");
    }
}
