//! Pausing and resuming, with messages that wait.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Tenant, TestApp, message};

use crate::LEAD;

const OTHERS: [&str; 4] = [
    "+14045550101",
    "+14045550102",
    "+14045550103",
    "+14045550104",
];

async fn post(acme: &Tenant, path: &str) -> Value {
    let answer = acme.client.post(path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.body
}

async fn assert_paused(acme: &Tenant, id: &str) {
    let shown = acme.message(id).await;
    assert_eq!(shown["status"], "scheduled", "{shown}");
    assert_eq!(shown["scheduledReason"], "paused");
    assert_eq!(shown["scheduledFor"], Value::Null);
    assert_eq!(shown["complianceAction"], "deferred_paused");
    assert_eq!(shown["billingStatus"], Value::Null);
}

#[tokio::test]
async fn what_waits_in_a_paused_organization_is_canceled_stopped_expires_or_leaves_when_resumed() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let mut people = vec![acme.conversation(LEAD).await];
    people.extend(acme.conversations(OTHERS.map(str::to_owned)).await);
    let mut ids = Vec::new();
    for conversation in &people[..4] {
        ids.push(acme.send_text(*conversation, "Hello!").await);
    }
    let shown = post(&acme, "/organizations/my/pause").await;
    assert_eq!(shown["isPaused"], true);
    assert_eq!(app.follow_pauses().await, 4);
    let answer = acme.send(&message(people[4], "Hello!")).await;
    assert_eq!(
        (answer.status, answer.body["scheduledFor"].clone()),
        (201, Value::Null)
    );
    ids.push(answer.id());
    app.deliver().await;
    for id in &ids {
        assert_paused(&acme, id).await;
    }
    assert_eq!(acme.wallet(people[0]).await.held, Money::ZERO);
    assert!(app.ledger().is_empty());

    assert_eq!(acme.cancel(&ids[0]).await.body["status"], "canceled");
    let number = acme.numbers(people[0]).await[0].phone.clone();
    app.text_in(OTHERS[0], number.as_str(), "STOP").await;
    assert_eq!(acme.status(&ids[1]).await, "opted_out");
    let mut short = message(people[2], "Are you at home?");
    short["validUntil"] = json!("2026-03-03T18:00:00Z");
    let short = acme.send(&short).await.id();
    app.set_time("2026-03-03T18:00:00Z");
    app.deliver().await;
    let expired = acme.message(&short).await;
    assert_eq!(expired["errorCode"], "expired_before_send", "{expired}");

    let shown = post(&acme, "/organizations/my/resume").await;
    assert_eq!(shown["isPaused"], false);
    assert_eq!(app.follow_pauses().await, 3);
    app.deliver().await;
    for id in &ids[2..] {
        assert_eq!(acme.status(id).await, "delivered");
    }
    assert_eq!(acme.status(&ids[0]).await, "canceled");
    assert_eq!(app.follow_pauses().await, 0);
}

async fn override_number(acme: &Tenant, conversation: ConversationId, number: &str) {
    let path = format!("/phone-numbers/outgoing/conversation/{conversation}/override");
    let body = json!({ "fromPhoneNumberId": number, "selection": {} });
    assert_eq!(acme.client.post(&path, &body).await.status, 200);
}

#[tokio::test]
async fn a_paused_number_is_not_chosen_and_what_is_bound_to_it_waits_for_it() {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        around.add_number(&SystemIds::default());
    });
    let acme = acme.await;
    let (first, second) = (
        acme.number_ids[0].to_string(),
        acme.number_ids[1].to_string(),
    );
    let bound = acme.conversation(LEAD).await;
    let free = acme.conversation(OTHERS[0]).await;
    override_number(&acme, bound, &first).await;
    let waiting = acme.send_text(bound, "Hello!").await;
    post(&acme, &format!("/phone-numbers/{first}/pause")).await;
    app.follow_pauses().await;
    assert_paused(&acme, &waiting).await;
    let sent = acme.send_text(free, "Hello!").await;
    app.deliver().await;
    let shown = acme.message(&sent).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["outboundPhoneNumberId"], second);
    post(&acme, &format!("/phone-numbers/{first}/resume")).await;
    app.follow_pauses().await;
    app.deliver().await;
    let shown = acme.message(&waiting).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["outboundPhoneNumberId"], first);
}

#[tokio::test]
async fn a_claim_after_the_pause_begins_nothing_and_turns_what_is_queued() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    let worker = app.worker_ahead_by(TimeDelta::zero()).await;
    post(&acme, "/organizations/my/pause").await;
    assert!(worker.claim().await.is_empty());
    assert_paused(&acme, &id).await;
}
