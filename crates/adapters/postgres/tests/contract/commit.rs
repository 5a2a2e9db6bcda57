//! `MessageRepository::commit`: versions, atomicity, members of a group.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::message::Status;
use sms_domain::ports::{CommitError, MessageRepository};
use sms_testkit::fixtures::altered;
use sms_testkit::fixtures::noon;

use crate::changes::{
    canceled, claimed, message_id, plan_with_limit, queued, queued_with, scheduled,
};
use crate::support::{Store, tally};

#[tokio::test]
async fn a_new_message_is_read_as_it_was_written() {
    let store = Store::new().await;
    let written = store.queue(1).await;
    assert_eq!(written.version, 1);
    assert_eq!(store.find(written.id).await, Some(written));
}

#[tokio::test]
async fn a_changed_message_is_read_as_it_was_written() {
    let store = Store::new().await;
    let written = store.commit(canceled(store.queue(1).await)).await.unwrap();
    assert_eq!((written.version, written.status()), (2, Status::Canceled));
    assert_eq!(store.find(written.id).await, Some(written));
}

#[tokio::test]
async fn a_change_of_an_older_version_is_a_conflict_and_writes_nothing() {
    let store = Store::new().await;
    let old = store.queue(1).await;
    let message = store.commit(claimed(&old, 1)).await.unwrap();
    let before = store.count("history").await;
    assert_eq!(
        store.commit(canceled(old)).await,
        Err(CommitError::Conflict)
    );
    assert_eq!(store.find(message.id).await, Some(message));
    assert_eq!(store.count("history").await, before);
}

#[tokio::test]
async fn a_change_of_a_message_that_does_not_exist_is_a_conflict() {
    let store = Store::new().await;
    let mut unknown = queued(1);
    unknown.message = altered(&unknown.message, |message| message.version = 3);
    assert_eq!(store.commit(unknown).await, Err(CommitError::Conflict));
}

#[tokio::test]
async fn of_changes_that_race_for_one_version_exactly_one_is_written() {
    let store = Store::new().await;
    let message = store
        .commit(scheduled(1, noon() + TimeDelta::hours(1)))
        .await
        .unwrap();
    let racers = (0..20).map(|second| {
        let pg = store.pg.clone();
        let mut change = canceled(message.clone());
        change.message = altered(&change.message, |message| {
            message.timeline.modified_at += TimeDelta::seconds(second);
        });
        tokio::spawn(async move { pg.commit(vec![change]).await.unwrap().remove(0) })
    });
    let results = futures_util::future::join_all(racers).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("Conflict".to_owned(), 19), ("Ok".to_owned(), 1)].into()
    );
}

#[tokio::test]
async fn each_member_of_a_group_has_its_own_answer_in_order() {
    let store = Store::new().await;
    let old = store.queue(1).await;
    store.commit(canceled(old.clone())).await.unwrap();
    let late = claimed(&old, 7);
    let full = queued_with(2, plan_with_limit(Some(0)));
    let results = store
        .commit_all(vec![queued(3), late, full, queued(4)])
        .await;
    let answers: Vec<_> = results
        .into_iter()
        .map(|result| result.map(|message| message.id))
        .collect();
    assert_eq!(
        answers,
        [
            Ok(message_id(3)),
            Err(CommitError::Conflict),
            Err(CommitError::OverCapacity),
            Ok(message_id(4)),
        ]
    );
    assert_eq!(store.count("messages").await, 3);
}

#[tokio::test]
async fn a_member_that_the_constraints_refuse_does_not_hinder_the_others() {
    let store = Store::new().await;
    let mut unqueued = queued(2);
    unqueued.message = altered(&unqueued.message, |message| {
        message.timeline.queued_at = None;
    });
    let mut endless = queued(3);
    endless.message = altered(&endless.message, |message| message.due_at = None);
    let results = store
        .commit_all(vec![queued(1), unqueued, endless, queued(4)])
        .await;
    assert_eq!(
        tally(&results),
        [("Impossible".to_owned(), 2), ("Ok".to_owned(), 2)].into()
    );
    assert_eq!(results[1], Err(CommitError::Impossible));
    assert_eq!(results[2], Err(CommitError::Impossible));
    assert_eq!(store.count("messages").await, 2);
    assert_eq!(store.used_this_hour().await, 2);
}

#[tokio::test]
async fn a_change_that_fails_halfway_leaves_nothing_behind_on_a_new_connection() {
    let store = Store::new().await;
    for n in 0..8 {
        let pg = store.second_process(Duration::ZERO).await;
        let mut endless = queued(n);
        endless.message = altered(&endless.message, |message| message.due_at = None);
        let refused = pg.commit(vec![endless]).await.unwrap();
        assert_eq!(refused, [Err(CommitError::Impossible)]);
    }
    assert_eq!(store.wallet().await, (10_000_000, 0));
    assert_eq!(store.used_this_hour().await, 0);
    assert_eq!(store.count("recipients").await, 0);
}

#[tokio::test]
async fn of_two_changes_of_one_group_to_one_message_the_second_is_a_conflict() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let results = store
        .commit_all(vec![claimed(&message, 1), canceled(message)])
        .await;
    assert_eq!(results[0].as_ref().map(|message| message.version), Ok(2));
    assert_eq!(results[1], Err(CommitError::Conflict));
}

#[tokio::test]
async fn a_call_with_more_changes_than_a_group_holds_commits_them_all() {
    let store = Store::new().await;
    let changes = (0..450)
        .map(|n| scheduled(n, noon() + TimeDelta::hours(1)))
        .collect();
    let results = store.commit_all(changes).await;
    assert_eq!(tally(&results), [("Ok".to_owned(), 450)].into());
}

#[tokio::test]
async fn a_call_without_changes_does_nothing() {
    let store = Store::new().await;
    assert_eq!(store.commit_all(Vec::new()).await, []);
}

#[tokio::test]
async fn lost_connections_are_replaced_and_a_repeated_change_is_written_once() {
    let store = Store::new().await;
    store.queue(1).await;
    store
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    let mut written = None;
    for _ in 0..10 {
        if let Ok(mut results) = store.pg.commit(vec![queued(2)]).await {
            written = results.pop();
            break;
        }
    }
    assert_eq!(written.unwrap().map(|message| message.version), Ok(1));
    assert_eq!(store.count("messages").await, 2);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_transaction_open() {
    let store = Store::new().await;
    let pg = store.second_process(Duration::ZERO).await;
    for n in 0..20 {
        let change = queued(n);
        let pg = pg.clone();
        let caller = tokio::spawn(async move { pg.commit(vec![change]).await });
        tokio::task::yield_now().await;
        caller.abort();
    }
    let results = store.commit_all((20..40).map(queued).collect()).await;
    assert_eq!(tally(&results), [("Ok".to_owned(), 20)].into());
}
