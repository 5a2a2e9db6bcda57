//! A preview, the stored decision of a message, and the decision before it leaves show the same verdicts.

use serde_json::{Map, Value, json};
use sms_domain::facts::OrganizationKind;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Tenant, TestApp, message};

use crate::{LEAD, at};

const FLORIDIAN: &str = "+13055550100";

/// What both shapes tell of a judgement.
const SHARED: [&str; 8] = [
    "reason",
    "explanation",
    "rules",
    "number",
    "otherNumbers",
    "price",
    "earliestAt",
    "rulesVersion",
];

fn judgement(shown: &Value) -> Map<String, Value> {
    let part = |name: &str| (name.to_owned(), shown[name].clone());
    SHARED.into_iter().map(part).collect()
}

async fn previewed(acme: &Tenant, request: &Value) -> Map<String, Value> {
    let preview = acme.client.post("/sms/preview", request).await;
    assert_eq!(preview.status, 200, "{preview:?}");
    judgement(&preview.body)
}

/// The stored decisions of a message, oldest first.
async fn kept(acme: &Tenant, id: &str) -> Vec<Map<String, Value>> {
    let path = format!("/sms/{id}/decision");
    let decisions = acme.client.get(&path).await.body["decisions"].clone();
    decisions
        .as_array()
        .unwrap()
        .iter()
        .map(judgement)
        .collect()
}

/// Previews and sends a request, compares the decisions when its message is due, and returns the reason of the
/// first decision.
async fn explain(app: &TestApp, acme: &Tenant, request: &Value) -> Value {
    let first = previewed(acme, request).await;
    let answer = acme.send(request).await;
    let id = answer.id();
    assert_eq!(kept(acme, &id).await, std::slice::from_ref(&first));
    if answer.body["status"] == "scheduled" {
        app.clock.set(at(&answer.body, "scheduledFor"));
        let second = previewed(acme, request).await;
        app.dispatch().await;
        assert_eq!(kept(acme, &id).await, [first.clone(), second]);
    }
    first["reason"].clone()
}

async fn scene(differ: impl FnOnce(&mut sms_tests::Surroundings)) -> (TestApp, Tenant) {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, differ).await;
    (app, acme)
}

fn hello(conversation: ConversationId) -> Value {
    message(conversation, "Hello!")
}

#[tokio::test]
async fn one_that_leaves_at_once() {
    let (app, acme) = scene(|_| {}).await;
    let request = hello(acme.conversation(LEAD).await);
    assert_eq!(explain(&app, &acme, &request).await, Value::Null);
}

#[tokio::test]
async fn one_that_waits_for_the_morning() {
    let (app, acme) = scene(|_| {}).await;
    app.set_time("2026-03-04T02:30:00Z");
    let request = hello(acme.conversation(FLORIDIAN).await);
    assert_eq!(explain(&app, &acme, &request).await, "quiet_hours");
}

#[tokio::test]
async fn one_that_waits_for_the_cap() {
    let (app, acme) = scene(|_| {}).await;
    let conversation = acme.conversation(FLORIDIAN).await;
    for text in ["One", "Two", "Three"] {
        acme.send_text(conversation, text).await;
    }
    app.deliver().await;
    assert_eq!(
        explain(&app, &acme, &hello(conversation)).await,
        "state_frequency_cap"
    );
}

#[tokio::test]
async fn one_that_waits_for_a_place_of_its_number() {
    let (app, acme) = scene(|around| around.numbers[0].hourly_limit = Some(1)).await;
    acme.send_text(acme.conversation("+14045550101").await, "One")
        .await;
    app.deliver().await;
    let request = hello(acme.conversation(LEAD).await);
    let reason = explain(&app, &acme, &request).await;
    assert_eq!(reason, "phone_number_hourly_limit_reached");
}

#[tokio::test]
async fn one_that_the_client_wants_later() {
    let (app, acme) = scene(|_| {}).await;
    let mut request = hello(acme.conversation(LEAD).await);
    request["scheduledFor"] = json!("2026-03-05T17:00:00Z");
    assert_eq!(explain(&app, &acme, &request).await, "client_requested");
}

#[tokio::test]
async fn one_to_a_person_who_opted_out() {
    let (app, acme) = scene(|around| around.balance = Money::ZERO).await;
    let request = hello(acme.conversation(LEAD).await);
    acme.opt_out(LEAD).await;
    assert_eq!(explain(&app, &acme, &request).await, "contact_opted_out");
}

#[tokio::test]
async fn one_that_nobody_can_pay() {
    let (app, acme) = scene(|around| around.balance = Money::ZERO).await;
    let request = hello(acme.conversation(LEAD).await);
    assert_eq!(explain(&app, &acme, &request).await, "wallet_insufficient");
}

#[tokio::test]
async fn one_to_a_lead_who_was_put_aside() {
    let (app, acme) = scene(|_| {}).await;
    let conversation = acme
        .conversation_with(LEAD, |lead| lead.is_archived = true)
        .await;
    assert_eq!(
        explain(&app, &acme, &hello(conversation)).await,
        "lead_archived"
    );
}
