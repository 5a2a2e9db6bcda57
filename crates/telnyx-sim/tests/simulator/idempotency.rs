//! `Idempotency-Key` over HTTP.

use std::time::Duration;

use serde_json::json;
use telnyx_sim::SimConfig;

use crate::support::{Answer, PERSON, World};

async fn send_with(world: &World, to: &str, key: &str) -> Answer {
    let request = world
        .request(&world.body(to))
        .header("idempotency-key", key);
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_bytes_and_leaves_once() {
    let world = World::new().await;
    let first = send_with(&world, PERSON, "k1").await;
    world.advance(Duration::from_secs(5)).await;
    let second = send_with(&world, PERSON, "k1").await;
    assert_eq!(first.bytes, second.bytes);
    assert!(!first.headers.contains_key("idempotent-replayed"));
    assert_eq!(second.headers["idempotent-replayed"], "true");
    assert_eq!(world.ledger_len(), 1);
    assert_eq!(
        world.simulator.ledger()[0].idempotency_key.as_deref(),
        Some("k1")
    );
}

#[tokio::test]
async fn a_key_with_other_bytes_is_refused_even_if_they_mean_the_same() {
    let world = World::new().await;
    let body = world.body(PERSON).to_string();
    let post = async |body: String| {
        let request = world.post("/v2/messages").header("idempotency-key", "k1");
        let request = request
            .header("content-type", "application/json")
            .body(body);
        Answer::of(request.send().await.unwrap()).await
    };
    assert_eq!(post(body.clone()).await.status.as_u16(), 200);
    assert_eq!(post(format!("{body} ")).await.refusal(), (422, "10027"));
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_key_is_busy_until_its_request_is_answered() {
    let world = World::new().await;
    let slow = world
        .request(&world.body("+12025557001"))
        .header("idempotency-key", "k1");
    let slow = tokio::spawn(slow.send());
    while world.ledger_len() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        send_with(&world, "+12025557001", "k1").await.refusal(),
        (409, "10036")
    );
    world.advance(Duration::from_secs(15)).await;
    assert_eq!(slow.await.unwrap().unwrap().status().as_u16(), 200);
    let replayed = send_with(&world, "+12025557001", "k1").await;
    assert_eq!(replayed.headers["idempotent-replayed"], "true");
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_request_whose_client_gave_up_is_replayed_and_leaves_once() {
    let world = World::new().await;
    let slow = world
        .request(&world.body("+12025557001"))
        .header("idempotency-key", "k1");
    let slow = tokio::spawn(slow.send());
    while world.ledger_len() == 0 {
        tokio::task::yield_now().await;
    }
    slow.abort();
    world.advance(Duration::from_secs(15)).await;
    let mut answer = send_with(&world, "+12025557001", "k1").await;
    while answer.refusal() == (409, "10036") {
        // The simulator has not finished the abandoned request yet.
        answer = send_with(&world, "+12025557001", "k1").await;
    }
    assert_eq!(answer.headers["idempotent-replayed"], "true");
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_lost_response_is_made_good_by_the_key() {
    let world = World::new().await;
    let lost = world
        .request(&world.body("+12025557002"))
        .header("idempotency-key", "k1");
    assert!(lost.send().await.is_err());
    let again = send_with(&world, "+12025557002", "k1").await;
    assert_eq!(again.status.as_u16(), 200);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn a_refusal_is_not_replayed() {
    let world = World::new().await;
    assert_eq!(
        send_with(&world, "+12025514318", "k1").await.refusal(),
        (400, "40318")
    );
    let again = send_with(&world, "+12025514318", "k1").await;
    assert_eq!(again.status.as_u16(), 200);
    assert!(!again.headers.contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let world = World::new().await;
    send_with(&world, PERSON, "k1").await;
    world.advance(Duration::from_secs(24 * 3600)).await;
    let again = send_with(&world, PERSON, "k1").await;
    assert!(!again.headers.contains_key("idempotent-replayed"));
    assert_eq!(world.ledger_len(), 2);
}

#[tokio::test]
async fn a_malformed_key_is_refused() {
    let world = World::new().await;
    let answer = send_with(&world, PERSON, "no spaces, please").await;
    assert_eq!(answer.refusal(), (400, "10015"));
    assert_eq!(
        answer.body["errors"][0]["source"],
        json!({"parameter": "Idempotency-Key"})
    );
}

#[tokio::test]
async fn an_account_without_idempotency_ignores_the_header() {
    let world = World::with(SimConfig {
        idempotency: false,
        ..SimConfig::default()
    })
    .await;
    for _ in 0..2 {
        let answer = send_with(&world, PERSON, "k1").await;
        assert!(!answer.headers.contains_key("idempotent-replayed"));
    }
    assert_eq!(world.ledger_len(), 2);
}
