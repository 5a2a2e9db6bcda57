//! `BacklogRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::message::Status;
use sms_domain::ports::{Backlog, BacklogRepository, ReceiptRepository, Waiting};
use sms_testkit::fixtures::noon;

use crate::changes::{event, scheduled};
use crate::support::Store;

async fn backlog(store: &Store, now: DateTime<Utc>) -> Backlog {
    store.pg.backlog(now).await.unwrap()
}

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

#[tokio::test]
async fn nothing_waits_in_an_empty_store() {
    let store = Store::new().await;
    assert_eq!(backlog(&store, noon()).await, Backlog::default());
}

#[tokio::test]
async fn what_is_due_is_counted_by_status_from_the_first_on() {
    let store = Store::new().await;
    for (n, minutes) in [(1, 5), (2, 7), (3, 30)] {
        store.commit(scheduled(n, later(minutes))).await.unwrap();
    }
    store.queue(4).await;
    let waiting = |status, due, since| Waiting {
        status,
        due,
        due_since: Some(since),
        held_up: 0,
        oldest_since: Some(since),
    };
    assert_eq!(
        backlog(&store, later(10)).await.messages,
        [
            waiting(Status::Queued, 1, noon()),
            waiting(Status::Scheduled, 2, later(5)),
        ]
    );
}

#[tokio::test]
async fn what_is_due_later_does_not_wait() {
    let store = Store::new().await;
    store.commit(scheduled(1, later(5))).await.unwrap();
    store.start(2).await;
    assert_eq!(backlog(&store, noon()).await.messages, []);
}

#[tokio::test]
async fn messages_that_are_held_up_are_counted_before_they_are_due() {
    let store = Store::new().await;
    for n in 1..=2 {
        store.start(n).await;
    }
    store.queue(3).await;
    store
        .execute("UPDATE messages SET unknown_since = due_at WHERE status = 'sending'")
        .await;
    store
        .execute(
            "UPDATE messages SET due_at = due_at + interval '1 hour', retry_at = due_at
             WHERE status = 'queued'",
        )
        .await;
    store
        .execute(
            "UPDATE due SET due_at = due_at + interval '1 hour', is_ready = false
             WHERE number_id IS NOT NULL",
        )
        .await;
    let waiting = |status, held_up| Waiting {
        status,
        due: 0,
        due_since: None,
        held_up,
        oldest_since: Some(noon()),
    };
    assert_eq!(
        backlog(&store, noon()).await.messages,
        [waiting(Status::Queued, 1), waiting(Status::Sending, 2)]
    );
}

#[tokio::test]
async fn events_without_a_message_and_open_reviews_are_counted() {
    let store = Store::new().await;
    for id in ["e1", "e2"] {
        store.pg.keep_unmatched(event(id)).await.unwrap();
    }
    store
        .execute(
            "UPDATE conversations SET awaits_opt_out_review = true
             WHERE id = (SELECT id FROM conversations ORDER BY id LIMIT 1)",
        )
        .await;
    let backlog = backlog(&store, noon()).await;
    assert_eq!((backlog.unmatched_events, backlog.open_reviews), (2, 1));
}
