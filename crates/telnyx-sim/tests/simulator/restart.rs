//! What survives a restart of the process.

use std::{sync::Arc, time::Duration};

use telnyx_sim::{SimConfig, SimError, Simulator};

use crate::support::{Answer, ManualClock, OURS, PERSON, Scratch, World};

fn kept_in(scratch: &Scratch) -> SimConfig {
    SimConfig {
        data_dir: Some(scratch.path().to_owned()),
        ..SimConfig::default()
    }
}

#[tokio::test]
async fn the_ledger_is_on_disk_before_the_answer() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    let answer = world.send(PERSON).await;
    let lines = std::fs::read_to_string(scratch.path().join("ledger.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(entry["id"], answer.id());
    assert_eq!(entry["to"], PERSON);
    assert_eq!(entry["accepted_at"], "2026-03-03T12:00:00Z");
}

#[tokio::test]
async fn a_forced_ledger_is_written_all_the_same() {
    let scratch = Scratch::new();
    let world = World::with(SimConfig {
        fsync: true,
        ..kept_in(&scratch)
    })
    .await;
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
    let lines = std::fs::read_to_string(scratch.path().join("ledger.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1);
}

#[tokio::test]
async fn accepted_messages_and_their_webhooks_go_on_after_a_restart() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    let sent = world.send(PERSON).await;
    world.advance_seconds(1).await;
    let world = world.restart(kept_in(&scratch)).await;
    assert_eq!(world.ledger_len(), 1);
    assert_eq!(world.status_of(sent.id()).await, "sent");
    world.advance_seconds(1).await;
    let statuses: Vec<_> = world
        .receiver
        .events()
        .into_iter()
        .map(|(_, status)| status)
        .collect();
    assert_eq!(statuses, ["sent", "delivered"]);
}

#[tokio::test]
async fn webhooks_that_came_due_while_the_simulator_was_down_are_sent_in_order() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    world.send(PERSON).await;
    world.simulator.shutdown().await;
    world.clock.advance(Duration::from_secs(60));
    let world = World::around(kept_in(&scratch), world.clock, world.receiver).await;
    world.simulator.settled().await;
    let statuses: Vec<_> = world
        .receiver
        .events()
        .into_iter()
        .map(|(_, status)| status)
        .collect();
    assert_eq!(statuses, ["sent", "delivered"]);
}

#[tokio::test]
async fn an_unacknowledged_webhook_is_tried_anew_after_a_restart() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    world.receiver.answer_next(&[500]);
    world.send("+12025556002").await;
    world.advance_seconds(1).await;
    let world = world.restart(kept_in(&scratch)).await;
    world.simulator.settled().await;
    let received = world.receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].event_id(), received[1].event_id());
}

#[tokio::test]
async fn a_receipt_delay_of_the_earlier_run_stays_with_its_messages() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    let sent = world.send(PERSON).await;
    let slower = SimConfig {
        receipt_delay: Duration::from_secs(3600),
        ..kept_in(&scratch)
    };
    let world = world.restart(slower).await;
    world.advance_seconds(2).await;
    assert_eq!(world.status_of(sent.id()).await, "delivered");
}

#[tokio::test]
async fn keys_are_remembered_over_a_restart() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    let body = world.body(PERSON);
    let send = async |world: &World| {
        let request = world.request(&body).header("idempotency-key", "k1");
        Answer::of(request.send().await.unwrap()).await
    };
    let first = send(&world).await;
    let world = world.restart(kept_in(&scratch)).await;
    let again = send(&world).await;
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(world.ledger_len(), 1);
}

#[tokio::test]
async fn blocks_are_remembered_and_told_texts_are_not_told_again() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    world
        .simulator
        .set_inbound_webhook_url(Some(&world.receiver.url("/inbound")));
    world
        .simulator
        .receive(telnyx_sim::InboundText {
            from: PERSON.into(),
            to: OURS.into(),
            text: "STOP".into(),
            mms: telnyx_sim::Mms::default(),
            messaging_profile_id: None,
            autoresponse: true,
        })
        .unwrap();
    world.simulator.settled().await;
    let world = world.restart(kept_in(&scratch)).await;
    world.simulator.settled().await;
    assert_eq!(world.send(PERSON).await.refusal(), (400, "40300"));
    assert_eq!(world.receiver.received().len(), 1);
}

#[tokio::test]
async fn a_reply_that_was_given_is_not_given_again() {
    let scratch = Scratch::new();
    let world = World::with(kept_in(&scratch)).await;
    world
        .simulator
        .set_inbound_webhook_url(Some(&world.receiver.url("/inbound")));
    world.send("+12025558002").await;
    world.advance_seconds(3).await;
    let world = world.restart(kept_in(&scratch)).await;
    world.advance_seconds(60).await;
    let replies = world.receiver.events();
    assert_eq!(
        replies
            .iter()
            .filter(|(kind, _)| kind == "message.received")
            .count(),
        1
    );
}

#[tokio::test]
async fn the_signing_key_stays_with_the_data_directory() {
    let scratch = Scratch::new();
    let clock = || Arc::new(ManualClock::start());
    let first = Simulator::start(kept_in(&scratch), clock()).await.unwrap();
    let key = first.public_key();
    first.shutdown().await;
    let second = Simulator::start(kept_in(&scratch), clock()).await.unwrap();
    assert_eq!(second.public_key(), key);
}

#[tokio::test]
async fn two_simulators_do_not_share_a_data_directory() {
    let scratch = Scratch::new();
    let clock = || Arc::new(ManualClock::start());
    let _first = Simulator::start(kept_in(&scratch), clock()).await.unwrap();
    let second = Simulator::start(kept_in(&scratch), clock()).await;
    assert!(matches!(second.err(), Some(SimError::InUse(_))));
}
