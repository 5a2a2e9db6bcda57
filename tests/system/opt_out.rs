//! No message leaves to a person who has opted out.

use serde_json::Value;
use sms_domain::facts::OrganizationKind;
use sms_postgres::Audit;
use sms_tests::{TestApp, message};

use crate::LEAD;

#[tokio::test]
async fn an_opt_out_between_the_request_and_the_dispatch_stops_the_message() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    acme.opt_out(LEAD).await;
    app.deliver().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "opted_out");
    assert_eq!(shown["complianceAction"], "blocked_contact_opted_out");
    assert_eq!(shown["errorCode"], "contact_opted_out");
    assert_eq!(shown["billingStatus"], "non_billable_internal");
    assert!(app.ledger().is_empty());
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);
}

#[tokio::test]
async fn a_request_to_a_person_who_opted_out_makes_a_message_that_never_leaves() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    acme.opt_out(LEAD).await;
    let answer = acme.send(&message(conversation, "Hello!")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["status"], "opted_out");
    assert_ne!(answer.body["statusReason"], Value::Null);
    let mut again = message(conversation, "Hello!");
    again["smsEventId"] = answer.id().into();
    assert_eq!(acme.send(&again).await.status, 400);
    app.deliver().await;
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn an_opt_out_of_one_organization_leaves_the_other_free() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    acme.opt_out(LEAD).await;
    let id = other.send_text(other.conversation(LEAD).await, "Hi").await;
    app.deliver().await;
    assert_eq!(other.status(&id).await, "delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_opt_out_that_races_with_the_dispatch_leaves_nothing_for_later() {
    let app = TestApp::start().await;
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.default_daily_cap = 0;
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(acme.send_text(conversation, &format!("Text {n}")).await);
    }
    tokio::join!(app.dispatch(), acme.opt_out(LEAD));
    app.deliver().await;
    let left = app.ledger().len();
    let mut opted_out = 0;
    for id in &ids {
        let status = acme.status(id).await;
        assert!(
            ["delivered", "opted_out"].contains(&status.as_str()),
            "{status}"
        );
        opted_out += usize::from(status == "opted_out");
    }
    assert_eq!(left + opted_out, ids.len());
    assert_eq!(app.audit().await, Audit::default());
}

#[tokio::test]
async fn an_outcome_that_is_unknown_is_not_sent_again_after_an_opt_out() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let id = acme
        .send_text(acme.conversation(LEAD).await, "Hello!")
        .await;
    drop(app.claim().await);
    acme.opt_out(LEAD).await;
    for _ in 0..40 {
        app.advance(chrono::TimeDelta::seconds(30));
        app.dispatch().await;
    }
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["errorCode"], "outcome_unknown");
    assert!(app.ledger().is_empty());
}
