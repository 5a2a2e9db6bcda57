//! The wallet: holds, charges and refunds.

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::billing::Money;
use sms_postgres::Audit;
use sms_tests::{TestApp, message};

use crate::LEAD;

#[tokio::test]
async fn an_empty_wallet_blocks_and_a_later_payment_lets_the_message_be_sent() {
    let app = TestApp::start().await;
    let poor = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.balance = Money::ZERO;
        })
        .await;
    let conversation = poor.conversation(LEAD).await;
    let request = message(conversation, "Hello!");
    let blocked = poor.send(&request).await;
    assert_eq!(blocked.status, 201);
    assert_eq!(blocked.body["status"], "blocked_billing");
    assert_eq!(blocked.body["errorCode"], "wallet_insufficient");
    assert_eq!(blocked.body["billingStatus"], "blocked_due_to_billing");

    poor.top_up(Money::from_micros(20_000)).await;
    let mut again = request.clone();
    again["smsEventId"] = blocked.id().into();
    assert_eq!(poor.send(&again).await.body["status"], "queued");
    app.deliver().await;
    assert_eq!(poor.status(&blocked.id()).await, "delivered");
    assert_eq!(poor.wallet(conversation).await.balance, Money::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_sends_never_spend_more_than_there_is() {
    let app = TestApp::start().await;
    let poor = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.balance = Money::from_micros(60_000);
        })
        .await;
    let mut sends = tokio::task::JoinSet::new();
    for lead in 0..8 {
        let poor = poor.clone();
        sends.spawn(async move {
            let conversation = poor.conversation(&format!("+140455501{lead:02}")).await;
            poor.send(&message(conversation, "Hello!")).await
        });
    }
    let answers = sends.join_all().await;
    let with = |status: &str| {
        let with = answers
            .iter()
            .filter(|answer| answer.body["status"] == status);
        with.count()
    };
    assert_eq!((with("queued"), with("blocked_billing")), (3, 5));
    app.deliver().await;
    assert_eq!(app.ledger().len(), 3);
    assert_eq!(app.audit().await, Audit::default());
}

/// Every course of the simulated carrier, and one without any receipt.
const COURSES: [&str; 37] = [
    "0000", "1007", "1011", "1037", "4001", "4010", "4011", "4300", "4305", "4309", "4310", "4315",
    "4318", "4999", "5001", "5002", "5003", "5005", "5006", "5008", "5010", "5011", "5014", "5016",
    "5018", "5300", "5999", "6001", "6002", "6003", "6004", "6005", "6006", "6007", "6008", "6009",
    "6010",
];

/// The courses in which the carrier accepts a message and drops it because of a rate limit.
const THROTTLED: [&str; 4] = ["5011", "5014", "5016", "5018"];

/// Calls whose answers are lost.
const LOST: [&str; 5] = ["7002", "7003", "7004", "7005", "7006"];

#[tokio::test]
async fn the_books_balance_after_everything_that_a_carrier_can_do() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let mut messages = Vec::new();
    for course in COURSES.into_iter().chain(LOST) {
        let conversation = acme.conversation(&format!("+1404555{course}")).await;
        let answer = acme.send(&message(conversation, course)).await;
        messages.push((course, answer.id()));
    }
    for _ in 0..30 {
        app.deliver().await;
        assert!(is_balanced(&app.audit().await));
        app.advance(TimeDelta::minutes(15));
    }
    let conversation = acme.conversation(LEAD).await;
    app.set_time("2026-03-12T17:00:00Z");
    app.deliver().await;
    let wallet = acme.wallet(conversation).await;
    assert_eq!(wallet.held, Money::ZERO, "{messages:?}");
    for (course, id) in &messages {
        let status = acme.status(id).await;
        assert!(
            !["queued", "sending"].contains(&status.as_str()),
            "{course} is {status}"
        );
    }
    // Messages that were dropped because of a rate limit are retried.
    let ledger = app.ledger().into_iter();
    let reached = ledger.filter(|sms| !THROTTLED.contains(&sms.text.as_str()));
    let mut texts: Vec<_> = reached.map(|sms| sms.text).collect();
    texts.sort();
    let before = texts.len();
    texts.dedup();
    assert_eq!(texts.len(), before, "a text left twice");
}

fn is_balanced(audit: &Audit) -> bool {
    let Audit {
        balance_is_not_the_ledger,
        held_is_not_the_holds,
        overdrawn,
        unmatched_events: _,
    } = audit;
    balance_is_not_the_ledger.is_empty() && held_is_not_the_holds.is_empty() && overdrawn.is_empty()
}
