//! Messages that the carrier refuses or cannot deliver, and their money.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Tenant, TestApp};

use crate::LEAD;

const FULL: i64 = 10_000_000;
const PRICE: i64 = 20_000;

async fn sent_to(app: &TestApp, number: &str) -> (Tenant, ConversationId, Value) {
    let acme = app.tenant().await;
    let conversation = acme.conversation(number).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    let shown = acme.message(&id).await;
    (acme, conversation, shown)
}

#[tokio::test]
async fn a_message_that_the_carrier_rejects_fails_and_costs_nothing() {
    let app = TestApp::start().await;
    let (acme, conversation, shown) = sent_to(&app, "+14045554310").await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["errorCode"], "40310");
    assert_ne!(shown["failedAt"], Value::Null);
    let wallet = acme.wallet(conversation).await;
    assert_eq!((wallet.balance.micros(), wallet.held.micros()), (FULL, 0));
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn a_message_that_cannot_be_delivered_is_undeliverable_and_charged() {
    let app = TestApp::start().await;
    let (acme, conversation, shown) = sent_to(&app, "+14045555008").await;
    assert_eq!(shown["status"], "undeliverable");
    assert_eq!(shown["errorCode"], "40008");
    assert_ne!(shown["sentAt"], Value::Null);
    assert_ne!(shown["undeliverableAt"], Value::Null);
    assert_eq!(
        acme.wallet(conversation).await.balance.micros(),
        FULL - PRICE
    );
}

#[tokio::test]
async fn a_message_that_failed_before_it_left_the_carrier_is_paid_back() {
    let app = TestApp::start().await;
    let (acme, conversation, shown) = sent_to(&app, "+14045555010").await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["billingStatus"], "refunded_credited");
    assert_eq!(acme.wallet(conversation).await.balance.micros(), FULL);
}

#[tokio::test]
async fn a_full_queue_at_the_carrier_is_waited_for() {
    let app = TestApp::start().await;
    let (acme, _, shown) = sent_to(&app, "+14045514318").await;
    assert_eq!(shown["status"], "queued");
    let retry_at: chrono::DateTime<chrono::Utc> =
        shown["nextRetryAt"].as_str().unwrap().parse().unwrap();
    app.clock.set(retry_at);
    app.deliver().await;
    let shown = acme.message(shown["id"].as_str().unwrap()).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["retryCount"], "1");
    assert_eq!(shown["nextRetryAt"], Value::Null);
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_queue_that_stays_full_ends_the_message_with_its_validity() {
    let app = TestApp::start().await;
    let (acme, conversation, shown) = sent_to(&app, "+14045554318").await;
    for _ in 0..80 {
        app.advance(TimeDelta::hours(1));
        app.dispatch().await;
    }
    let shown = acme.message(shown["id"].as_str().unwrap()).await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["errorCode"], "expired_before_send");
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn a_refused_account_is_left_alone_and_everything_leaves_once_it_works_again() {
    let app = TestApp::start().await;
    // The API key fails once.
    let (acme, _, shown) = sent_to(&app, "+14045511009").await;
    assert_eq!(shown["status"], "queued");
    assert_eq!(shown["retryCount"], "0");
    let other = acme.send_text(acme.conversation(LEAD).await, "Hi").await;
    app.dispatch().await;
    assert_eq!(acme.status(&other).await, "queued");
    assert!(app.ledger().is_empty());

    app.advance(TimeDelta::seconds(40));
    app.deliver().await;
    for id in [shown["id"].as_str().unwrap(), &other] {
        assert_eq!(acme.status(id).await, "delivered");
    }
    assert_eq!(app.ledger().len(), 2);
}

#[tokio::test]
async fn an_opt_out_that_only_the_carrier_knows_blocks_the_message() {
    let app = TestApp::start().await;
    let (_, _, shown) = sent_to(&app, "+14045554300").await;
    assert_eq!(shown["status"], "opted_out");
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn a_sender_that_is_not_registered_blocks_the_message() {
    let app = TestApp::start().await;
    let (_, _, shown) = sent_to(&app, "+14045554010").await;
    assert_eq!(shown["status"], "blocked_missing_campaign");
}
