//! `MessageRepository::commit`: the same change again, after its answer was lost.

use sms_domain::message::Status;
use sms_domain::ports::CommitError;
use sms_testkit::fixtures::altered;

use crate::changes::{accepted, canceled, claimed, event, key, matched, queued};
use crate::support::Store;

#[tokio::test]
async fn a_new_message_that_is_in_place_is_answered_as_written() {
    let store = Store::new().await;
    let mut change = queued(1);
    change.idempotency = key("order-7");
    let written = store.commit(change.clone()).await.unwrap();
    assert_eq!(store.commit(change).await, Ok(written));
    assert_eq!(store.wallet().await, (10_000_000, 20_000));
    assert_eq!(store.used_this_hour().await, 1);
    assert_eq!(store.recipient(1).await.0, 1);
}

#[tokio::test]
async fn a_new_message_that_went_on_meanwhile_is_answered_as_it_is_now() {
    let store = Store::new().await;
    let change = queued(1);
    let written = store.commit(change.clone()).await.unwrap();
    store.commit(claimed(&written, 1)).await.unwrap();
    let now = store.commit(change).await.unwrap();
    assert_eq!((now.version, now.status()), (2, Status::Sending));
}

#[tokio::test]
async fn a_change_that_is_in_place_is_answered_as_written_and_moves_no_money_twice() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    let mut change = accepted(message.clone(), attempt, "provider-1");
    change.provider_event = matched(event("e1"), &message);
    let written = store.commit(change.clone()).await.unwrap();
    assert_eq!(store.commit(change).await, Ok(written));
    assert_eq!(store.wallet().await, (9_980_000, 0));
    assert_eq!(
        store
            .number("SELECT count(*) FROM ledger WHERE kind = 'charge'")
            .await,
        1
    );
    assert_eq!(
        store
            .number("SELECT count(*) FROM history WHERE kind = 'evidence'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_claim_that_is_in_place_is_answered_as_written() {
    let store = Store::new().await;
    let change = claimed(&store.queue(1).await, 1);
    let written = store.commit(change.clone()).await.unwrap();
    assert_eq!(store.commit(change).await, Ok(written));
    assert_eq!(store.count("attempts").await, 1);
}

#[tokio::test]
async fn a_claim_of_another_worker_is_a_conflict_even_at_the_same_instant() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    store.commit(claimed(&message, 1)).await.unwrap();
    let of_another_worker = store.commit(claimed(&message, 2)).await;
    assert_eq!(of_another_worker, Err(CommitError::Conflict));
    assert_eq!(store.count("attempts").await, 1);
}

#[tokio::test]
async fn a_repeat_within_a_group_does_not_hinder_the_others() {
    let store = Store::new().await;
    let first = store.commit(queued(1)).await.unwrap();
    let results = store.commit_all(vec![queued(1), queued(2)]).await;
    assert_eq!(results[0], Ok(first));
    assert!(results[1].is_ok());
}

#[tokio::test]
async fn another_change_to_the_next_version_is_a_conflict() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    store.commit(claimed(&message, 1)).await.unwrap();
    assert_eq!(
        store.commit(canceled(message)).await,
        Err(CommitError::Conflict)
    );
}

#[tokio::test]
async fn another_message_under_a_known_id_is_a_conflict() {
    let store = Store::new().await;
    store.queue(1).await;
    let mut other = queued(2);
    other.message = altered(&other.message, |message| message.id = queued(1).message.id);
    assert_eq!(store.commit(other).await, Err(CommitError::Conflict));
}
