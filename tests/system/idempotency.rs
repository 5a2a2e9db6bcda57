//! Repeated requests.

use serde_json::Value;
use sms_tests::{TestApp, message};

use crate::LEAD;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_sends_with_one_key_make_one_message_and_one_text() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let request = message(acme.conversation(LEAD).await, "Only once, please");
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, request) = (acme.client.clone(), request.clone());
        sends.spawn(async move { client.post_once("/sms/send", &request, "k-1").await });
    }
    let answers = sends.join_all().await;
    assert!(
        answers.iter().all(|answer| answer.status == 201),
        "{answers:?}"
    );
    assert!(answers.iter().all(|answer| answer.id() == answers[0].id()));
    let replays = answers
        .iter()
        .filter(|answer| answer.header("idempotent-replayed") == Some("true"));
    assert_eq!(replays.count(), 7);

    app.deliver().await;
    assert_eq!(acme.status(&answers[0].id()).await, "delivered");
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_message_as_it_is_now() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    let first = acme.client.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(first.header("idempotent-replayed"), None);
    app.deliver().await;
    let again = acme.client.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(again.status, 201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body["status"], "delivered");
    assert_eq!(again.id(), first.id());
    assert_eq!(app.ledger().len(), 1);
}

#[tokio::test]
async fn a_key_that_stands_for_another_command_is_refused() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let send = async |text| {
        let request = message(conversation, text);
        acme.client.post_once("/sms/send", &request, "k-1").await
    };
    assert_eq!(send("One").await.status, 201);
    let other = send("Two").await;
    assert_eq!(other.status, 400);
    assert_eq!(other.problem(), Some("idempotency-key-reused"));
}

#[tokio::test]
async fn the_member_and_the_header_are_the_same_key() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let plain = message(acme.conversation(LEAD).await, "Hello!");
    let mut with_member = plain.clone();
    with_member["outboundIdempotencyKey"] = "k-1".into();
    let by_header = acme.client.post_once("/sms/send", &plain, "k-1").await;
    let by_member = acme.send(&with_member).await;
    assert_eq!(by_member.id(), by_header.id());
    let both = acme
        .client
        .post_once("/sms/send", &with_member, "k-2")
        .await;
    assert_eq!(both.status, 400);
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_key_up() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let good = message(acme.conversation(LEAD).await, "Hello!");
    let mut bad = good.clone();
    bad["text"] = Value::from("   ");
    assert_eq!(
        acme.client.post_once("/sms/send", &bad, "k-1").await.status,
        400
    );
    assert_eq!(
        acme.client
            .post_once("/sms/send", &good, "k-1")
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn organizations_do_not_share_keys() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let mine = message(acme.conversation(LEAD).await, "Hello!");
    let theirs = message(other.conversation(LEAD).await, "Hello!");
    let one = acme.client.post_once("/sms/send", &mine, "k-1").await;
    let two = other.client.post_once("/sms/send", &theirs, "k-1").await;
    assert_ne!(one.id(), two.id());
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    let first = acme.client.post_once("/sms/send", &request, "k-1").await;
    app.advance(chrono::TimeDelta::hours(24));
    let next_day = acme.client.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(next_day.status, 201);
    assert_ne!(next_day.id(), first.id());
}

#[tokio::test]
async fn sending_and_saving_share_the_keys() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    assert_eq!(
        acme.client
            .post_once("/sms/drafts", &request, "k-1")
            .await
            .status,
        201
    );
    let sent = acme.client.post_once("/sms/send", &request, "k-1").await;
    assert_eq!(sent.problem(), Some("idempotency-key-reused"));
}

#[tokio::test]
async fn a_batch_that_is_repeated_sends_nothing_twice() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let item = |text: &str, key: &str| {
        let mut item = message(conversation, text);
        item["outboundIdempotencyKey"] = key.into();
        item
    };
    let mut unknown = item("To nobody", "k-3");
    unknown["conversationId"] = "01900000-0000-7000-8000-00000000ffff".into();
    let items = [
        item("One", "k-1"),
        unknown,
        item("Two", "k-2"),
        item("Other", "k-1"),
    ];
    let batch = serde_json::json!({ "items": items });
    let statuses = |answer: &sms_tests::Answer| -> Vec<Value> {
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["status"].clone()).collect()
    };
    let first = acme.client.post("/sms/batch", &batch).await;
    assert_eq!(first.status, 200);
    assert_eq!(statuses(&first), ["201", "400", "201", "400"]);
    let reused = &first.body["items"][3]["problem"]["type"];
    assert_eq!(reused, "/problems/idempotency-key-reused");
    app.deliver().await;
    let again = acme.client.post("/sms/batch", &batch).await;
    assert_eq!(statuses(&again), statuses(&first));
    assert_eq!(again.body["items"][0]["isReplayed"], true);
    assert_eq!(again.body["items"][0]["message"]["status"], "delivered");
    app.deliver().await;
    assert_eq!(app.ledger().len(), 2);
}
