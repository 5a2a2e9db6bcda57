//! `ReceiptRepository`, and provider events in a commit.

use chrono::TimeDelta;
use sms_domain::carrier::ProviderEvent;
use sms_domain::ports::{CommitError, EventPlace, ReceiptKey, ReceiptRepository};
use sms_domain::values::ProviderAccount;
use sms_testkit::fixtures::noon;

use crate::changes::{accepted, account, delivered, event, matched, token};
use crate::support::Store;

#[tokio::test]
async fn an_attempt_is_found_by_its_token() {
    let store = Store::new().await;
    let (message, attempt) = store.start(1).await;
    store.start(2).await;
    let found = store
        .pg
        .find_attempt(&ReceiptKey::Token(token(1).hash()))
        .await
        .unwrap();
    assert_eq!(found, Some((message, attempt)));
}

#[tokio::test]
async fn an_unknown_token_finds_nothing() {
    let store = Store::new().await;
    let found = store
        .pg
        .find_attempt(&ReceiptKey::Token(token(1).hash()))
        .await
        .unwrap();
    assert_eq!(found, None);
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
