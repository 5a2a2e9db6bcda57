//! Messages of a test key stay tests: they reach no person and cost nothing, whoever resends them.

use serde_json::{Value, json};
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Answer, Client, Tenant, TestApp, message};

use crate::LEAD;

const FULL: i64 = 10_000_000;

/// The simulated carrier refuses what is for this number.
const REFUSED: &str = "+14045554310";

/// A live organization with a real number, a simulated one if wanted, and a client with a test key.
async fn scene(has_simulated: bool) -> (TestApp, Tenant, Client) {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        if has_simulated {
            around.add_number(&SystemIds::default());
            around.numbers[1].account = ProviderAccount::new(ProviderAccount::SIMULATOR);
        }
    });
    let acme = acme.await;
    let tester = app.test_client(&acme).await;
    (app, acme, tester)
}

fn again(conversation: ConversationId, id: &str) -> Value {
    let mut again = message(conversation, "Hello!");
    again["smsEventId"] = json!(id);
    again
}

fn is_refused_as(answer: &Answer, words: &str) {
    assert_eq!(answer.status, 400, "{answer:?}");
    let body = answer.body.to_string();
    assert!(
        body.contains("smsEventId") && body.contains(words),
        "{body}"
    );
}

#[tokio::test]
async fn an_operator_who_retries_a_test_that_found_no_number_sends_nothing_and_pays_nothing() {
    let (app, acme, tester) = scene(false).await;
    let conversation = acme.conversation(LEAD).await;
    let sent = tester
        .post("/sms/send", &message(conversation, "Hello!"))
        .await;
    assert_eq!(sent.body["status"], "failed", "{sent:?}");
    assert_eq!(sent.body["trafficType"], "FailedAttempt");
    let said = app.retry(&acme, &sent.id()).await.unwrap();
    assert!(said.ends_with("is failed now"), "{said}");
    app.deliver().await;
    assert!(app.ledger().is_empty());
    let wallet = acme.wallet(conversation).await;
    assert_eq!((wallet.balance.micros(), wallet.held.micros()), (FULL, 0));
}

#[tokio::test]
async fn an_operator_who_retries_a_refused_test_sends_it_through_the_simulator_again() {
    let (app, acme, tester) = scene(true).await;
    let conversation = acme.conversation(REFUSED).await;
    let sent = tester
        .post("/sms/send", &message(conversation, "Hello!"))
        .await;
    app.deliver().await;
    assert_eq!(acme.status(&sent.id()).await, "failed");
    app.retry(&acme, &sent.id()).await.unwrap();
    let shown = acme.message(&sent.id()).await;
    assert_eq!(shown["trafficType"], "Test");
    assert_eq!(
        shown["outboundPhoneNumberId"],
        acme.number_ids[1].to_string()
    );
    app.deliver().await;
    assert!(app.ledger().is_empty());
    let wallet = acme.wallet(conversation).await;
    assert_eq!((wallet.balance.micros(), wallet.held.micros()), (FULL, 0));
}

#[tokio::test]
async fn a_live_key_does_not_send_a_test_again_and_a_test_key_nothing_live() {
    let (app, acme, tester) = scene(true).await;
    let conversation = acme.conversation(REFUSED).await;
    let request = message(conversation, "Hello!");
    let test = tester.post("/sms/send", &request).await.id();
    let live = acme.send(&request).await.id();
    app.deliver().await;
    for path in ["/sms/send", "/sms/preview"] {
        let by_live = acme.client.post(path, &again(conversation, &test)).await;
        is_refused_as(&by_live, "test message");
        let by_test = tester.post(path, &again(conversation, &live)).await;
        is_refused_as(&by_test, "live message");
    }
    let allowed = acme.send(&again(conversation, &live)).await;
    assert_eq!(allowed.status, 201, "{allowed:?}");
}

#[tokio::test]
async fn a_draft_of_a_test_key_is_neither_changed_nor_submitted_by_a_live_one() {
    let (app, acme, tester) = scene(true).await;
    let conversation = acme.conversation(LEAD).await;
    let request = message(conversation, "Hello!");
    let draft = tester.post("/sms/drafts", &request).await.id();
    for path in ["/sms/send", "/sms/drafts"] {
        let answer = acme.client.post(path, &again(conversation, &draft)).await;
        is_refused_as(&answer, "test message");
    }
    let said = app.retry(&acme, &draft).await.unwrap_err();
    assert!(said.contains("draft"), "{said}");
    let sent = tester.post("/sms/send", &again(conversation, &draft)).await;
    assert_eq!(sent.body["trafficType"], "Test", "{sent:?}");
}

#[tokio::test]
async fn an_operator_does_not_send_a_scheduled_message_before_its_time() {
    let (app, acme, tester) = scene(true).await;
    let conversation = acme.conversation(LEAD).await;
    let mut request = message(conversation, "Hello!");
    request["scheduledFor"] = json!("2026-03-04T18:00:00.000Z");
    let later = tester.post("/sms/send", &request).await;
    assert_eq!(later.body["status"], "scheduled");
    let said = app.retry(&acme, &later.id()).await.unwrap_err();
    assert!(said.contains("scheduled"), "{said}");
    app.set_time("2026-03-04T18:00:00Z");
    app.deliver().await;
    let shown = acme.message(&later.id()).await;
    assert_eq!(shown["trafficType"], "Test");
    assert_eq!(
        shown["outboundPhoneNumberId"],
        acme.number_ids[1].to_string()
    );
}

#[tokio::test]
async fn a_live_request_under_the_key_of_a_test_is_not_answered_with_the_test() {
    let (_app, acme, tester) = scene(true).await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    let test = tester.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(test.body["trafficType"], "Test");
    let live = acme.client.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(live.problem(), Some("idempotency-key-reused"));
    let repeated = tester.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(repeated.id(), test.id());
}

#[tokio::test]
async fn a_test_key_is_told_the_number_that_its_own_message_would_leave_from() {
    let (_app, acme, tester) = scene(true).await;
    let request = json!({ "conversationId": acme.conversation(LEAD).await.to_string() });
    let path = "/phone-numbers/outgoing/new";
    for (client, number) in [(&acme.client, 0), (&tester, 1)] {
        let answer = client.post(path, &request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.body.to_string();
        assert!(
            body.contains(&acme.number_ids[number].to_string()),
            "{body}"
        );
        assert!(
            !body.contains(&acme.number_ids[1 - number].to_string()),
            "{body}"
        );
    }
}
