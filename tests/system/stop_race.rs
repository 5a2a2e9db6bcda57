//! A person texts STOP while a thousand messages to them wait and dispatch continues.

use std::collections::HashSet;

use serde_json::json;
use sms_domain::facts::OrganizationKind;
use sms_domain::ports::Clock as _;
use sms_domain::values::billing::Money;
use sms_postgres::Audit;
use sms_tests::{Tenant, TestApp};
use tokio::sync::watch;

use crate::LEAD;

/// Messages that wait.
const MESSAGES: usize = 1_000;

/// Messages that leave before the person texts STOP.
const ENOUGH: usize = 5;

/// Rounds of dispatch after the STOP is acknowledged.
const ROUNDS_AFTER: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_waiting_messages_none_leaves_once_a_stop_is_acknowledged() {
    let app = TestApp::start().await;
    let mut number = String::new();
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        around.balance = Money::from_micros(100_000_000);
        around.organization.policy.default_daily_cap = 0;
        number = around.numbers[0].phone.as_str().to_owned();
    });
    let acme = acme.await;
    let ids = send_all(&acme).await;

    let (acknowledged, is_acknowledged) = watch::channel(false);
    let stop = async {
        while app.ledger().len() < ENOUGH {
            tokio::task::yield_now().await;
        }
        say_stop(&app, &number).await;
        acknowledged.send_replace(true);
    };
    tokio::join!(stop, dispatch_beyond(&app, is_acknowledged));
    app.deliver().await;

    let ledger = app.ledger();
    let left: HashSet<_> = ledger.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(left.len(), ledger.len(), "something left twice");
    assert!(
        left.len() < MESSAGES / 2,
        "the race was over: {}",
        left.len()
    );
    for (n, id) in ids.iter().enumerate() {
        let has_left = left.contains(text(n).as_str());
        let expected = if has_left { "delivered" } else { "opted_out" };
        assert_eq!(acme.status(id).await, expected);
    }
    assert_eq!(app.audit().await, Audit::default());
}

fn text(n: usize) -> String {
    format!("Text {n}")
}

/// The ids of the messages, in the order of their texts.
async fn send_all(acme: &Tenant) -> Vec<String> {
    let conversation = acme.conversation(LEAD).await;
    let mut ids = Vec::new();
    for n in 0..MESSAGES {
        ids.push(acme.send_text(conversation, &text(n)).await);
    }
    ids
}

/// Delivers the STOP to us only: the carrier would refuse messages that we should not have sent.
async fn say_stop(app: &TestApp, number: &str) {
    let payload = json!({
        "id": "the-stop",
        "record_type": "message",
        "direction": "inbound",
        "type": "SMS",
        "from": { "phone_number": LEAD },
        "to": [{ "phone_number": number, "status": "webhook_delivered" }],
        "text": "STOP",
        "media": [],
        "errors": [],
        "autoresponse_type": "opt_out",
        "received_at": app.clock.now(),
    });
    let notice = app.notice("message.received", &payload);
    let answer = notice.post(&app.client(), None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Dispatches without a pause. Once the STOP is acknowledged, claims must lead to no calls.
async fn dispatch_beyond(app: &TestApp, is_acknowledged: watch::Receiver<bool>) {
    let mut rounds_after = 0;
    while rounds_after < ROUNDS_AFTER {
        let is_late = *is_acknowledged.borrow();
        let calls = app.claim().await;
        assert!(!is_late || calls.is_empty(), "{calls:?}");
        app.call(calls).await;
        rounds_after += usize::from(is_late);
    }
}
