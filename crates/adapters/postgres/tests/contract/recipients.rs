//! `MessageRepository::commit`: the recipient's version, which orders sends and opt-outs.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::lifecycle::RecipientChange;
use sms_domain::ports::{CommitError, MessageRepository, Seed, SeedSuppression};
use sms_domain::values::ids::SuppressionId;
use sms_postgres::{EventListeners, FactSnapshots, commit_group};
use sms_testkit::fixtures::{noon, organization_id};

use crate::changes::{advance, canceled, draft, message_id, queued, recent, scheduled};
use crate::support::{LEADS, Store, phone, tally, uuid};

fn opt_out(lead: u32) -> Seed {
    Seed {
        suppressions: vec![SeedSuppression {
            organization_id: organization_id(),
            id: SuppressionId::new(uuid(6, lead)),
            phone: phone(lead),
            campaign_id: None,
            number_id: None,
        }],
        ..Seed::default()
    }
}

#[tokio::test]
async fn a_message_advances_its_recipient_and_is_remembered() {
    let store = Store::new().await;
    store.queue(1).await;
    assert_eq!(store.recipient(1).await, (1, vec![recent(message_id(1))]));
}

#[tokio::test]
async fn a_message_that_was_decided_before_another_is_a_conflict() {
    let store = Store::new().await;
    store.queue(1).await;
    let mut stale = queued(1 + LEADS);
    stale.guards.recipient = advance(&stale.message, 0);
    assert_eq!(
        store.commit(stale.clone()).await,
        Err(CommitError::Conflict)
    );
    stale.guards.recipient = advance(&stale.message, 1);
    assert!(store.commit(stale).await.is_ok());
    assert_eq!(store.recipient(1).await.0, 2);
}

#[tokio::test]
async fn a_message_that_was_decided_before_an_opt_out_is_a_conflict() {
    let store = Store::new().await;
    let decided_before = queued(1);
    store.seed(&opt_out(1)).await;
    assert_eq!(
        store.commit(decided_before).await,
        Err(CommitError::Conflict)
    );
    assert_eq!(store.count("messages").await, 0);
}

#[tokio::test]
async fn of_messages_that_race_for_one_recipient_exactly_one_is_written() {
    let store = Store::new().await;
    let other_process = store.second_process(Duration::ZERO).await;
    let commits = (0..20).map(|n| {
        let pg = if n % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        tokio::spawn(async move {
            pg.commit(vec![queued(1 + n * LEADS)])
                .await
                .unwrap()
                .remove(0)
        })
    });
    let results = futures_util::future::join_all(commits).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("Conflict".to_owned(), 19), ("Ok".to_owned(), 1)].into()
    );
    assert_eq!(store.recipient(1).await.0, 1);
}

#[tokio::test]
async fn of_two_messages_of_one_group_to_one_recipient_the_second_is_a_conflict() {
    let store = Store::new().await;
    let mut second = queued(1 + LEADS);
    second.guards.recipient = advance(&second.message, 1);
    let group = [queued(1), second];
    let results = commit_group(
        &mut store.connection().await,
        &FactSnapshots::default(),
        &EventListeners::default(),
        &group,
    )
    .await
    .unwrap();
    assert!(results[0].is_ok());
    assert_eq!(results[1], Err(CommitError::Conflict));
}

#[tokio::test]
async fn a_message_that_did_not_leave_is_forgotten_whatever_the_version() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let mut other = queued(1 + LEADS);
    other.guards.recipient = RecipientChange::Advance {
        phone: phone(1),
        seen: 1,
        recent: vec![recent(message_id(1)), recent(message_id(1 + LEADS))],
    };
    store.commit(other).await.unwrap();
    let withdrawn = canceled(message);
    assert!(matches!(
        withdrawn.guards.recipient,
        RecipientChange::Forget { .. }
    ));
    store.commit(withdrawn).await.unwrap();
    let (version, remembered) = store.recipient(1).await;
    assert_eq!(remembered, [recent(message_id(1 + LEADS))]);
    assert_eq!(
        version, 3,
        "a decision that still counts the message must not write it back"
    );
}

#[tokio::test]
async fn several_messages_of_one_person_are_forgotten_in_one_transaction() {
    let store = Store::new().await;
    let first = store.queue(1).await;
    let mut second = queued(1 + LEADS);
    second.guards.recipient = RecipientChange::Advance {
        phone: phone(1),
        seen: 1,
        recent: vec![recent(message_id(1)), recent(message_id(1 + LEADS))],
    };
    let second = store.commit(second).await.unwrap();
    let group = [canceled(first), canceled(second)];
    let results = commit_group(
        &mut store.connection().await,
        &FactSnapshots::default(),
        &EventListeners::default(),
        &group,
    )
    .await
    .unwrap();
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(store.recipient(1).await, (3, Vec::new()));
    assert_eq!(store.count("due").await, 0);
}

#[tokio::test]
async fn a_message_that_only_waits_does_not_touch_its_recipient() {
    let store = Store::new().await;
    store
        .commit(scheduled(1, noon() + TimeDelta::hours(1)))
        .await
        .unwrap();
    assert_eq!(store.recipient(1).await, (0, Vec::new()));
}

#[tokio::test]
async fn recipients_of_one_group_keep_what_belongs_to_each() {
    let store = Store::new().await;
    store.queue(2).await;
    let mut returning = queued(2 + LEADS);
    let both = vec![recent(message_id(2)), recent(message_id(2 + LEADS))];
    returning.guards.recipient = RecipientChange::Advance {
        phone: phone(2),
        seen: 1,
        recent: both.clone(),
    };
    let mut nothing = queued(3);
    nothing.guards.recipient = RecipientChange::Advance {
        phone: phone(3),
        seen: 0,
        recent: Vec::new(),
    };
    let results = store
        .commit_all(vec![queued(1), returning, nothing, queued(4)])
        .await;
    assert_eq!(tally(&results), [("Ok".to_owned(), 4)].into());
    assert_eq!(store.recipient(1).await, (1, vec![recent(draft(1).id)]));
    assert_eq!(store.recipient(2).await, (2, both));
    assert_eq!(store.recipient(3).await, (1, Vec::new()));
    assert_eq!(store.recipient(4).await, (1, vec![recent(draft(4).id)]));
}
