//! `ReceiptRepository`: events that are kept for numbers which nobody has yet.

use sms_domain::ports::{AwaitedEvent, ReceiptRepository as _, RemoveOld, Seed};
use sms_domain::values::ids::PhoneNumberId;
use sms_testkit::fixtures::{noon, organization_id, phone};

use crate::changes::event;
use crate::support::{Store, seed_number, uuid};

const NEW: &str = "+14045559111";

/// Two events for a number that is not there, one of which has another member.
async fn kept() -> Store {
    let store = Store::new().await;
    let mut later = event("a");
    later.received_at = noon() + chrono::TimeDelta::seconds(9);
    let numbers = vec![phone("+14045559112"), phone(NEW)];
    store.pg.keep_for_numbers(later, numbers).await.unwrap();
    let first = event("b");
    for _ in 0..2 {
        let keep = store.pg.keep_for_numbers(first.clone(), vec![phone(NEW)]);
        keep.await.unwrap();
    }
    store
}

async fn put_in_place(store: &Store) {
    let number = seed_number(organization_id(), PhoneNumberId::new(uuid(40, 9)), NEW);
    let seed = Seed {
        numbers: vec![number],
        ..Seed::default()
    };
    store.seed(&seed).await;
}

async fn awaited(store: &Store) -> Vec<AwaitedEvent> {
    store.pg.list_awaited(10).await.unwrap()
}

#[tokio::test]
async fn they_are_listed_once_somebody_has_the_number_and_until_they_are_settled() {
    let store = kept().await;
    assert_eq!(awaited(&store).await, []);
    put_in_place(&store).await;
    let listed = awaited(&store).await;
    let names: Vec<_> = (listed.iter())
        .map(|one| (one.event.event_id.as_str(), one.number.as_str()))
        .collect();
    assert_eq!(names, [("b", NEW), ("a", NEW)]);
    assert_eq!(listed[0].event, event("b"));
    store.pg.settle_awaited(&listed[0]).await.unwrap();
    store.pg.settle_awaited(&listed[0]).await.unwrap();
    assert_eq!(awaited(&store).await, listed[1..]);
    assert_eq!(store.count("provider_events").await, 2);
    assert_eq!(store.count("awaited_texts").await, 2);
}

#[tokio::test]
async fn a_page_holds_no_more_than_was_asked_for() {
    let store = kept().await;
    put_in_place(&store).await;
    assert_eq!(store.pg.list_awaited(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn they_go_with_their_events() {
    use sms_domain::lifecycle::retention::Perishable;
    use sms_domain::ports::RetentionRepository as _;
    let store = kept().await;
    let before = noon() + chrono::TimeDelta::days(1);
    let removed = store
        .pg
        .remove(RemoveOld::new(Perishable::ProviderEvents, before))
        .await;
    assert_eq!(removed.unwrap().rows, 2);
    assert_eq!(store.count("awaited_texts").await, 0);
}
