//! `NumberRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::Registration;
use sms_domain::numbers::{
    HealthChange, HealthReason, NumberHealth, ReceiptCounts, ReputationEvent, ReputationReport,
};
use sms_domain::ports::{NumberRepository, Seed, SeedNumber};
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::{Health, ProviderAccount};
use sms_testkit::fixtures::{noon, number_id, organization_id, phone};
use sms_testkit::sequential_uuid;

use crate::support::{Store, other_organization, seed_number, seed_of};

fn reputation(event: ReputationEvent, reference: &str, at: DateTime<Utc>) -> ReputationReport {
    ReputationReport {
        organization_id: organization_id(),
        number_id: number_id(),
        event,
        at,
        reference: reference.to_owned(),
    }
}

fn later(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

async fn report(store: &Store, kind: ReputationEvent, reference: &str, at: DateTime<Utc>) -> bool {
    store
        .pg
        .record_reputation(reputation(kind, reference, at))
        .await
        .unwrap()
}

async fn health(store: &Store, now: DateTime<Utc>) -> NumberHealth {
    let number = Some((organization_id(), number_id()));
    store.pg.health(number, now).await.unwrap().remove(0)
}

async fn change(store: &Store, seen: Health, to: Health, at: DateTime<Utc>) -> bool {
    let change = HealthChange {
        to,
        reason: HealthReason::TemporarySpamBlock,
        cooling_until: Some(later(240)),
    };
    store
        .pg
        .change_health((organization_id(), number_id()), seen, change, at)
        .await
        .unwrap()
}

async fn registration(store: &Store) -> Registration {
    store.context(1).await.org.numbers[0].registration
}

#[tokio::test]
async fn an_approved_registration_becomes_stale_once() {
    let store = Store::new().await;
    let (organization, number) = (organization_id(), number_id());
    assert!(
        !store
            .pg
            .mark_registration_stale(other_organization(), number)
            .await
            .unwrap()
    );
    assert!(
        store
            .pg
            .mark_registration_stale(organization, number)
            .await
            .unwrap()
    );
    assert!(
        !store
            .pg
            .mark_registration_stale(organization, number)
            .await
            .unwrap()
    );
    assert_eq!(registration(&store).await, Registration::Stale);
}

#[tokio::test]
async fn a_registration_that_was_never_approved_stays_as_it_is() {
    let store = Store::new().await;
    let canadian = SeedNumber {
        registration: Registration::NotRequired,
        ..seed_number(organization_id(), number_id(), "+14045559999")
    };
    store
        .seed(&Seed {
            numbers: vec![canadian],
            ..Seed::default()
        })
        .await;
    let marked = store
        .pg
        .mark_registration_stale(organization_id(), number_id())
        .await;
    assert!(!marked.unwrap());
    assert_eq!(registration(&store).await, Registration::NotRequired);
}

#[tokio::test]
async fn the_same_reputation_event_is_kept_once() {
    let store = Store::new().await;
    assert!(report(&store, ReputationEvent::Undelivered, "m/1", noon()).await);
    assert!(!report(&store, ReputationEvent::Undelivered, "m/1", noon()).await);
    assert!(report(&store, ReputationEvent::SpamBlock, "m/1", noon()).await);
}

#[tokio::test]
async fn reputation_events_of_the_last_day_are_counted_by_kind() {
    let store = Store::new().await;
    for n in 1..=3 {
        store.queue(n).await;
    }
    report(&store, ReputationEvent::Undelivered, "m/1", later(-60)).await;
    report(&store, ReputationEvent::Refused, "m/2", later(-60)).await;
    report(&store, ReputationEvent::OptOut, "m/3", later(-60)).await;
    report(&store, ReputationEvent::SpamBlock, "m/4", later(-60)).await;
    report(&store, ReputationEvent::SpamBlockForGood, "m/5", later(-60)).await;
    report(
        &store,
        ReputationEvent::SpamBlockForGood,
        "m/6",
        noon() - TimeDelta::hours(25),
    )
    .await;
    let expected = ReceiptCounts {
        finished: 3,
        failures: 2,
        opt_outs: 1,
        temporary_spam_blocks: 1,
        permanent_spam_blocks: 1,
    };
    assert_eq!(health(&store, later(1)).await.receipts, expected);
}

#[tokio::test]
async fn a_change_of_health_is_in_the_facts_and_keeps_its_reason() {
    let store = Store::new().await;
    assert!(change(&store, Health::Healthy, Health::CoolingDown, noon()).await);
    let number = store.context(1).await.org.numbers[0].clone();
    assert_eq!(
        (number.health, number.cooling_until),
        (Health::CoolingDown, Some(later(240)))
    );
    let kept = "SELECT count(*) FROM health_changes WHERE reason = 'temporary_spam_block'";
    assert_eq!(store.number(kept).await, 1);
    let known = health(&store, later(1)).await;
    assert_eq!((known.health, known.since), (Health::CoolingDown, noon()));
}

#[tokio::test]
async fn a_health_that_changed_meanwhile_is_left_alone() {
    let store = Store::new().await;
    assert!(!change(&store, Health::Limited, Health::Suspended, noon()).await);
    assert_eq!(health(&store, noon()).await.health, Health::Healthy);
    assert_eq!(store.count("health_changes").await, 0);
}

#[tokio::test]
async fn a_reputation_event_before_a_change_of_health_is_not_counted_again() {
    let store = Store::new().await;
    report(&store, ReputationEvent::SpamBlock, "m/1", later(-1)).await;
    report(&store, ReputationEvent::Undelivered, "m/1", later(-1)).await;
    change(&store, Health::Healthy, Health::Limited, noon()).await;
    assert_eq!(
        health(&store, later(1)).await.receipts,
        ReceiptCounts::default()
    );
    report(&store, ReputationEvent::SpamBlock, "m/2", later(1)).await;
    report(&store, ReputationEvent::Undelivered, "m/2", later(61)).await;
    let receipts = health(&store, later(62)).await.receipts;
    assert_eq!((receipts.temporary_spam_blocks, receipts.failures), (1, 1));
}

#[tokio::test]
async fn numbers_without_reputation_events_that_rest_at_no_state_are_not_looked_at() {
    let store = Store::new().await;
    assert_eq!(store.pg.health(None, noon()).await.unwrap(), []);
    report(&store, ReputationEvent::Undelivered, "m/1", noon()).await;
    assert_eq!(store.pg.health(None, later(1)).await.unwrap().len(), 1);
    let next_day = later(25 * 60);
    assert_eq!(store.pg.health(None, next_day).await.unwrap(), []);
    change(&store, Health::Healthy, Health::Limited, later(2)).await;
    assert_eq!(store.pg.health(None, next_day).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_numbers_of_a_profile_are_found_whomever_they_belong_to() {
    let store = Store::new().await;
    let own = SeedNumber {
        messaging_profile_id: Some("profile".to_owned()),
        ..seed_number(organization_id(), number_id(), "+14045559999")
    };
    let others = SeedNumber {
        organization_id: other_organization(),
        phone: phone("+14045559998"),
        ..own.clone()
    };
    let elsewhere = SeedNumber {
        id: PhoneNumberId::new(sequential_uuid(77)),
        phone: phone("+14045559997"),
        account: ProviderAccount::new("second"),
        ..own.clone()
    };
    let seed = Seed {
        numbers: vec![own, others, elsewhere],
        leads: Vec::new(),
        conversations: Vec::new(),
        top_ups: Vec::new(),
        ..seed_of(other_organization())
    };
    store.seed(&seed).await;
    let account = ProviderAccount::new("default");
    let mut found = store.pg.on_profile(&account, "profile").await.unwrap();
    found.sort();
    let mut expected = vec![
        (organization_id(), number_id()),
        (other_organization(), number_id()),
    ];
    expected.sort();
    assert_eq!(found, expected);
    let none = store.pg.on_profile(&account, "another").await.unwrap();
    assert!(none.is_empty());
}
