//! Workers whose clocks differ, and clocks that jump: no message leaves twice or is lost.

use std::collections::HashSet;

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_postgres::Audit;
use sms_tests::{Setup, TestApp};

use crate::LEAD;

/// The difference between clocks that the system tolerates.
const SKEW: TimeDelta = TimeDelta::seconds(5);

async fn without_idempotency() -> TestApp {
    TestApp::start_with(Setup {
        enforces_idempotency: false,
        ..Setup::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_five_seconds_apart_send_each_message_once() {
    let app = without_idempotency().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.default_daily_cap = 0;
        })
        .await;
    let people = (0..40).map(|n| format!("+140455501{n:02}"));
    let conversations = acme.conversations(people).await;
    let mut ids = Vec::new();
    for n in 0..120 {
        let conversation = conversations[n % conversations.len()];
        ids.push(acme.send_text(conversation, &format!("Text {n}")).await);
    }
    let ahead = app.worker_ahead_by(SKEW).await;
    tokio::join!(app.dispatch(), ahead.dispatch());
    app.advance(SKEW);
    tokio::join!(app.deliver(), ahead.dispatch());

    let ledger = app.ledger();
    let texts: HashSet<_> = ledger.iter().map(|entry| &entry.text).collect();
    assert_eq!((ledger.len(), texts.len()), (ids.len(), ids.len()));
    for id in &ids {
        assert_eq!(acme.status(id).await, "delivered");
    }
    assert_eq!(app.audit().await, Audit::default());
}

#[tokio::test]
async fn a_worker_that_is_ahead_leaves_alone_what_another_is_sending() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme.send_text(acme.conversation(LEAD).await, "Hi").await;
    let calls = app.claim().await;
    let ahead = app.worker_ahead_by(SKEW).await;
    assert_eq!((calls.len(), ahead.claim().await.len()), (1, 0));
    app.call(calls).await;
    app.receipts().await;
    assert_eq!(acme.status(&id).await, "delivered");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_worker_that_is_behind_sends_what_was_accepted_before_its_now_a_little_later() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    acme.send_text(acme.conversation(LEAD).await, "Hi").await;
    let behind = app.worker_ahead_by(-SKEW).await;
    behind.dispatch().await;
    assert!(app.ledger().is_empty());
    app.advance(SKEW);
    behind.dispatch().await;
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_while_a_call_is_made_sends_nothing_twice() {
    let app = without_idempotency().await;
    let acme = app.tenant().await;
    let id = acme.send_text(acme.conversation(LEAD).await, "Hi").await;
    let calls = app.claim().await;
    let jumped = app.worker_ahead_by(TimeDelta::hours(1)).await;
    jumped.dispatch().await;
    assert_eq!(acme.status(&id).await, "sending");
    assert!(app.ledger().is_empty());

    app.call(calls).await;
    app.receipts().await;
    assert_eq!(acme.status(&id).await, "delivered");
    assert_eq!(app.ledger().len(), 1);
    assert_eq!(app.audit().await, Audit::default());
}

#[tokio::test]
async fn a_clock_that_steps_back_while_a_call_is_made_changes_nothing() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hi").await;
    let calls = app.claim().await;
    app.advance(-TimeDelta::minutes(10));
    app.call(calls).await;
    app.deliver().await;
    assert_eq!(acme.status(&id).await, "delivered");
    let later = acme.send_text(conversation, "Hi again").await;
    app.deliver().await;
    assert_eq!(acme.status(&later).await, "delivered");
    assert_eq!(app.ledger().len(), 2);
    assert_eq!(app.audit().await, Audit::default());
}
