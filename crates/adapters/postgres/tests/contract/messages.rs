//! `MessageRepository`: reading messages, attempts and decisions.

use chrono::TimeDelta;
use sms_domain::lifecycle::{
    ActiveNumber, HistoryEntry, HistoryKind, HistorySource, MessageChange,
};
use sms_domain::message::{Event, FollowUp, Status};
use sms_domain::ports::{MessageRepository, ReadModel as _};
use sms_domain::values::ids::PhoneNumberId;
use sms_testkit::fixtures::{noon, organization_id};

use crate::changes::{claimed, decision, message_id, queued, scheduled};
use crate::support::{Store, conversation, other_organization, uuid};

#[tokio::test]
async fn another_organizations_message_looks_unknown() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let (pg, stranger) = (&store.pg, other_organization());
    assert_eq!(
        MessageRepository::find(pg, stranger, message.id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        pg.find_with_attempts(stranger, message.id).await.unwrap(),
        None
    );
    assert_eq!(pg.decisions(stranger, message.id).await.unwrap(), None);
}

#[tokio::test]
async fn an_unknown_message_is_not_found() {
    let store = Store::new().await;
    assert_eq!(store.find(message_id(1)).await, None);
}

#[tokio::test]
async fn attempts_are_read_oldest_first() {
    let store = Store::new().await;
    let (message, first) = store.start(1).await;
    let retry = Event::Refused(FollowUp::Retry {
        at: noon() + TimeDelta::minutes(1),
        is_void: false,
        switches_number: false,
    });
    let waiting = message.clone().apply(retry, noon()).unwrap();
    let waiting = store
        .commit(MessageChange::between(Some(&message), waiting))
        .await
        .unwrap();
    let again = claimed(&waiting, 2);
    let second = again.attempt.clone().unwrap();
    let message = store.commit(again).await.unwrap();
    let found = store
        .pg
        .find_with_attempts(organization_id(), message.id)
        .await
        .unwrap();
    assert_eq!(found, Some((message, vec![first, second])));
}

#[tokio::test]
async fn an_attempt_is_replaced_by_its_number() {
    let store = Store::new().await;
    let (message, accepted) = store.send(1).await;
    let found = store
        .pg
        .find_with_attempts(organization_id(), message.id)
        .await
        .unwrap();
    assert_eq!(found, Some((message, vec![accepted])));
}

#[tokio::test]
async fn decisions_are_read_oldest_first() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let mut again = MessageChange::between(Some(&message), message.clone());
    again.decision = Some(decision("defer"));
    store.commit(again).await.unwrap();
    let decisions = store
        .pg
        .decisions(organization_id(), message.id)
        .await
        .unwrap();
    assert_eq!(decisions, Some(vec![decision("send"), decision("defer")]));
}

#[tokio::test]
async fn a_message_without_a_decision_has_an_empty_list() {
    let store = Store::new().await;
    let message = store
        .commit(scheduled(1, noon() + TimeDelta::hours(1)))
        .await
        .unwrap();
    let decisions = store
        .pg
        .decisions(organization_id(), message.id)
        .await
        .unwrap();
    assert_eq!(decisions, Some(Vec::new()));
}

#[tokio::test]
async fn several_facts_of_one_commit_keep_their_order() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let entry = |kind| HistoryEntry {
        kind,
        at: noon(),
        source: HistorySource::Dispatch,
        reference: None,
        details: serde_json::json!({ "n": 1 }),
    };
    let change = MessageChange::between(Some(&message), message.clone())
        .with_entry(entry(HistoryKind::Judged))
        .with_entry(entry(HistoryKind::Alert));
    store.commit(change).await.unwrap();
    let in_order = "SELECT (array_agg(kind ORDER BY seq) = '{judged,alert}')::int FROM history";
    assert_eq!(store.number(in_order).await, 1);
}

#[tokio::test]
async fn a_conversation_goes_on_from_the_number_that_was_accepted_last() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let on = |number: u32, minute: i64| ActiveNumber {
        conversation_id: conversation(1),
        number_id: PhoneNumberId::new(uuid(7, number)),
        at: noon() + TimeDelta::minutes(minute),
    };
    let mut message = message;
    for active in [on(1, 5), on(2, 9), on(3, 7)] {
        let mut change = MessageChange::between(Some(&message), message.clone());
        change.active_number = Some(active);
        message = store.commit(change).await.unwrap();
    }
    let context = store.context(1).await;
    assert_eq!(
        context.message.conversation.active_number,
        Some(on(2, 9).number_id)
    );
    let first = "SELECT (first_sent_at = '2026-03-03 17:05Z')::int FROM conversations \
                 WHERE first_sent_at IS NOT NULL";
    assert_eq!(store.number(first).await, 1);
}

#[tokio::test]
async fn an_accepted_message_is_stored_with_all_that_the_provider_said() {
    let store = Store::new().await;
    let (message, _) = store.send(1).await;
    assert_eq!(message.status(), Status::Sent);
    assert_eq!(message.provider_message_id.as_deref(), Some("provider-1"));
    assert_eq!(store.find(message.id).await, Some(message));
    assert_eq!(queued(1).message.provider_message_id, None);
}
