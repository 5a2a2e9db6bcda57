//! Retention: texts are erased after the organization's time; the message, the money and the opt-out list stay.

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Tenant, TestApp, message};

use crate::LEAD;

/// A lead to whom the carrier cannot deliver.
const UNREACHABLE: &str = "+14045555008";

/// An organization that erases texts after thirty days.
async fn forgetful(app: &TestApp) -> (Tenant, ConversationId) {
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.retention_days = Some(30);
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    (acme, conversation)
}

#[tokio::test]
async fn a_text_is_gone_after_the_organizations_time_and_the_message_is_still_shown() {
    let app = TestApp::start().await;
    let (acme, conversation) = forgetful(&app).await;
    let id = acme
        .send_text(conversation, "Thanks for your inquiry!")
        .await;
    app.deliver().await;
    let before = acme.message(&id).await;

    app.advance(TimeDelta::days(29));
    assert_eq!(app.retain().await.erased, 0);
    app.advance(TimeDelta::days(2));
    assert_eq!(app.retain().await.erased, 1);

    let mut expected = before.clone();
    expected["text"] = "".into();
    assert_eq!(acme.message(&id).await, expected);
    assert_eq!(before["text"], "Thanks for your inquiry!");
}

#[tokio::test]
async fn what_still_waits_keeps_its_text_however_old_it_is() {
    let app = TestApp::start().await;
    let (acme, conversation) = forgetful(&app).await;
    let draft = message(conversation, "Not yet");
    let draft = acme.client.post("/sms/drafts", &draft).await;
    let mut later = message(conversation, "In five weeks");
    later["scheduledFor"] = (sms_testkit::fixtures::noon() + TimeDelta::days(36))
        .to_rfc3339()
        .into();
    let later = acme.send(&later).await;

    app.advance(TimeDelta::days(35));
    assert_eq!(app.retain().await.erased, 0);
    app.advance(TimeDelta::days(1));
    app.deliver().await;
    assert_eq!(app.ledger().last().unwrap().text, "In five weeks");
    assert_eq!(acme.message(&draft.id()).await["text"], "Not yet");
    assert_eq!(acme.status(&later.id()).await, "delivered");
}

#[tokio::test]
async fn an_erased_message_is_not_sent_again() {
    let app = TestApp::start().await;
    let (acme, _) = forgetful(&app).await;
    let conversation = acme.conversation(UNREACHABLE).await;
    let id = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    assert_eq!(acme.status(&id).await, "undeliverable");
    app.advance(TimeDelta::days(31));
    app.retain().await;

    let mut again = message(conversation, "Hello!");
    again["smsEventId"] = id.clone().into();
    let refused = acme.send(&again).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.to_string().contains("erased"), "{refused:?}");
    let said = app.retry(&acme, &id).await.unwrap_err();
    assert!(said.contains("erased"), "{said}");
}

#[tokio::test]
async fn an_opt_out_outlives_the_text_that_said_it() {
    let app = TestApp::start().await;
    let mut number = String::new();
    let acme = app
        .tenant_of(OrganizationKind::Live, |around| {
            around.organization.policy.retention_days = Some(1);
            number = around.numbers[0].phone.as_str().to_owned();
        })
        .await;
    let conversation = acme.conversation(LEAD).await;
    app.text_in(LEAD, &number, "please stop texting me").await;
    app.dispatch().await;
    app.receipts().await;
    app.advance(TimeDelta::days(400));
    let retained = app.retain().await;
    assert_eq!(retained.erased, 2, "the text and our confirmation");
    assert!(retained.removed > 0, "the carrier's events stayed");
    let answer = acme.send(&message(conversation, "Hello again")).await;
    assert_eq!(answer.body["status"], "opted_out");
}
