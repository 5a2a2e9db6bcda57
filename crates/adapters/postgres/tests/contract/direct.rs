//! `MessageRepository::commit`: groups that versions guard completely.

use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Message, Status};
use sms_domain::ports::CommitError;

use crate::changes::{advance, canceled, claimed};
use crate::support::Store;

/// The claim of a queued message, whose recipient was read at a version.
fn claimed_at(message: &Message, n: u32, seen: i64) -> MessageChange {
    let mut change = claimed(message, n);
    change.guards.recipient = advance(message, seen);
    change
}

#[tokio::test]
async fn attempts_begin_and_advance_their_recipients() {
    let store = Store::new().await;
    let messages = [store.queue(1).await, store.queue(2).await];
    let changes = vec![
        claimed_at(&messages[0], 1, 1),
        claimed_at(&messages[1], 2, 1),
    ];
    for result in store.commit_all(changes).await {
        assert_eq!(result.unwrap().status(), Status::Sending);
    }
    assert_eq!(store.recipient(1).await.0, 2);
    assert_eq!(store.recipient(2).await.0, 2);
    assert_eq!(store.count("attempts").await, 2);
}

#[tokio::test]
async fn a_recipient_that_moved_on_holds_up_its_own_message_only() {
    let store = Store::new().await;
    let messages = [store.queue(1).await, store.queue(2).await];
    store
        .execute("UPDATE recipients SET version = 2 WHERE phone LIKE '%0001'")
        .await;
    let changes = vec![
        claimed_at(&messages[0], 1, 1),
        claimed_at(&messages[1], 2, 1),
    ];
    let results = store.commit_all(changes).await;
    assert_eq!(results[0], Err(CommitError::Conflict));
    assert_eq!(results[1].as_ref().unwrap().status(), Status::Sending);
    assert_eq!(store.count("attempts").await, 1);
}

#[tokio::test]
async fn a_message_that_moved_on_holds_up_no_other() {
    let store = Store::new().await;
    let messages = [store.queue(1).await, store.queue(2).await];
    store.commit(canceled(messages[0].clone())).await.unwrap();
    let changes = vec![claimed(&messages[0], 1), claimed(&messages[1], 2)];
    let results = store.commit_all(changes).await;
    assert_eq!(results[0], Err(CommitError::Conflict));
    assert_eq!(results[1].as_ref().unwrap().status(), Status::Sending);
    let stored = store.find(messages[0].id).await.unwrap();
    assert_eq!(stored.status(), Status::Canceled);
}
