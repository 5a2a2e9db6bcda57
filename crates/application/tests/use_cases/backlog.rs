//! What waits, as metrics; and the share of messages whose receipts are missing.

use std::sync::Arc;

use chrono::TimeDelta;
use metrics_exporter_prometheus::PrometheusBuilder;
use sms_application::BacklogWatch;
use sms_domain::message::Status;
use sms_domain::ports::{
    Backlog, Due, MockBacklogRepository, MockSmsGateway, Unavailable, Waiting,
};
use sms_testkit::fixtures::{self, noon};
use tokio::sync::watch;

use crate::dispatch::{accepted, due, gateway, queued as queued_message, world};
use crate::world::{clock, stored};

fn showing(backlog: Backlog) -> MockBacklogRepository {
    let mut store = MockBacklogRepository::new();
    store
        .expect_backlog()
        .returning(move |_| Ok(backlog.clone()));
    store
}

fn queued() -> Waiting {
    Waiting {
        status: Status::Queued,
        due: 7,
        due_since: Some(noon() - TimeDelta::seconds(40)),
        held_up: 2,
        oldest_since: Some(noon() - TimeDelta::hours(1)),
    }
}

/// What `GET /metrics` would show after looking at these, one after the other.
async fn shown(backlogs: Vec<Backlog>) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    for backlog in backlogs {
        let watch = BacklogWatch::new(Arc::new(showing(backlog)), clock());
        watch.look().await.unwrap();
    }
    handle.render()
}

#[tokio::test]
async fn every_status_that_somebody_moves_is_shown_with_its_count_and_ages() {
    let text = shown(vec![Backlog {
        messages: vec![queued()],
        unmatched_events: 3,
        open_reviews: 4,
    }])
    .await;
    for line in [
        r#"sms_due_messages{status="queued"} 7"#,
        r#"sms_due_lag_seconds{status="queued"} 40"#,
        r#"sms_held_up_messages{status="queued"} 2"#,
        r#"sms_state_age_seconds{status="queued"} 3600"#,
        r#"sms_due_messages{status="sent"} 0"#,
        "sms_unmatched_events 3",
        "sms_open_reviews 4",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn what_no_longer_waits_is_shown_as_none() {
    let busy = Backlog {
        messages: vec![queued()],
        ..Backlog::default()
    };
    let text = shown(vec![busy, Backlog::default()]).await;
    for name in [
        "sms_due_messages",
        "sms_due_lag_seconds",
        "sms_state_age_seconds",
    ] {
        let line = format!(r#"{name}{{status="queued"}} 0"#);
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn a_clock_that_is_behind_shows_no_negative_age() {
    let waiting = Waiting {
        due_since: Some(noon() + TimeDelta::seconds(5)),
        ..queued()
    };
    let text = shown(vec![Backlog {
        messages: vec![waiting],
        ..Backlog::default()
    }])
    .await;
    let line = r#"sms_due_lag_seconds{status="queued"} 0"#;
    assert!(text.lines().any(|one| one == line), "{text}");
}

#[tokio::test]
async fn it_looks_again_after_a_while_though_the_store_failed() {
    let (looks, mut looked) = watch::channel(0);
    let mut store = MockBacklogRepository::new();
    store.expect_backlog().returning(move |_| {
        looks.send_modify(|count| *count += 1);
        Err(Unavailable("down".into()))
    });
    let clock = clock();
    let job = BacklogWatch::new(Arc::new(store), clock.clone());
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { job.run(stopped).await });
    looked.wait_for(|count| *count == 1).await.unwrap();
    clock.advance(BacklogWatch::EVERY);
    looked.wait_for(|count| *count == 2).await.unwrap();
    stop.send(true).unwrap();
    running.await.unwrap();
}

/// A message that the provider took at noon, and its attempt.
async fn sent() -> Vec<Due> {
    let queued = due(queued_message(), None);
    let world = world(queued, fixtures::context(), gateway(accepted(), false));
    world.dispatch.run_once(1).await.unwrap();
    let changes = world.commits.lock().unwrap();
    let last = changes.last().unwrap();
    due(stored(&last.message), last.attempt.clone())
}

fn counted(text: &str, name: &str) -> bool {
    let line = format!("{name} 1");
    text.lines().any(|one| one == line)
}

#[tokio::test]
async fn what_the_provider_takes_and_what_has_no_receipt_after_ten_minutes_is_counted_once() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let sent = sent().await;
    assert!(counted(&handle.render(), "sms_accepted_total"));
    for minutes in [10, 20, 40] {
        let mut knows_nothing = MockSmsGateway::new();
        knows_nothing.expect_look_up().returning(|_, _| Ok(None));
        let world = world(sent.clone(), fixtures::context(), knows_nothing);
        world.clock.advance(TimeDelta::minutes(minutes));
        world.dispatch.run_once(1).await.unwrap();
        assert!(
            counted(&handle.render(), "sms_receipts_missing_total"),
            "{minutes}"
        );
    }
}
