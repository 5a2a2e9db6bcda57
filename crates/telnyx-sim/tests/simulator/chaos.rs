//! Faults by configuration, at start and at run time.

use std::time::Duration;

use serde_json::json;
use telnyx_sim::{Chaos, ChaosError, SimConfig};

use crate::support::{Answer, PERSON, World};

fn always(chaos: Chaos) -> SimConfig {
    SimConfig {
        chaos,
        ..SimConfig::default()
    }
}

#[tokio::test]
async fn configured_faults_meet_ordinary_numbers() {
    let world = World::with(always(Chaos {
        queue_full: 1.0,
        ..Chaos::default()
    }))
    .await;
    assert_eq!(world.send(PERSON).await.refusal(), (400, "40318"));
}

#[tokio::test]
async fn magic_numbers_keep_their_scripts_under_chaos() {
    let world = World::with(always(Chaos {
        queue_full: 1.0,
        ..Chaos::default()
    }))
    .await;
    assert_eq!(world.send("+12025550000").await.status.as_u16(), 200);
}

#[tokio::test]
async fn two_simulators_with_one_seed_treat_the_same_requests_alike() {
    let chaos = Chaos {
        seed: 42,
        rate_limited: 0.3,
        unavailable: 0.2,
        undeliverable: 0.3,
        duplicate_receipts: 0.3,
        ..Chaos::default()
    };
    let mut runs = Vec::new();
    for backwards in [false, true] {
        let world = World::with(always(chaos.clone())).await;
        let mut numbers: Vec<_> = (0..40).map(|n| format!("+120255501{n:02}")).collect();
        if backwards {
            numbers.reverse();
        }
        let mut outcomes = Vec::new();
        for number in numbers {
            let status = world.send(&number).await.status;
            outcomes.push((number, status));
        }
        outcomes.sort();
        let mut fates: Vec<_> = world
            .simulator
            .ledger()
            .into_iter()
            .map(|entry| (entry.to, entry.fate))
            .collect();
        fates.sort_by(|one, other| one.0.cmp(&other.0));
        runs.push((outcomes, fates));
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].0.iter().any(|(_, status)| status.as_u16() == 429));
}

#[tokio::test]
async fn latency_goes_by_the_clock() {
    let latency = Chaos {
        latency_min_ms: 500,
        latency_max_ms: 500,
        ..Chaos::default()
    };
    let world = World::with(always(latency)).await;
    let answer = tokio::spawn(world.request(&world.body(PERSON)).send());
    while world.ledger_len() == 0 {
        tokio::task::yield_now().await;
    }
    world.clock.advance(Duration::from_millis(499));
    tokio::task::yield_now().await;
    assert!(!answer.is_finished());
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(answer.await.unwrap().unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn faults_are_set_at_run_time_and_ended_by_an_empty_object() {
    let world = World::new().await;
    let set = async |chaos: serde_json::Value| {
        Answer::of(world.post("/sim/chaos").json(&chaos).send().await.unwrap()).await
    };
    let answer = set(json!({"seed": 1, "unavailable": 1.0})).await;
    assert_eq!(answer.body["unavailable"], 1.0);
    assert_eq!(world.send(PERSON).await.refusal(), (503, "10037"));
    let shown = Answer::of(world.get("/sim/chaos").send().await.unwrap()).await;
    assert_eq!(shown.body["seed"], 1);
    set(json!({})).await;
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
}

#[tokio::test]
async fn senseless_faults_are_refused_and_change_nothing() {
    let world = World::new().await;
    for chaos in [
        json!({"hang_up": 2}),
        json!({"no_such_fault": 1.0}),
        json!("calm"),
    ] {
        let answer = world.post("/sim/chaos").json(&chaos).send().await.unwrap();
        assert!(answer.status().is_client_error());
    }
    let error = world.simulator.set_chaos(Chaos {
        hang_up: 2.0,
        ..Chaos::default()
    });
    assert_eq!(error, Err(ChaosError::RateOutOfRange("hang_up")));
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
}

#[tokio::test]
async fn every_kind_of_fault_does_what_it_says() {
    let receipts = async |chaos: Chaos| {
        let world = World::with(always(chaos)).await;
        world.send(PERSON).await;
        world.advance_seconds(6).await;
        world
            .receiver
            .events()
            .into_iter()
            .map(|(_, status)| status)
            .collect::<Vec<_>>()
    };
    let calm = Chaos::default;
    assert_eq!(
        receipts(Chaos {
            undeliverable: 1.0,
            ..calm()
        })
        .await,
        ["sent", "delivery_failed"]
    );
    assert_eq!(
        receipts(Chaos {
            no_receipt: 1.0,
            ..calm()
        })
        .await,
        [""; 0]
    );
    assert_eq!(
        receipts(Chaos {
            shuffled_receipts: 1.0,
            ..calm()
        })
        .await,
        ["delivered", "sent"]
    );
    assert_eq!(
        receipts(Chaos {
            delivered_after_failed: 1.0,
            ..calm()
        })
        .await,
        ["sent", "delivery_failed", "delivered"]
    );
    assert_eq!(
        receipts(Chaos {
            unconfirmed: 1.0,
            ..calm()
        })
        .await,
        ["sent", "delivery_unconfirmed"]
    );
    assert_eq!(
        receipts(Chaos {
            duplicate_receipts: 1.0,
            ..calm()
        })
        .await
        .len(),
        6
    );
    assert_eq!(
        receipts(Chaos {
            late_receipt: 1.0,
            ..calm()
        })
        .await,
        [""; 0]
    );
}

#[tokio::test]
async fn a_stop_reply_by_chaos_blocks_the_person() {
    let world = World::with(always(Chaos {
        stop_reply: 1.0,
        ..Chaos::default()
    }))
    .await;
    assert_eq!(world.send(PERSON).await.status.as_u16(), 200);
    world.advance_seconds(3).await;
    assert_eq!(world.send(PERSON).await.refusal(), (400, "40300"));
}
