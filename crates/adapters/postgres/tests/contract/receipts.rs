//! `ReceiptRepository`, and provider events in a commit.

use chrono::TimeDelta;
use futures_util::future::join_all;
use sms_domain::carrier::{ProviderEvent, TokenHash};
use sms_domain::lifecycle::retention::Perishable;
use sms_domain::message::{Attempt, AttemptId, Message};
use sms_domain::ports::{
    CommitError, EventPlace, ReceiptKey, ReceiptRepository, RemoveOld, RetentionRepository,
};
use sms_domain::values::ProviderAccount;
use sms_testkit::fixtures::noon;

use crate::changes::{accepted, account, delivered, event, matched, message_id};
use crate::support::{Store, other_organization};

async fn find(store: &Store, key: ReceiptKey) -> Option<(Message, Attempt)> {
    store.pg.find_attempt(&key).await.unwrap()
}

#[tokio::test]
async fn an_attempt_is_found_by_its_key() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    store.start(2).await;
    let id = attempt.id();
    let found = find(&store, ReceiptKey::Attempt(id)).await;
    assert_eq!(found, Some((message, attempt)));
    let others = [
        AttemptId { number: 2, ..id },
        AttemptId {
            message_id: message_id(3),
            ..id
        },
        AttemptId {
            organization_id: other_organization(),
            ..id
        },
    ];
    for other in others {
        assert_eq!(
            find(&store, ReceiptKey::Attempt(other)).await,
            None,
            "{other:?}"
        );
    }
}

/// As a process wrote it before tokens were sealed.
async fn list_token(store: &Store, hash: &str, attempt: &Attempt) {
    let (organization, message) = (attempt.organization_id, attempt.message_id);
    let number = attempt.number;
    let row = format!("'\\x{hash}', '{organization}', '{message}', {number}");
    store
        .execute(&format!("INSERT INTO attempt_tokens VALUES ({row})"))
        .await;
}

#[tokio::test]
async fn an_attempt_from_before_tokens_were_sealed_is_found_by_its_token() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    let (_, other) = store.start(2).await;
    list_token(&store, &"0a".repeat(32), &attempt).await;
    list_token(&store, &"0b".repeat(32), &other).await;
    let found = find(&store, ReceiptKey::Token(TokenHash([10; 32]))).await;
    assert_eq!(found, Some((message, attempt)));
    let unknown = find(&store, ReceiptKey::Token(TokenHash([12; 32]))).await;
    assert_eq!(unknown, None);
}

#[tokio::test]
async fn receipts_of_both_kinds_that_come_together_find_their_attempts() {
    let store = Store::new().await;
    let (_, first) = store.start(1).await;
    let (_, second) = store.start(2).await;
    list_token(&store, &"0a".repeat(32), &first).await;
    let keys = [
        ReceiptKey::Token(TokenHash([10; 32])),
        ReceiptKey::Attempt(second.id()),
        ReceiptKey::Attempt(first.id()),
        ReceiptKey::Attempt(AttemptId {
            number: 9,
            ..first.id()
        }),
    ];
    let found = join_all(keys.map(|key| find(&store, key))).await;
    let attempts: Vec<_> = found
        .into_iter()
        .map(|one| one.map(|(_, attempt)| attempt))
        .collect();
    assert_eq!(
        attempts,
        [Some(first.clone()), Some(second), Some(first), None]
    );
}

#[tokio::test]
async fn the_token_of_an_old_attempt_is_removed() {
    let store = Store::new().await;
    let (_, attempt) = store.start(1).await;
    list_token(&store, &"0a".repeat(32), &attempt).await;
    let remove = |before| {
        store
            .pg
            .remove(RemoveOld::new(Perishable::ListedTokens, before))
    };
    assert_eq!(remove(attempt.started_at).await.unwrap().rows, 0);
    let later = attempt.started_at + TimeDelta::microseconds(1);
    assert_eq!(remove(later).await.unwrap().rows, 1);
    assert_eq!(store.count("attempt_tokens").await, 0);
}

#[tokio::test]
async fn an_attempt_is_found_by_the_providers_id_within_the_account() {
    let store = Store::new().await;
    let (message, attempt) = store.send(1).await;
    let by_id = |account| ReceiptKey::ProviderMessageId {
        account,
        id: "provider-1".to_owned(),
    };
    let found = store.pg.find_attempt(&by_id(account())).await.unwrap();
    assert_eq!(found, Some((message, attempt)));
    let elsewhere = by_id(ProviderAccount::new("second"));
    assert_eq!(store.pg.find_attempt(&elsewhere).await.unwrap(), None);
}

#[tokio::test]
async fn an_event_that_belongs_to_a_message_already_is_a_duplicate() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    let mut first = accepted(message, attempt, "provider-1");
    first.provider_event = matched(event("e1"), &first.message);
    let attempt = first.attempt.clone().unwrap();
    let message = store.commit(first).await.unwrap();
    let mut again = delivered(message.clone(), attempt, noon() + TimeDelta::seconds(3));
    again.provider_event = matched(event("e1"), &message);
    assert_eq!(
        store.commit(again.clone()).await,
        Err(CommitError::Duplicate)
    );
    assert_eq!(store.find(message.id).await, Some(message.clone()));
    again.provider_event = matched(event("e2"), &message);
    assert!(store.commit(again).await.is_ok());
    assert_eq!(store.count("provider_events").await, 2);
}

#[tokio::test]
async fn an_event_that_was_kept_finds_its_message_later() {
    let store = Store::new().await;
    store.pg.keep_unmatched(event("e1")).await.unwrap();
    let (message, attempt) = store.start(1).await;
    let mut change = accepted(message, attempt, "provider-1");
    change.provider_event = matched(event("e1"), &change.message);
    store.commit(change).await.unwrap();
    assert_eq!(store.pg.list_unmatched(None, 10).await.unwrap(), []);
    assert_eq!(store.count("provider_events").await, 1);
}

#[tokio::test]
async fn a_kept_event_is_left_as_it_is() {
    let store = Store::new().await;
    store.pg.keep_unmatched(event("e1")).await.unwrap();
    let other = ProviderEvent {
        payload: b"other".to_vec(),
        ..event("e1")
    };
    store.pg.keep_unmatched(other).await.unwrap();
    assert_eq!(
        store.pg.list_unmatched(None, 10).await.unwrap(),
        [event("e1")]
    );
}

#[tokio::test]
async fn a_matched_event_is_not_unmatched_by_keeping_it() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    let mut change = accepted(message, attempt, "provider-1");
    change.provider_event = matched(event("e1"), &change.message);
    store.commit(change).await.unwrap();
    store.pg.keep_unmatched(event("e1")).await.unwrap();
    assert_eq!(store.pg.list_unmatched(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn unmatched_events_are_listed_page_by_page_in_the_order_of_their_arrival() {
    let store = Store::new().await;
    let at = |id, second| ProviderEvent {
        received_at: noon() + TimeDelta::seconds(second),
        ..event(id)
    };
    let events = [at("b", 1), at("a", 2), at("c", 2), at("d", 3)];
    for event in events.iter().rev() {
        store.pg.keep_unmatched(event.clone()).await.unwrap();
    }
    let first = store.pg.list_unmatched(None, 2).await.unwrap();
    assert_eq!(first, events[..2]);
    let place = EventPlace::from(&first[1]);
    assert_eq!(
        store.pg.list_unmatched(Some(place), 10).await.unwrap(),
        events[2..]
    );
}
