//! A carrier that throttles: no message is lost, no number rests for hours, and sending is slower for minutes.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::values::Health;
use sms_tests::{Tenant, TestApp};

use crate::LEAD;

const FULL: i64 = 10_000_000;
const PRICE: i64 = 20_000;

/// People whose first message follows the course that the last four digits choose.
fn people(course: &str, count: usize) -> Vec<String> {
    let exchanges = (20..100).filter(|n| n % 10 != 1);
    exchanges
        .take(count)
        .map(|exchange| format!("+1404{exchange}1{course}"))
        .collect()
}

async fn send_to(acme: &Tenant, people: Vec<String>) -> Vec<String> {
    let mut ids = Vec::new();
    for conversation in acme.conversations(people).await {
        ids.push(acme.send_text(conversation, "Hello!").await);
    }
    ids
}

async fn are_delivered(acme: &Tenant, ids: &[String]) -> bool {
    for id in ids {
        if acme.status(id).await != "delivered" {
            return false;
        }
    }
    true
}

async fn pace(app: &TestApp, acme: &Tenant) -> Option<u32> {
    app.look_at_numbers().await;
    let conversation = acme.conversation("+14045550177").await;
    let number = acme.numbers(conversation).await.remove(0);
    assert_eq!(
        (number.health, number.cooling_until),
        (Health::Healthy, None)
    );
    number.minute_limit
}

#[tokio::test]
async fn a_burst_that_was_too_much_is_delivered_later_and_the_organization_goes_on() {
    for course in ["4011", "5011", "4318", "5014"] {
        let app = TestApp::start().await;
        let acme = app.tenant().await;
        let ids = send_to(&acme, people(course, 40)).await;
        app.deliver().await;
        assert_eq!(pace(&app, &acme).await, Some(30), "{course}");
        let other = acme.conversation(LEAD).await;
        let other = acme.send_text(other, "Are you there?").await;

        let mut minutes = 0;
        while !are_delivered(&acme, &ids).await {
            app.advance(TimeDelta::seconds(20));
            app.deliver().await;
            minutes += 1;
            assert!(minutes < 60, "{course}: not all of them leave");
        }
        assert_eq!(acme.status(&other).await, "delivered", "{course}");
        let conversation = acme.conversation("+14045550178").await;
        let wallet = acme.wallet(conversation).await;
        let spent = (FULL - wallet.balance.micros(), wallet.held.micros());
        assert_eq!(spent, (41 * PRICE, 0), "{course}");
    }
}

#[tokio::test]
async fn a_pace_that_was_lowered_is_kept_and_raised_again_in_minutes() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    send_to(&acme, people("4011", 1)).await;
    app.dispatch().await;
    assert_eq!(pace(&app, &acme).await, Some(30));

    let others = (0..12).map(|n| format!("+14045559{n:03}")).collect();
    send_to(&acme, others).await;
    app.dispatch().await;
    assert!(app.ledger().len() <= 2, "{} at once", app.ledger().len());
    for _ in 0..30 {
        app.advance(TimeDelta::seconds(1));
        app.dispatch().await;
    }
    assert_eq!(app.ledger().len(), 13, "all of them leave");

    app.advance(TimeDelta::minutes(2));
    assert_eq!(pace(&app, &acme).await, None);
}

#[tokio::test]
async fn a_message_that_was_too_much_is_shown_as_waiting_and_paid_once() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation("+14045515011").await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.dispatch().await;
    assert_eq!(acme.status(&id).await, "sent");
    app.advance(TimeDelta::seconds(1));
    app.carrier_settled().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "queued");
    assert_ne!(shown["nextRetryAt"], Value::Null);
    assert_eq!(shown["sentAt"], Value::Null);
    assert_eq!(acme.wallet(conversation).await.balance.micros(), FULL);

    app.advance(TimeDelta::seconds(10));
    app.deliver().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["retryCount"], "1");
    let wallet = acme.wallet(conversation).await;
    assert_eq!(
        (wallet.balance.micros(), wallet.held.micros()),
        (FULL - PRICE, 0)
    );
}

#[tokio::test]
async fn a_message_that_waits_because_it_was_too_much_is_stopped_by_an_opt_out_and_a_cancel() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let mut ids = Vec::new();
    for person in ["+14045515011", "+14044215011"] {
        let conversation = acme.conversation(person).await;
        ids.push(acme.send_text(conversation, "Hello!").await);
    }
    app.dispatch().await;
    app.advance(TimeDelta::seconds(1));
    app.carrier_settled().await;
    acme.opt_out("+14045515011").await;
    assert_eq!(acme.cancel(&ids[1]).await.status, 200);
    app.advance(TimeDelta::minutes(1));
    app.deliver().await;
    assert_eq!(acme.status(&ids[0]).await, "opted_out");
    assert_eq!(acme.status(&ids[1]).await, "canceled");
    assert_eq!(app.ledger().len(), 2);
}

#[tokio::test]
async fn an_account_that_is_asked_too_much_is_left_alone_for_as_long_as_it_asks() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let ids = send_to(&acme, people("1011", 1)).await;
    app.dispatch().await;
    let other = send_to(&acme, vec![LEAD.to_owned()]).await;
    app.dispatch().await;
    assert!(app.ledger().is_empty());
    for _ in 0..10 {
        app.advance(TimeDelta::seconds(20));
        app.deliver().await;
    }
    assert!(are_delivered(&acme, &ids).await && are_delivered(&acme, &other).await);
    assert_eq!(pace(&app, &acme).await, None);
}
