//! Opt-outs that only the carrier knows: they close everything that the person may have meant, and the next message
//! does not leave from another number.

use serde_json::json;
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Surroundings, Tenant, TestApp, message};

/// The carrier refuses the first message to this number because of a STOP, and takes later ones.
const REFUSED_ONCE: &str = "+14045514300";

/// The carrier takes the first message to this number, and then fails it because of a STOP.
const FAILED_ONCE: &str = "+14045515300";

fn five_numbers(around: &mut Surroundings) {
    for _ in 0..4 {
        around.add_number(&SystemIds::default());
    }
}

async fn status_of_next(acme: &Tenant, app: &TestApp, conversation: ConversationId) -> String {
    let id = acme.send_text(conversation, "Are you there?").await;
    app.deliver().await;
    acme.status(&id).await
}

#[tokio::test]
async fn after_a_stop_on_a_profile_that_is_not_known_nothing_leaves_from_any_number() {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, five_numbers).await;
    let conversation = acme.conversation(REFUSED_ONCE).await;
    let mut later = message(conversation, "See you tomorrow");
    later["scheduledFor"] = json!("2026-03-04T18:00:00.000Z");
    let later = acme.send(&later).await;
    assert_eq!(later.body["status"], "scheduled");

    let first = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    assert_eq!(acme.status(&first).await, "opted_out");
    assert_eq!(acme.status(&later.id()).await, "opted_out");
    for _ in 0..5 {
        let status = status_of_next(&acme, &app, conversation).await;
        assert_eq!(status, "opted_out");
    }
    assert!(app.ledger().is_empty());
    assert_eq!(acme.wallet(conversation).await.held.micros(), 0);
}

#[tokio::test]
async fn a_stop_that_comes_by_receipt_closes_the_same_and_shows_on_the_message() {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, five_numbers).await;
    let conversation = acme.conversation(FAILED_ONCE).await;
    let full = acme.wallet(conversation).await.balance;
    let first = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    let shown = acme.message(&first).await;
    assert_eq!(shown["status"], "opted_out");
    assert_eq!(shown["errorCode"], "contact_opted_out");
    assert_eq!(shown["billingStatus"], "refunded_credited");
    for _ in 0..5 {
        let status = status_of_next(&acme, &app, conversation).await;
        assert_eq!(status, "opted_out");
    }
    assert_eq!(app.ledger().len(), 1, "the one that was failed");
    assert_eq!(acme.wallet(conversation).await.balance, full);
}

#[tokio::test]
async fn a_stop_on_a_shared_profile_closes_its_numbers_for_all_who_use_it_and_no_others() {
    let app = TestApp::start().await;
    let shared = |around: &mut Surroundings, most: usize| {
        for number in around.numbers.iter_mut().take(most) {
            number.messaging_profile_id = Some("shared".to_owned());
        }
    };
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        five_numbers(around);
        shared(around, 4);
        around.numbers[4].messaging_profile_id = Some("own".to_owned());
    });
    let acme = acme.await;
    let other = app.tenant_of(OrganizationKind::Live, |around| shared(around, 1));
    let other = other.await;
    let third = app.tenant().await;

    let conversation = acme.conversation(REFUSED_ONCE).await;
    let mut first = message(conversation, "Hello!");
    first["fromPhoneNumberId"] = acme.number_ids[0].to_string().into();
    let first = acme.send(&first).await.id();
    app.deliver().await;
    assert_eq!(acme.status(&first).await, "opted_out");
    assert!(app.ledger().is_empty());

    let elsewhere = other.conversation(REFUSED_ONCE).await;
    let status = status_of_next(&other, &app, elsewhere).await;
    assert_eq!(status, "opted_out");
    assert!(app.ledger().is_empty());

    let second = acme.send_text(conversation, "Hello again!").await;
    app.deliver().await;
    let shown = acme.message(&second).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(
        shown["outboundPhoneNumberId"],
        acme.number_ids[4].to_string()
    );
    let unconcerned = third.conversation(REFUSED_ONCE).await;
    let status = status_of_next(&third, &app, unconcerned).await;
    assert_eq!(status, "delivered");
}
