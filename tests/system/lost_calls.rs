//! Calls whose answer was lost: the text leaves once, and its outcome is found out.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::ports::Clock;
use sms_tests::{Setup, TestApp};
use telnyx_sim::Chaos;

use crate::{LEAD, at};

/// A number whose messages are accepted, but the connection closes without an answer.
const LOSES_ANSWERS: &str = "+14045557002";

/// A carrier that accepts everything and sends no receipts.
fn silent() -> Chaos {
    Chaos {
        lost_response: 1.0,
        no_receipt: 1.0,
        ..Chaos::default()
    }
}

async fn without_idempotency() -> TestApp {
    TestApp::start_with(Setup {
        enforces_idempotency: false,
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn a_worker_that_died_before_its_call_is_replaced_under_the_same_key() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme
        .send_text(acme.conversation(LEAD).await, "Hello!")
        .await;
    assert_eq!(app.claim().await.len(), 1);
    app.advance(TimeDelta::seconds(29));
    app.dispatch().await;
    assert!(app.ledger().is_empty());
    app.advance(TimeDelta::seconds(1));
    app.deliver().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["retryCount"], "0");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_key_and_nothing_leaves_twice() {
    let app = TestApp::start().await;
    app.carrier.set_chaos(silent()).unwrap();
    let acme = app.tenant().await;
    let id = acme
        .send_text(acme.conversation(LEAD).await, "Hello!")
        .await;
    app.deliver().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "sending");
    assert_ne!(shown["statusReason"], Value::Null);

    app.carrier.set_chaos(Chaos::default()).unwrap();
    app.advance(TimeDelta::seconds(30));
    app.dispatch().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "sent");
    assert_eq!(app.ledger().len(), 1);
    assert_eq!(shown["providerMessageId"], app.ledger()[0].id.to_string());
}

#[tokio::test]
async fn a_lost_answer_where_keys_mean_nothing_is_found_by_the_receipts_token() {
    let app = without_idempotency().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LOSES_ANSWERS).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.dispatch().await;
    assert_eq!(acme.status(&id).await, "sending");
    app.receipts().await;
    assert_eq!(acme.status(&id).await, "delivered");
    app.advance(TimeDelta::hours(5));
    app.deliver().await;
    assert_eq!(app.ledger().len(), 1);
    assert_eq!(acme.wallet(conversation).await.balance.micros(), 9_980_000);
}

/// The status of a message whose answer was lost, after its receipt: the token alone tells which message
/// it is. A worker sent it under the keys `sent_under`, and the API has the keys `received_under`.
async fn found_by_token(sent_under: &str, received_under: &'static str) -> String {
    let app = TestApp::start_with(Setup {
        enforces_idempotency: false,
        keys: received_under,
        ..Setup::default()
    })
    .await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LOSES_ANSWERS).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.worker_with_keys(sent_under).await.dispatch().await;
    assert_eq!(acme.status(&id).await, "sending");
    app.receipts().await;
    acme.status(&id).await
}

#[tokio::test]
async fn a_receipt_is_found_while_the_installations_key_is_replaced() {
    for (sent_under, received_under) in [("1", "12"), ("21", "12"), ("12", "21"), ("1", "21")] {
        let status = found_by_token(sent_under, received_under).await;
        assert_eq!(status, "delivered", "{sent_under} {received_under}");
    }
}

#[tokio::test]
async fn a_token_of_another_installation_finds_nothing() {
    assert_eq!(found_by_token("2", "1").await, "sending");
}

#[tokio::test]
async fn an_outcome_that_nobody_tells_is_given_up_and_never_sent_again() {
    let app = without_idempotency().await;
    app.carrier.set_chaos(silent()).unwrap();
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    app.carrier.set_chaos(Chaos::default()).unwrap();
    app.advance(TimeDelta::hours(4));
    app.dispatch().await;
    assert_eq!(acme.status(&id).await, "sending");
    app.advance(TimeDelta::minutes(15));
    app.dispatch().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["errorCode"], "outcome_unknown");
    assert_eq!(app.ledger().len(), 1);
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);

    let mut retry = sms_tests::message(conversation, "Hello!");
    retry["smsEventId"] = id.into();
    assert_eq!(acme.send(&retry).await.status, 400);
}

#[tokio::test]
async fn a_receipt_finds_a_message_that_was_given_up() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    // The receipts of this number are half an hour late.
    let conversation = acme.conversation("+14045556003").await;
    app.carrier.set_chaos(Chaos::default()).unwrap();
    let id = acme.send_text(conversation, "Hello!").await;
    let calls = app.claim().await;
    assert_eq!(calls.len(), 1);
    app.call(calls).await;
    app.advance(TimeDelta::minutes(31));
    app.carrier_settled().await;
    app.dispatch().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert!(at(&shown, "deliveredAt") < app.clock.now() - TimeDelta::minutes(29));
}

#[tokio::test]
async fn an_answer_of_500_is_an_unknown_outcome_and_not_a_failure() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    // Accepted, but the answer is a 500.
    let id = acme
        .send_text(acme.conversation("+14045557004").await, "Hello!")
        .await;
    app.dispatch().await;
    assert_eq!(acme.status(&id).await, "sending");
    app.receipts().await;
    assert_eq!(acme.status(&id).await, "delivered");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_message_without_receipts_is_asked_for_at_the_carrier() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    // Delivered, but no receipt comes.
    let id = acme
        .send_text(acme.conversation("+14045556001").await, "Hello!")
        .await;
    app.deliver().await;
    assert_eq!(acme.status(&id).await, "sent");
    app.advance(TimeDelta::minutes(10));
    app.dispatch().await;
    assert_eq!(acme.status(&id).await, "delivered");
}
