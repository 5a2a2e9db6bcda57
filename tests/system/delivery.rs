//! The main path: a request becomes a text on a person's phone, and the API reports it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sms_domain::facts::OrganizationKind;
use sms_domain::ports::Clock;
use sms_tests::{TestApp, message};
use uuid::Uuid;

use crate::{LEAD, at};

#[tokio::test]
async fn a_message_goes_from_the_request_to_the_handset_and_every_step_is_shown() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;

    let accepted_at = app.clock.now();
    let answer = acme
        .send(&message(conversation, "Thanks for your inquiry!"))
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["status"], "queued");
    assert_eq!(answer.body["billableAmount"], "0.0200");
    let id = answer.id();

    app.advance(TimeDelta::seconds(1));
    let claimed_at = app.clock.now();
    let calls = app.claim().await;
    assert_eq!(acme.status(&id).await, "sending");

    app.advance(TimeDelta::seconds(1));
    let sent_at = app.clock.now();
    app.call(calls).await;
    assert_eq!(acme.status(&id).await, "sent");

    app.receipts().await;
    let shown = acme.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(at(&shown, "queuedAt"), accepted_at);
    assert_eq!(at(&shown, "sendingStartedAt"), claimed_at);
    assert_eq!(at(&shown, "sentAt"), sent_at);
    assert_eq!(at(&shown, "deliveredAt"), sent_at + TimeDelta::seconds(2));
    assert_eq!(shown["billingStatus"], "charged");
    assert_eq!(shown["retryCount"], "0");
    assert_eq!(shown["lead"]["name"], "Ann Lee");
    assert_eq!(shown["organizationName"], "Acme Roofing");

    let ledger = app.ledger();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].to, LEAD);
    assert_eq!(ledger[0].text, "Thanks for your inquiry!");
    assert_eq!(ledger[0].id.to_string(), shown["providerMessageId"]);
}

#[tokio::test]
async fn a_sandbox_organizations_message_is_delivered_by_the_simulated_account_at_any_hour() {
    let app = TestApp::start().await;
    app.set_time("2026-03-04T08:00:00Z");
    let demo = app.tenant_of(OrganizationKind::Sandbox, |_| {}).await;
    let conversation = demo.conversation(LEAD).await;
    let id = demo.send_text(conversation, "Is anybody there?").await;
    app.deliver().await;
    let shown = demo.message(&id).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["trafficType"], "Test");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_simultaneous_messages_to_one_person_none_is_turned_away() {
    let app = TestApp::start().await;
    let demo = app.tenant_of(OrganizationKind::Sandbox, |_| {}).await;
    let conversation = demo.conversation(LEAD).await;
    let mut sends = tokio::task::JoinSet::new();
    for n in 0..50 {
        let demo = demo.clone();
        sends.spawn(async move { demo.send(&message(conversation, &format!("{n}"))).await });
    }
    let answers = sends.join_all().await;
    let taken = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(taken.count(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_more_to_one_person_some_are_told_to_come_again_and_then_all_are_taken() {
    let app = TestApp::start().await;
    let demo = app.tenant_of(OrganizationKind::Sandbox, |_| {}).await;
    let conversation = demo.conversation(LEAD).await;
    // A key that was never seen is looked up for at most 256 requests of an address at once.
    let nothing = format!("/events/sms/{}", Uuid::from_u128(1));
    assert_eq!(demo.client.get(&nothing).await.status, 404);
    let mut left: Vec<usize> = (0..300).collect();
    let mut taken = BTreeSet::new();
    for _ in 0..20 {
        let mut sends = tokio::task::JoinSet::new();
        for n in left.drain(..) {
            let demo = demo.clone();
            sends.spawn(async move {
                let body = message(conversation, &format!("{n}"));
                let key = format!("key-{n}");
                (n, demo.client.post_once("/sms/send", &body, &key).await)
            });
        }
        for (n, answer) in sends.join_all().await {
            if answer.status != 201 {
                assert_eq!(answer.status, 503, "{answer:?}");
                assert_eq!(answer.header("retry-after"), Some("1"));
                left.push(n);
                continue;
            }
            taken.insert(answer.body["id"].to_string());
        }
    }
    assert_eq!(left, [0_usize; 0]);
    assert_eq!(taken.len(), 300);
    app.deliver().await;
    let mut texts: Vec<usize> = (app.ledger().iter())
        .map(|sent| sent.text.parse().unwrap())
        .collect();
    texts.sort_unstable();
    assert_eq!(texts, (0..300).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_explanation_of_a_message_names_the_number_and_its_reason() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let id = acme.send_text(conversation, "Hello!").await;
    let explained = acme.client.get(&format!("/sms/{id}/decision")).await;
    assert_eq!(explained.status, 200);
    let number = acme.number_ids[0].to_string();
    assert!(
        explained.body.to_string().contains(&number),
        "{explained:?}"
    );
}

#[tokio::test]
async fn a_preview_says_what_sending_then_does_and_writes_nothing() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let preview = acme
        .client
        .post("/sms/preview", &message(conversation, "Hello!"))
        .await;
    assert_eq!(preview.status, 200);
    assert_eq!(preview.body["status"], "queued");
    app.deliver().await;
    assert!(app.ledger().is_empty());
    let wallet = acme.wallet(conversation).await;
    assert_eq!(wallet.held.micros(), 0);

    let sent = acme.send(&message(conversation, "Hello!")).await;
    assert_eq!(sent.body["status"], preview.body["status"]);
}
