//! The carrier's receipts, in any order and number.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::ports::Clock;
use sms_tests::TestApp;

use crate::{LEAD, at};

async fn told_by(number: &str) -> Value {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme
        .send_text(acme.conversation(number).await, "Hello!")
        .await;
    app.deliver().await;
    assert_eq!(app.ledger().len(), 1);
    acme.message(&id).await
}

#[tokio::test]
async fn receipts_that_come_three_times_count_once() {
    let shown = told_by("+14045556004").await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["billingStatus"], "charged");
}

#[tokio::test]
async fn receipts_in_the_wrong_order_lead_to_the_same_message() {
    let (shuffled, straight) = (told_by("+14045556005").await, told_by(LEAD).await);
    for field in ["status", "sentAt", "deliveredAt", "billingStatus"] {
        assert_eq!(shuffled[field], straight[field], "{field}");
    }
}

#[tokio::test]
async fn a_late_receipt_tells_when_the_handset_had_the_message() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme
        .send_text(acme.conversation("+14045556003").await, "Hello!")
        .await;
    let sent_at = app.clock.now();
    app.dispatch().await;
    app.advance(TimeDelta::minutes(31));
    app.carrier_settled().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(at(&shown, "deliveredAt"), sent_at + TimeDelta::seconds(2));
}

#[tokio::test]
async fn a_delivery_after_a_failure_is_believed() {
    let shown = told_by("+14045556007").await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["errorCode"], Value::Null);
}

#[tokio::test]
async fn a_failure_after_a_delivery_is_not_believed() {
    assert_eq!(told_by("+14045556009").await["status"], "delivered");
}

#[tokio::test]
async fn a_carrier_that_confirms_nothing_leaves_the_message_sent() {
    assert_eq!(told_by("+14045556006").await["status"], "sent");
}

#[tokio::test]
async fn events_that_no_document_lists_are_taken_and_change_nothing() {
    assert_eq!(told_by("+14045556010").await["status"], "delivered");
}

#[tokio::test]
async fn a_receipt_before_our_own_record_of_the_answer_is_kept() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    // The answer is lost, so only the receipts are recorded.
    let conversation = acme.conversation("+14045557003").await;
    let id = acme.send_text(conversation, "Hello!").await;
    let calls = app.claim().await;
    let receipts_first = async {
        app.receipts().await;
    };
    tokio::join!(app.call(calls), receipts_first);
    app.receipts().await;
    assert_eq!(acme.status(&id).await, "delivered");
}

#[tokio::test]
async fn a_notice_about_nothing_that_is_known_is_kept_and_acknowledged() {
    let app = TestApp::start().await;
    let client = app.client();
    let payload = json!({ "id": "40319c0a-1111-4222-8333-944444444444", "to": [] });
    let notice = app.notice("message.finalized", &payload);
    assert_eq!(notice.post(&client, None).await.status, 200);
    assert_eq!(notice.post(&client, Some("not-a-token")).await.status, 200);
    assert_eq!(app.audit().await.unmatched_events, 1);
}

#[tokio::test]
async fn a_notice_with_a_wrong_signature_is_turned_away() {
    let app = TestApp::start().await;
    let payload = json!({ "id": "40319c0a-1111-4222-8333-944444444444" });
    let mut forged = app.notice("message.finalized", &payload);
    forged.body.push(b' ');
    let answer = forged.post(&app.client(), None).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.problem(), Some("invalid-signature"));
}

#[tokio::test]
async fn a_notice_that_is_too_old_is_turned_away() {
    let app = TestApp::start().await;
    let notice = app.notice("message.finalized", &json!({ "id": "x" }));
    app.advance(TimeDelta::seconds(301));
    assert_eq!(notice.post(&app.client(), None).await.status, 403);
}
