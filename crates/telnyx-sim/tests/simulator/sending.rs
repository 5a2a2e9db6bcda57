//! `POST /v2/messages`, `GET /v2/messages/{id}` and the ledger.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, OURS, PERSON, World};

#[tokio::test]
async fn an_accepted_message_is_answered_as_queued_and_stands_in_the_ledger() {
    let world = World::new().await;
    let answer = world.send(PERSON).await;
    assert_eq!(answer.status, StatusCode::OK);
    let data = &answer.body["data"];
    assert_eq!(data["record_type"], "message");
    assert_eq!(data["direction"], "outbound");
    assert_eq!(
        data["to"][0],
        json!({
            "phone_number": PERSON, "carrier": "T-MOBILE USA, INC.", "line_type": "Wireless",
            "status": "queued",
        })
    );
    assert_eq!(data["from"]["phone_number"], OURS);
    assert_eq!(data["text"], "hello");
    assert_eq!(
        (&data["parts"], &data["encoding"]),
        (&json!(1), &json!("GSM-7"))
    );
    assert_eq!(data["webhook_url"], world.receiver.url("/a"));
    assert_eq!(data["received_at"], "2026-03-03T12:00:00.000+00:00");
    assert_eq!(
        (&data["sent_at"], &data["cost"]),
        (&Value::Null, &Value::Null)
    );

    let ledger = world.simulator.ledger();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].id.to_string(), answer.id());
    assert_eq!(
        (ledger[0].to.as_str(), ledger[0].text.as_str()),
        (PERSON, "hello")
    );
}

#[tokio::test]
async fn a_message_moves_on_with_the_clock() {
    let world = World::new().await;
    let answer = world.send(PERSON).await;
    assert_eq!(world.status_of(answer.id()).await, "queued");
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(world.status_of(answer.id()).await, "sent");
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(world.status_of(answer.id()).await, "delivered");
}

#[tokio::test]
async fn a_finished_message_has_its_times_and_its_cost() {
    let world = World::new().await;
    let mut body = world.body(PERSON);
    body["text"] = json!("a".repeat(161));
    let sent = Answer::of(world.request(&body).send().await.unwrap()).await;
    world.advance(Duration::from_secs(2)).await;
    let path = format!("/v2/messages/{}", sent.id());
    let data = Answer::of(world.get(&path).send().await.unwrap())
        .await
        .body["data"]
        .take();
    assert_eq!(data["sent_at"], "2026-03-03T12:00:01.000+00:00");
    assert_eq!(data["completed_at"], "2026-03-03T12:00:02.000+00:00");
    assert_eq!(data["valid_until"], Value::Null);
    assert_eq!(data["parts"], 2);
    assert_eq!(data["cost"], json!({"amount": "0.0140", "currency": "USD"}));
}

#[tokio::test]
async fn messages_older_than_ten_days_are_forgotten_by_the_api_but_not_by_the_ledger() {
    let world = World::new().await;
    let answer = world.send(PERSON).await;
    let path = format!("/v2/messages/{}", answer.id());
    world.advance(Duration::from_secs(10 * 24 * 3600)).await;
    assert_eq!(
        world.get(&path).send().await.unwrap().status(),
        StatusCode::OK
    );
    world.advance(Duration::from_secs(1)).await;
    let gone = Answer::of(world.get(&path).send().await.unwrap()).await;
    assert_eq!(gone.refusal(), (404, "10005"));
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn an_unknown_message_is_not_found() {
    let world = World::new().await;
    for id in ["7ee4241c-f127-47e5-9c34-3aac291f8058", "nonsense"] {
        let path = format!("/v2/messages/{id}");
        let answer = Answer::of(world.get(&path).send().await.unwrap()).await;
        assert_eq!(answer.refusal(), (404, "10005"));
    }
}

#[tokio::test]
async fn a_request_without_the_key_is_refused() {
    let world = World::new().await;
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap();
    let bare = client
        .post(world.url("/v2/messages"))
        .json(&world.body(PERSON));
    let wrong = bare.try_clone().unwrap().bearer_auth("KEYWRONG");
    for request in [bare, wrong] {
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.refusal(), (401, "10009"));
    }
    assert_eq!(world.ledger_len(), 0);
}

#[tokio::test]
async fn a_refusal_names_code_title_detail_and_place() {
    let world = World::new().await;
    let answer = Answer::of(
        world
            .request(&json!({"from": OURS, "text": "x"}))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = &answer.body["errors"][0];
    assert_eq!(error["code"], "10004");
    assert_eq!(error["title"], "Missing required parameter");
    assert_eq!(error["source"], json!({"pointer": "/to"}));
    assert!(error["detail"].is_string());
    assert_eq!(world.ledger_len(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let world = World::new().await;
    let request = world
        .post("/v2/messages")
        .header("content-type", "text/plain")
        .body("{}");
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.refusal(), (415, "10029"));
}

#[tokio::test]
async fn unknown_urls_and_methods_are_refused_as_the_api_does() {
    let world = World::new().await;
    let answer = Answer::of(world.get("/v2/nothing").send().await.unwrap()).await;
    assert_eq!(answer.refusal(), (404, "10005"));
    let answer = Answer::of(world.get("/v2/messages").send().await.unwrap()).await;
    assert_eq!(answer.refusal(), (405, "10030"));
}

#[tokio::test]
async fn the_control_endpoints_show_ledger_messages_and_key() {
    let world = World::new().await;
    let sent = world.send(PERSON).await;
    world.advance(Duration::from_secs(2)).await;
    let read = async |path: &str| Answer::of(world.get(path).send().await.unwrap()).await.body;
    assert_eq!(read("/sim/health").await, json!({"status": "ok"}));
    assert_eq!(
        read("/sim/public_key").await["public_key"],
        world.simulator.public_key()
    );
    assert_eq!(read("/sim/ledger").await[0]["id"], sent.id());
    assert_eq!(
        read("/sim/messages").await["data"][0]["to"][0]["status"],
        "delivered"
    );
}
