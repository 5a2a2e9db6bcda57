//! Webhooks about sent messages: which, how often, in which order, to which URL, and how signed.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use telnyx_sim::SimConfig;

use crate::support::{Answer, PERSON, World};

const SENT: (&str, &str) = ("message.sent", "sent");
const DELIVERED: (&str, &str) = ("message.finalized", "delivered");
const FAILED: (&str, &str) = ("message.finalized", "delivery_failed");
const UNCONFIRMED: (&str, &str) = ("message.finalized", "delivery_unconfirmed");
const NOT_SENT: (&str, &str) = ("message.finalized", "sending_failed");
const EXPIRED: (&str, &str) = ("message.finalized", "expired");
const UNLISTED: (&str, &str) = ("message.pondered", "carrier_pondering");

#[rstest]
#[case::ordinary("0000", "delivered", &[SENT, DELIVERED])]
#[case::not_routable("5001", "delivery_failed", &[SENT, FAILED])]
#[case::spam_temporary("5002", "delivery_failed", &[SENT, FAILED])]
#[case::spam_permanent("5003", "delivery_failed", &[SENT, FAILED])]
#[case::expired_on_the_way("5005", "delivery_failed", &[SENT, FAILED])]
#[case::server_unavailable("5006", "delivery_failed", &[SENT, FAILED])]
#[case::undeliverable("5008", "delivery_failed", &[SENT, FAILED])]
#[case::not_registered("5010", "sending_failed", &[NOT_SENT])]
#[case::throughput("5011", "sending_failed", &[NOT_SENT])]
#[case::expired("5014", "expired", &[EXPIRED])]
#[case::opted_out("5300", "sending_failed", &[NOT_SENT])]
#[case::unlisted_code("5999", "delivery_failed", &[SENT, FAILED])]
#[case::no_receipt("6001", "delivered", &[])]
#[case::never_final("6002", "sent", &[SENT])]
#[case::duplicated("6004", "delivered", &[SENT, SENT, SENT, DELIVERED, DELIVERED, DELIVERED])]
#[case::shuffled("6005", "delivered", &[DELIVERED, SENT])]
#[case::unconfirmed("6006", "delivery_unconfirmed", &[SENT, UNCONFIRMED])]
#[case::delivered_after_failed("6007", "delivered", &[SENT, FAILED, DELIVERED])]
#[case::delivered_after_unconfirmed("6008", "delivered", &[SENT, UNCONFIRMED, DELIVERED])]
#[case::failed_after_delivered("6009", "delivery_failed", &[SENT, DELIVERED, FAILED])]
#[case::unlisted_event("6010", "delivered", &[UNLISTED, SENT, DELIVERED])]
#[tokio::test]
async fn a_magic_number_decides_the_receipts(
    #[case] digits: &str,
    #[case] status: &str,
    #[case] expected: &[(&str, &str)],
) {
    let world = World::new().await;
    let sent = world.send(&format!("+1202555{digits}")).await;
    world.advance_seconds(6).await;
    let events = world.receiver.events();
    let events: Vec<_> = events
        .iter()
        .map(|(kind, to)| (kind.as_str(), to.as_str()))
        .collect();
    assert_eq!(events, expected);
    assert_eq!(world.status_of(sent.id()).await, status);
}

#[tokio::test]
async fn all_receipts_that_are_due_at_once_still_come_in_order() {
    let world = World::new().await;
    world.send("+12025556007").await;
    world.advance(Duration::from_secs(60)).await;
    let statuses: Vec<_> = world
        .receiver
        .events()
        .into_iter()
        .map(|(_, status)| status)
        .collect();
    assert_eq!(statuses, ["sent", "delivery_failed", "delivered"]);
}

#[tokio::test]
async fn a_webhook_has_the_documented_envelope() {
    let world = World::new().await;
    let sent = world.send(PERSON).await;
    world.advance_seconds(2).await;
    let webhook = &world.receiver.received()[1];
    assert_eq!(webhook.path, "/a");
    assert_eq!(webhook.body["data"]["record_type"], "event");
    assert_eq!(
        webhook.body["data"]["occurred_at"],
        "2026-03-03T12:00:02.000+00:00"
    );
    assert_eq!(webhook.payload()["id"], sent.id());
    assert_eq!(webhook.payload()["cost"]["amount"], "0.0070");
    assert_eq!(
        webhook.body["meta"],
        json!({
            "attempt": 1, "delivered_to": world.receiver.url("/a"),
        })
    );
}

#[tokio::test]
async fn a_failure_names_its_code_and_the_recipient() {
    let world = World::new().await;
    world.send("+12025555008").await;
    world.advance_seconds(2).await;
    let webhook = world.receiver.received().remove(1);
    let error = &webhook.payload()["errors"][0];
    assert_eq!(error["code"], "40008");
    assert_eq!(error["title"], "Undeliverable");
    assert_eq!(error["source"]["pointer"], "/to/0/phone_number");
}

#[tokio::test]
async fn a_webhook_is_signed_over_timestamp_and_raw_body() {
    let world = World::new().await;
    world.send(PERSON).await;
    world.advance_seconds(1).await;
    let mut webhook = world.receiver.received().remove(0);
    assert_eq!(webhook.timestamp, "1772539201");
    assert!(webhook.is_signed_by(&world.simulator.public_key()));
    webhook.bytes.push(b' ');
    assert!(!webhook.is_signed_by(&world.simulator.public_key()));
}

#[tokio::test]
async fn duplicates_share_the_event_id_and_different_facts_do_not() {
    let world = World::new().await;
    world.send("+12025556004").await;
    world.advance_seconds(2).await;
    let received = world.receiver.received();
    let ids: Vec<_> = received.iter().map(|webhook| webhook.event_id()).collect();
    assert!(ids[..3].iter().all(|id| *id == ids[0]));
    assert!(ids[3..].iter().all(|id| *id == ids[3]));
    assert_ne!(ids[0], ids[3]);
}

#[tokio::test]
async fn late_receipts_come_after_everything_else_with_their_old_instants() {
    let world = World::new().await;
    let sent = world.send("+12025556003").await;
    world.advance_seconds(6).await;
    assert_eq!(world.status_of(sent.id()).await, "delivered");
    assert_eq!(world.receiver.events(), []);
    world.advance(Duration::from_secs(30 * 60)).await;
    let received = world.receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(
        received[1].body["data"]["occurred_at"],
        "2026-03-03T12:00:02.000+00:00"
    );
}

#[tokio::test]
async fn an_unacknowledged_webhook_is_tried_three_times_with_growing_pauses() {
    let world = World::new().await;
    world.receiver.answer_next(&[500, 302, 404]);
    let mut body = world.body("+12025556002");
    body["use_profile_webhooks"] = json!(false);
    assert!(
        world
            .request(&body)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    let mut arrivals = Vec::new();
    for second in 1..=60_u32 {
        world.advance_seconds(1).await;
        arrivals.resize(world.receiver.received().len(), second);
    }
    assert_eq!(arrivals, [1, 2, 6]);
    let attempts: Vec<_> = world
        .receiver
        .received()
        .iter()
        .map(|w| w.body["meta"]["attempt"].clone())
        .collect();
    assert_eq!(attempts, [json!(1), json!(2), json!(3)]);
}

#[tokio::test]
async fn a_retry_carries_the_same_event_and_a_fresh_signature() {
    let world = World::new().await;
    world.receiver.answer_next(&[500]);
    world.send("+12025556002").await;
    world.advance_seconds(2).await;
    let received = world.receiver.received();
    assert_eq!(received[0].event_id(), received[1].event_id());
    assert_ne!(received[0].timestamp, received[1].timestamp);
    assert!(received[1].is_signed_by(&world.simulator.public_key()));
}

#[tokio::test]
async fn a_failing_receiver_sees_the_next_event_before_the_retry() {
    let config = SimConfig {
        webhook_backoff: Duration::from_secs(2),
        ..SimConfig::default()
    };
    let world = World::with(config).await;
    world.receiver.answer_next(&[500]);
    world.send(PERSON).await;
    world.advance_seconds(6).await;
    let received = world.receiver.received();
    let seen: Vec<_> = received
        .iter()
        .map(|webhook| (webhook.status(), webhook.body["meta"]["attempt"].clone()))
        .collect();
    let expected = [("sent", 1), ("delivered", 1), ("sent", 2)];
    assert_eq!(
        seen,
        expected.map(|(status, attempt)| (status.to_owned(), json!(attempt)))
    );
}

#[tokio::test]
async fn failing_urls_are_followed_by_the_failover_and_then_the_profiles() {
    let world = World::new().await;
    let profile = world.receiver.url("/profile");
    world.simulator.set_inbound_webhook_url(Some(&profile));
    world.receiver.answer_next(&[500; 8]);
    let mut body = world.body("+12025556002");
    body["webhook_failover_url"] = Value::from(world.receiver.url("/b"));
    assert!(
        world
            .request(&body)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    world.advance_seconds(60).await;
    let paths: Vec<_> = world
        .receiver
        .received()
        .into_iter()
        .map(|w| w.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/a", "/a", "/a", "/b", "/b", "/b", "/profile", "/profile", "/profile"
        ]
    );
}

#[tokio::test]
async fn a_message_without_a_url_uses_the_profiles() {
    let world = World::new().await;
    world
        .simulator
        .set_inbound_webhook_url(Some(&world.receiver.url("/profile")));
    let mut body = world.body(PERSON);
    body["webhook_url"] = Value::Null;
    let answer = Answer::of(world.request(&body).send().await.unwrap()).await;
    assert_eq!(answer.status.as_u16(), 200);
    world.advance_seconds(1).await;
    assert_eq!(world.receiver.received()[0].path, "/profile");
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_in_time_is_tried_again() {
    let deaf = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = SimConfig {
        webhook_timeout: Duration::from_millis(50),
        ..SimConfig::default()
    };
    let world = World::with(config).await;
    let mut body = world.body("+12025556002");
    body["webhook_url"] = json!(format!("http://{}/", deaf.local_addr().unwrap()));
    body["webhook_failover_url"] = json!(world.receiver.url("/b"));
    assert!(
        world
            .request(&body)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    world.advance_seconds(60).await;
    assert_eq!(world.receiver.received()[0].body["meta"]["attempt"], 4);
}
