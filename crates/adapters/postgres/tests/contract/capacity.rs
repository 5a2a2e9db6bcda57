//! `MessageRepository::commit`: hour and day counters.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::message::Status;
use sms_domain::ports::{CommitError, MessageRepository};
use sms_testkit::fixtures::altered;

use crate::changes::{canceled, claimed, plan_with_limit, queued_unguarded, queued_with};
use crate::support::{Store, tally};

#[tokio::test]
async fn of_a_thousand_concurrent_messages_exactly_as_many_as_are_left_take_capacity() {
    let store = Store::new().await;
    let other_process = store.second_process(Duration::ZERO).await;
    let commits = (0..1_000).map(|n| {
        let pg = if n % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        tokio::spawn(async move {
            pg.commit(vec![queued_unguarded(n, Some(50))])
                .await
                .unwrap()
                .remove(0)
        })
    });
    let results = futures_util::future::join_all(commits).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("Ok".to_owned(), 50), ("OverCapacity".to_owned(), 950)].into()
    );
    assert_eq!(store.used_this_hour().await, 50);
    assert_eq!(store.count("messages").await, 50);
}

#[tokio::test]
async fn a_group_takes_no_more_than_is_left() {
    let store = Store::new().await;
    let results = store
        .commit_all((0..80).map(|n| queued_unguarded(n, Some(50))).collect())
        .await;
    assert_eq!(
        tally(&results),
        [("Ok".to_owned(), 50), ("OverCapacity".to_owned(), 30)].into()
    );
    assert!(
        results[49].is_ok() && results[50].is_err(),
        "the first come are the first served"
    );
    assert_eq!(store.used_this_hour().await, 50);
}

#[tokio::test]
async fn a_message_over_capacity_leaves_nothing_behind() {
    let store = Store::new().await;
    let refused = store.commit(queued_with(1, plan_with_limit(Some(0)))).await;
    assert_eq!(refused, Err(CommitError::OverCapacity));
    assert_eq!(store.count("messages").await, 0);
    assert_eq!(store.recipient(1).await, (0, Vec::new()));
    assert_eq!(store.wallet().await, (10_000_000, 0));
    assert_eq!(store.used_this_hour().await, 0);
}

#[tokio::test]
async fn a_message_that_is_withdrawn_gives_its_capacity_back() {
    let store = Store::new().await;
    let message = store
        .commit(queued_with(1, plan_with_limit(Some(1))))
        .await
        .unwrap();
    let full = store.commit(queued_with(2, plan_with_limit(Some(1)))).await;
    assert_eq!(full, Err(CommitError::OverCapacity));
    store.commit(canceled(message)).await.unwrap();
    assert_eq!(store.used_this_hour().await, 0);
    assert!(
        store
            .commit(queued_with(3, plan_with_limit(Some(1))))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn capacity_is_kept_while_a_message_leaves() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let sending = store.commit(claimed(&message, 1)).await.unwrap();
    assert_eq!(sending.status(), Status::Sending);
    assert_eq!(store.used_this_hour().await, 1);
}

#[tokio::test]
async fn a_message_that_moves_to_a_later_hour_moves_its_reservation() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let later = altered(&message, |message| {
        let reservation = message.reservation.as_mut().unwrap();
        reservation.hour_start += TimeDelta::hours(1);
    });
    let moved = sms_domain::lifecycle::MessageChange::between(Some(&message), later);
    store.commit(moved).await.unwrap();
    let used = "SELECT used FROM counters WHERE kind = 'hour' ORDER BY window_start";
    assert_eq!(store.number(&format!("{used} LIMIT 1")).await, 0);
    assert_eq!(store.number(&format!("{used} DESC LIMIT 1")).await, 1);
    assert_eq!(
        store
            .number("SELECT sum(used) FROM counters WHERE kind = 'day'")
            .await,
        1
    );
}

#[tokio::test]
async fn capacity_given_back_to_a_counter_that_is_gone_is_forgotten() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    store.execute("DELETE FROM counters").await;
    assert!(store.commit(canceled(message)).await.is_ok());
    assert_eq!(store.count("counters").await, 0);
}
