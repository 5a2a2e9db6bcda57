//! The history of a message: on its row while somebody has to look at it, in `journals` afterwards, and complete at
//! any moment.

use chrono::TimeDelta;
use sms_testkit::fixtures::noon;

use crate::changes::{accepted, canceled, claimed, delivered};
use crate::support::Store;

/// The number of entries, if their order is that of the kinds.
async fn entries(store: &Store, kinds: &str) -> i64 {
    let query = format!(
        "SELECT CASE WHEN array_agg(kind ORDER BY seq) = '{{{kinds}}}' THEN count(*) ELSE -1 END \
         FROM history"
    );
    store.number(&query).await
}

#[tokio::test]
async fn it_is_complete_after_every_commit() {
    let store = Store::new().await;
    let begins = claimed(&store.queue(1).await, 1);
    assert_eq!(store.count("history").await, 0);

    let attempt = begins.attempt.clone().unwrap();
    let message = store.commit(begins).await.unwrap();
    assert_eq!(entries(&store, "attempt_started").await, 1);

    let takes = accepted(message, attempt, "provider-1");
    let attempt = takes.attempt.clone().unwrap();
    let message = store.commit(takes).await.unwrap();
    assert_eq!(entries(&store, "attempt_started,evidence").await, 2);
    assert_eq!(store.count("journals").await, 0, "all is on the row");

    let arrives = delivered(message, attempt, noon() + TimeDelta::seconds(3));
    let attempt = arrives.attempt.clone().unwrap();
    let message = store.commit(arrives).await.unwrap();
    assert_eq!(
        entries(&store, "attempt_started,evidence,evidence").await,
        3
    );
    assert_eq!(store.count("journals").await, 1, "one row for all");
    let left = "SELECT count(*) FROM messages WHERE journal IS NOT NULL";
    assert_eq!(store.number(left).await, 0);

    let late = delivered(message, attempt, noon() + TimeDelta::seconds(2));
    store.commit(late).await.unwrap();
    let all = "attempt_started,evidence,evidence,evidence";
    assert_eq!(entries(&store, all).await, 4);
    assert_eq!(
        store.count("journals").await,
        2,
        "late evidence is appended"
    );
}

#[tokio::test]
async fn an_entry_is_read_as_it_was_made() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    let change = accepted(message, attempt, "provider-1");
    store.commit(change).await.unwrap();
    let as_made = "SELECT count(*) FROM history
        WHERE seq = 3 * 256 AND kind = 'evidence' AND at = '2026-03-03 17:00Z'
            AND source = 'provider' AND reference = 'answer-1'
            AND details ->> 'kind' = 'accepted' AND (details ->> 'attempt')::integer = 1";
    assert_eq!(store.number(as_made).await, 1);
}

#[tokio::test]
async fn a_change_that_lost_a_race_leaves_no_entry() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    store.commit(canceled(message.clone())).await.unwrap();
    assert_eq!(entries(&store, "canceled").await, 1);
    store.commit(claimed(&message, 1)).await.unwrap_err();
    assert_eq!(entries(&store, "canceled").await, 1);
}
