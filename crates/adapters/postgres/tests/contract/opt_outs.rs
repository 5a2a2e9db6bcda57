//! `OptOutRepository` and `ReviewRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::{OptOutChange, ReleaseChange, ReviewChange, SuppressionSource};
use sms_domain::message::{Priority, TrafficType};
use sms_domain::ports::{CommitError, OptOutOutcome, OptOutRepository, ReviewRepository};
use sms_domain::values::ids::SuppressionId;
use sms_testkit::fixtures::{altered, noon, number_id, operator, organization_id};

use crate::changes::{claimed, queued, queued_unguarded, scheduled};
use crate::support::{Store, conversation, other_organization, phone, uuid};
use crate::texts::receive;

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

/// Opt-out `n` of a person.
fn opt_out(n: u32, person: u32, scope: SuppressionScope, at: DateTime<Utc>) -> OptOutChange {
    OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(34, n)),
        phone: phone(person),
        scope,
        source: SuppressionSource::Inbound,
        profile: None,
        reason: "asked".to_owned(),
        recipient: None,
        at,
        by: None,
    }
}

fn everything(n: u32, person: u32, at: DateTime<Utc>) -> OptOutChange {
    opt_out(n, person, SuppressionScope::Organization, at)
}

async fn record(store: &Store, change: OptOutChange) -> OptOutOutcome {
    store.pg.record_opt_out(change).await.unwrap()
}

async fn release(store: &Store, person: u32, entry: u32, at: DateTime<Utc>) -> usize {
    let change = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(person),
        only: Some(SuppressionId::new(uuid(34, entry))),
        at,
        by: operator(),
        reason: None,
    };
    store.pg.release(change).await.unwrap()
}

#[tokio::test]
async fn an_opt_out_is_in_the_facts_of_the_next_decision() {
    let store = Store::new().await;
    for (n, scope) in (1..).zip([
        SuppressionScope::Organization,
        SuppressionScope::Number(number_id()),
        SuppressionScope::Campaign(sms_domain::values::ids::CampaignId::new(uuid(7, 1))),
    ]) {
        assert_eq!(
            record(&store, opt_out(n, n, scope, noon())).await,
            OptOutOutcome::Recorded
        );
        assert_eq!(store.scopes(n).await, [scope]);
    }
}

#[tokio::test]
async fn an_opt_out_advances_the_recipient_even_if_the_list_has_it() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    assert_eq!(store.recipient(1).await.0, 1);
    assert_eq!(
        record(&store, everything(2, 1, noon())).await,
        OptOutOutcome::AlreadyClosed
    );
    assert_eq!(store.recipient(1).await.0, 2);
    assert_eq!(store.count("suppressions").await, 1);
}

#[tokio::test]
async fn a_decision_made_before_an_opt_out_is_not_committed_after_it() {
    let store = Store::new().await;
    let decided_before = queued(1);
    record(&store, everything(1, 1, noon())).await;
    assert_eq!(
        store.commit(decided_before).await,
        Err(CommitError::Conflict)
    );
}

#[tokio::test]
async fn of_a_racing_opt_out_and_send_no_send_that_came_second_is_committed() {
    let store = Store::new().await;
    for n in 1..=20 {
        let (recorded, sent) = tokio::join!(
            record(&store, everything(n, n, noon())),
            store.commit(queued(n))
        );
        assert_eq!(recorded, OptOutOutcome::Recorded);
        let version = store.recipient(n).await.0;
        // Either the message came first and the opt-out advanced its version, or it conflicted.
        assert_eq!(version, if sent.is_ok() { 2 } else { 1 });
    }
}

#[tokio::test]
async fn an_opt_out_that_is_repeated_under_its_id_is_there_once() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    assert_eq!(
        record(&store, everything(1, 1, noon())).await,
        OptOutOutcome::AlreadyClosed
    );
    assert_eq!(store.count("suppressions").await, 1);
}

#[tokio::test]
async fn an_opt_out_that_was_said_again_is_renewed() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    record(&store, everything(2, 1, later(5))).await;
    record(&store, everything(3, 1, later(3))).await;
    let active = store.pg.active(organization_id(), &phone(1)).await.unwrap();
    assert_eq!((active[0].at, active[0].renewed_at), (noon(), later(5)));
    assert_eq!(release(&store, 1, 1, later(4)).await, 0);
    assert_eq!(release(&store, 1, 1, later(5)).await, 1);
}

#[tokio::test]
async fn a_released_entry_stays_on_record_and_no_longer_holds() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    assert_eq!(release(&store, 1, 1, later(1)).await, 1);
    assert_eq!(release(&store, 1, 1, later(2)).await, 0);
    assert!(store.scopes(1).await.is_empty());
    assert_eq!(
        store
            .number("SELECT count(released_at) FROM suppressions")
            .await,
        1
    );
}

#[tokio::test]
async fn a_release_does_not_touch_another_persons_entry() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    assert_eq!(release(&store, 2, 1, later(1)).await, 0);
    let elsewhere = ReleaseChange {
        organization_id: other_organization(),
        phone: phone(1),
        only: Some(SuppressionId::new(uuid(34, 1))),
        at: later(1),
        by: operator(),
        reason: None,
    };
    assert_eq!(store.pg.release(elsewhere).await.unwrap(), 0);
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
}

#[tokio::test]
async fn each_sources_entry_of_a_scope_stands_by_itself() {
    let store = Store::new().await;
    for (n, source) in (1..).zip(SuppressionSource::ALL) {
        let change = OptOutChange {
            source: *source,
            ..everything(n, 1, noon())
        };
        assert_eq!(
            record(&store, change).await,
            OptOutOutcome::Recorded,
            "{source}"
        );
    }
    assert_eq!(store.count("suppressions").await, 4);
    for entry in 1..=4 {
        assert_eq!(store.scopes(1).await.len(), 5 - entry as usize);
        assert_eq!(release(&store, 1, entry, later(1)).await, 1);
    }
    assert!(store.scopes(1).await.is_empty());
}

#[tokio::test]
async fn a_release_of_all_is_an_opt_in_for_what_was_said_before_and_comes_later() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    let all = ReleaseChange {
        organization_id: organization_id(),
        phone: phone(1),
        only: None,
        at: later(10),
        by: operator(),
        reason: None,
    };
    assert_eq!(store.pg.release(all).await.unwrap(), 1);
    for (n, source, is_overtaken) in [
        (2, SuppressionSource::Inbound, true),
        (3, SuppressionSource::Provider, true),
        (4, SuppressionSource::Operator, false),
        (5, SuppressionSource::Import, false),
    ] {
        let change = OptOutChange {
            source,
            ..everything(n, 1, later(5))
        };
        let outcome = record(&store, change).await;
        assert_eq!(
            outcome == OptOutOutcome::Overtaken,
            is_overtaken,
            "{source}"
        );
    }
}

#[tokio::test]
async fn an_opt_out_that_the_person_took_back_later_is_overtaken() {
    let store = Store::new().await;
    record(&store, everything(1, 1, noon())).await;
    release(&store, 1, 1, later(10)).await;
    let number = SuppressionScope::Number(number_id());
    assert_eq!(
        record(&store, everything(2, 1, later(5))).await,
        OptOutOutcome::Overtaken
    );
    assert_eq!(
        record(&store, opt_out(3, 1, number, later(9))).await,
        OptOutOutcome::Overtaken
    );
    assert!(store.scopes(1).await.is_empty());
    assert_eq!(
        record(&store, everything(4, 1, later(10))).await,
        OptOutOutcome::Recorded
    );
}

#[tokio::test]
async fn what_was_opened_for_one_number_does_not_overtake_an_opt_out_of_everything() {
    let store = Store::new().await;
    record(
        &store,
        opt_out(1, 1, SuppressionScope::Number(number_id()), noon()),
    )
    .await;
    release(&store, 1, 1, later(10)).await;
    assert_eq!(
        record(&store, everything(2, 1, later(5))).await,
        OptOutOutcome::Recorded
    );
}

#[tokio::test]
async fn scheduled_and_queued_messages_wait_and_the_systems_own_answers_do_not_count() {
    let store = Store::new().await;
    let waiting = store.queue(1).await;
    let later_one = store.commit(scheduled(101, later(60))).await.unwrap();
    let under_way = store.commit(queued_unguarded(201, None)).await.unwrap();
    store.commit(claimed(&under_way, 201)).await.unwrap();
    store.queue(2).await;
    let mut own = scheduled(301, later(3));
    own.message = altered(&own.message, |message| {
        message.submission.traffic = TrafficType::SystemInternal;
        message.submission.priority = Priority::System;
    });
    store.commit(own).await.unwrap();
    let found = store
        .pg
        .waiting_messages(organization_id(), &phone(1), 10)
        .await
        .unwrap();
    assert_eq!(found, [waiting.clone(), later_one]);
    let first = store
        .pg
        .waiting_messages(organization_id(), &phone(1), 1)
        .await
        .unwrap();
    assert_eq!(first, [waiting]);
    let elsewhere = store
        .pg
        .waiting_messages(other_organization(), &phone(1), 10)
        .await;
    assert_eq!(elsewhere.unwrap(), []);
}

fn resolved(opt_out: Option<OptOutChange>) -> ReviewChange {
    ReviewChange {
        organization_id: organization_id(),
        conversation_id: conversation(1),
        opt_out,
        at: noon(),
        by: operator(),
    }
}

#[tokio::test]
async fn a_review_shows_what_the_person_wrote_last() {
    let store = Store::new().await;
    for n in 1..=6 {
        receive(&store, n, 1, &format!("text {n}"), later(n.into())).await;
    }
    receive(&store, 7, 1, "not interested", later(7)).await;
    let reviews = store.pg.list_reviews(None, 10).await.unwrap();
    assert_eq!(reviews.len(), 1);
    assert_eq!(
        (reviews[0].conversation_id, &reviews[0].phone),
        (conversation(1), &phone(1))
    );
    let texts: Vec<_> = reviews[0]
        .texts
        .iter()
        .map(|text| text.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["not interested", "text 6", "text 5", "text 4", "text 3"]
    );
    let of_organization = store
        .pg
        .list_reviews(Some(organization_id()), 10)
        .await
        .unwrap();
    assert_eq!(of_organization, reviews);
    let found = store
        .pg
        .find_review(organization_id(), conversation(1))
        .await
        .unwrap();
    assert_eq!(found.as_ref(), reviews.first());
}

#[tokio::test]
async fn another_organization_sees_no_review() {
    let store = Store::new().await;
    receive(&store, 1, 1, "not interested", noon()).await;
    let other = other_organization();
    assert_eq!(store.pg.list_reviews(Some(other), 10).await.unwrap(), []);
    assert_eq!(
        store.pg.find_review(other, conversation(1)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn reviews_are_listed_longest_waiting_first() {
    let store = Store::new().await;
    receive(&store, 1, 1, "not interested", later(2)).await;
    receive(&store, 2, 2, "not interested", later(1)).await;
    let reviews = store.pg.list_reviews(None, 10).await.unwrap();
    let order: Vec<_> = reviews
        .iter()
        .map(|review| review.conversation_id)
        .collect();
    assert_eq!(order, [conversation(2), conversation(1)]);
    assert_eq!(store.pg.list_reviews(None, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dismissed_review_takes_the_flag_away_and_closes_nothing() {
    let store = Store::new().await;
    receive(&store, 1, 1, "not interested", noon()).await;
    assert!(store.pg.resolve_review(resolved(None)).await.unwrap());
    assert!(
        !store
            .context(1)
            .await
            .message
            .conversation
            .awaits_opt_out_review
    );
    assert!(store.scopes(1).await.is_empty());
}

#[tokio::test]
async fn a_review_that_is_an_opt_out_closes_in_the_same_transaction() {
    let store = Store::new().await;
    receive(&store, 1, 1, "not interested", noon()).await;
    let before = store.recipient(1).await.0;
    let change = resolved(Some(everything(1, 1, later(1))));
    assert!(store.pg.resolve_review(change).await.unwrap());
    assert_eq!(store.scopes(1).await, [SuppressionScope::Organization]);
    assert!(store.recipient(1).await.0 > before);
}

#[tokio::test]
async fn a_thread_that_waits_for_no_review_is_left_alone() {
    let store = Store::new().await;
    let change = resolved(Some(everything(1, 1, noon())));
    assert!(!store.pg.resolve_review(change).await.unwrap());
    assert!(store.scopes(1).await.is_empty());
    assert_eq!(store.count("recipients").await, 0);
}
