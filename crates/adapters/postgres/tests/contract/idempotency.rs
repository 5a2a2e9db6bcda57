//! `MessageRepository::commit`: idempotency keys.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::lifecycle::MessageChange;
use sms_domain::ports::{CommitError, MessageRepository};
use sms_testkit::fixtures::altered;
use sms_testkit::fixtures::organization_id;

use crate::changes::{key, plan_with_limit, queued, queued_unguarded, queued_with};
use crate::support::{Store, other_organization, seed_of, tally};

fn with_key(mut change: MessageChange, name: &str) -> MessageChange {
    change.idempotency = key(name);
    change
}

#[tokio::test]
async fn a_known_key_is_a_duplicate_and_nothing_is_written() {
    let store = Store::new().await;
    store.commit(with_key(queued(1), "order-7")).await.unwrap();
    let second = store.commit(with_key(queued(2), "order-7")).await;
    assert_eq!(second, Err(CommitError::Duplicate));
    assert_eq!(store.count("messages").await, 1);
    assert_eq!(store.wallet().await, (10_000_000, 20_000));
}

#[tokio::test]
async fn concurrent_messages_with_one_key_are_one_message() {
    let store = Store::new().await;
    let other_process = store.second_process(Duration::ZERO).await;
    let commits = (0..50).map(|n| {
        let pg = if n % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        let change = with_key(queued_unguarded(n, None), "order-7");
        tokio::spawn(async move { pg.commit(vec![change]).await.unwrap().remove(0) })
    });
    let results = futures_util::future::join_all(commits).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("Duplicate".to_owned(), 49), ("Ok".to_owned(), 1)].into()
    );
    assert_eq!(store.count("messages").await, 1);
}

#[tokio::test]
async fn of_one_key_in_one_group_the_second_is_a_duplicate() {
    let store = Store::new().await;
    let group = vec![
        with_key(queued(1), "order-7"),
        with_key(queued(2), "order-7"),
    ];
    let results = store.commit_all(group).await;
    assert!(results[0].is_ok());
    assert_eq!(results[1], Err(CommitError::Duplicate));
}

#[tokio::test]
async fn a_refused_message_leaves_its_key_free() {
    let store = Store::new().await;
    let full = with_key(queued_with(1, plan_with_limit(Some(0))), "order-7");
    let results = store.commit_all(vec![full.clone(), queued(2)]).await;
    assert_eq!(results[0], Err(CommitError::OverCapacity));
    assert_eq!(store.count("idempotency_keys").await, 0);
    assert!(store.commit(with_key(queued(3), "order-7")).await.is_ok());
}

#[tokio::test]
async fn an_expired_key_is_free_again() {
    let store = Store::new().await;
    let mut short_lived = with_key(queued(1), "order-7");
    let now = short_lived.message.timeline.modified_at;
    short_lived.idempotency.as_mut().unwrap().expires_at = now + TimeDelta::hours(1);
    store.commit(short_lived).await.unwrap();
    let mut early = with_key(queued(2), "order-7");
    let modified = |change: &MessageChange, at| {
        altered(&change.message, |message| message.timeline.modified_at = at)
    };
    early.message = modified(&early, now + TimeDelta::minutes(59));
    assert_eq!(
        store.commit(early.clone()).await,
        Err(CommitError::Duplicate)
    );
    early.message = modified(&early, now + TimeDelta::hours(1));
    assert!(store.commit(early).await.is_ok());
    assert_eq!(store.count("idempotency_keys").await, 1);
}

#[tokio::test]
async fn organizations_do_not_share_keys() {
    let store = Store::new().await;
    let mut seed = seed_of(other_organization());
    seed.organizations[0].default_number_id = None;
    seed.numbers.clear();
    store.seed(&seed).await;
    store.commit(with_key(queued(1), "order-7")).await.unwrap();
    let mut theirs = with_key(queued(2), "order-7");
    theirs.message = altered(&theirs.message, |message| {
        message.organization_id = other_organization();
    });
    assert_ne!(theirs.message.organization_id, organization_id());
    assert!(store.commit(theirs).await.is_ok());
}
