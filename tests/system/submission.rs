//! Drafts, cancellation, replacement and retries of existing messages.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::ports::Clock;
use sms_tests::{TestApp, message};

use crate::LEAD;

fn again(id: &str, request: &Value) -> Value {
    let mut request = request.clone();
    request["smsEventId"] = id.into();
    request
}

#[tokio::test]
async fn a_draft_costs_nothing_until_it_is_sent_by_its_id() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let request = message(conversation, "Hello!");
    let draft = acme.client.post("/sms/drafts", &request).await;
    assert_eq!(draft.status, 201);
    assert_eq!(draft.body["status"], "draft");
    app.deliver().await;
    assert!(app.ledger().is_empty());
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);

    let sent = acme.send(&again(&draft.id(), &request)).await;
    assert_eq!(sent.status, 201);
    assert_eq!(sent.id(), draft.id());
    app.deliver().await;
    assert_eq!(acme.status(&draft.id()).await, "delivered");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_message_for_later_leaves_when_its_time_comes() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let later = app.clock.now() + TimeDelta::hours(2);
    let mut request = message(acme.conversation(LEAD).await, "See you tomorrow");
    request["scheduledFor"] = json!(later);
    let answer = acme.send(&request).await;
    assert_eq!(answer.body["status"], "scheduled");
    assert_eq!(answer.body["scheduledReason"], "client_requested");

    app.advance(TimeDelta::hours(2) - TimeDelta::microseconds(1));
    app.dispatch().await;
    assert_eq!(acme.status(&answer.id()).await, "scheduled");
    app.advance(TimeDelta::microseconds(1));
    app.deliver().await;
    assert_eq!(acme.status(&answer.id()).await, "delivered");
}

#[tokio::test]
async fn a_canceled_message_never_leaves_and_gives_its_money_back() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Oh, wait").await;
    assert_eq!(acme.wallet(conversation).await.held.micros(), 20_000);
    let canceled = acme.cancel(&id).await;
    assert_eq!(canceled.status, 200);
    assert_eq!(canceled.body["status"], "canceled");
    assert_eq!(canceled.body["cancelReason"], "client_requested");
    assert_eq!(acme.cancel(&id).await.body, canceled.body);
    app.deliver().await;
    assert!(app.ledger().is_empty());
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);
}

#[tokio::test]
async fn a_message_that_left_can_no_longer_be_canceled() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme.send_text(acme.conversation(LEAD).await, "Gone").await;
    app.dispatch().await;
    let refused = acme.cancel(&id).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.problem(), Some("not-cancelable"));
}

#[tokio::test]
async fn a_claimed_message_can_no_longer_be_canceled() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme.send_text(acme.conversation(LEAD).await, "Going").await;
    let calls = app.claim().await;
    assert_eq!(acme.cancel(&id).await.status, 400);
    app.call(calls).await;
    assert_eq!(acme.status(&id).await, "sent");
}

#[tokio::test]
async fn a_scheduled_message_is_replaced_by_a_request_with_its_id() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let mut for_later = message(conversation, "First version");
    for_later["scheduledFor"] = json!(app.clock.now() + TimeDelta::hours(1));
    let first = acme.send(&for_later).await;
    let second = acme
        .send(&again(
            &first.id(),
            &message(conversation, "Second version"),
        ))
        .await;
    assert_eq!(second.status, 201);
    assert_eq!(second.id(), first.id());
    assert_eq!(second.body["status"], "queued");
    app.deliver().await;
    app.advance(TimeDelta::hours(2));
    app.deliver().await;
    let texts: Vec<_> = app.ledger().into_iter().map(|sms| sms.text).collect();
    assert_eq!(texts, ["Second version"]);
}

#[tokio::test]
async fn a_failed_message_is_tried_again_with_its_own_text_only() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    // Refused the first time, delivered when tried again.
    let conversation = acme.conversation("+14045514310").await;
    let request = message(conversation, "Hello!");
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    assert_eq!(acme.status(&id).await, "failed");

    let other_text = acme
        .send(&again(&id, &message(conversation, "Other")))
        .await;
    assert_eq!(other_text.status, 400);
    assert!(other_text.body["errors"]["smsEventId"].is_array());

    let retried = acme.send(&again(&id, &request)).await;
    assert_eq!(retried.status, 201);
    assert_eq!(retried.id(), id);
    assert_eq!(retried.body["failedAt"], Value::Null);
    app.deliver().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["retryCount"], "1");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_delivered_message_is_not_sent_again_by_its_id() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    let answer = acme
        .send(&again(&id, &message(conversation, "Hello!")))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn the_number_that_a_person_chose_sends() {
    let app = TestApp::start().await;
    let ids = sms_api::system::SystemIds::default();
    let mut second = None;
    let acme = app
        .tenant_of(sms_domain::facts::OrganizationKind::Live, |around| {
            second = Some(around.add_number(&ids));
        })
        .await;
    let number = second.unwrap().to_string();
    let mut request = message(acme.conversation(LEAD).await, "From me");
    request["fromPhoneNumberId"] = number.clone().into();
    request["wasManuallyOverridden"] = true.into();
    let answer = acme.send(&request).await;
    assert_eq!(answer.body["selectionReason"], "ManualOverride");
    assert_eq!(answer.body["outboundPhoneNumberId"], number);
    app.deliver().await;
    assert_eq!(app.ledger()[0].from, answer.body["fromPhoneNumber"]);
}
