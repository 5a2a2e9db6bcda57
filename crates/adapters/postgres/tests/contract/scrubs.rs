//! `ScrubRepository`, and what decisions read of imported lists.

use chrono::{NaiveDate, TimeDelta};
use sms_domain::facts::{
    Consent, ConsentBasis, NationalDnc, Reassigned, ReassignedAnswer, ScrubFacts,
};
use sms_domain::ports::{
    AuditAction, AuditLog, AuditQuery, Exchange, Imported, ImportedList, ReassignedRow,
    ScrubRepository,
};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::support::{Store, other_organization, phone, seed_of};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The exchange and the line of a lead's number.
fn place(lead: u32) -> (u32, u16) {
    let phone = phone(lead);
    let digits = phone.as_str();
    (digits[2..8].parse().unwrap(), digits[8..].parse().unwrap())
}

/// The exchange of the leads with these listed.
fn exchange(leads: &[u32]) -> Exchange {
    let mut exchange = Exchange::empty(place(1).0);
    for lead in leads {
        assert_eq!(place(*lead).0, exchange.code);
        exchange.list(place(*lead).1);
    }
    exchange
}

fn list(generation: i64, as_of: &str, exchanges: u64) -> ImportedList {
    ImportedList {
        organization_id: organization_id(),
        generation,
        as_of: day(as_of),
        numbers: 7,
        exchanges,
        at: noon(),
        by: operator(),
    }
}

async fn begin(store: &Store) -> i64 {
    let begun = store.pg.begin_national_dnc(organization_id()).await;
    begun.unwrap()
}

async fn put(store: &Store, generation: i64, exchanges: Vec<Exchange>) -> bool {
    let put = store
        .pg
        .put_exchanges(organization_id(), generation, exchanges);
    put.await.unwrap()
}

async fn import(store: &Store, leads: &[u32], as_of: &str) {
    let generation = begin(store).await;
    assert!(put(store, generation, vec![exchange(leads)]).await);
    let finished = store.pg.finish_national_dnc(list(generation, as_of, 1));
    assert!(finished.await.unwrap());
}

async fn scrubs(store: &Store, lead: u32) -> ScrubFacts {
    store.context(lead).await.message.scrubs
}

fn listed(as_of: &str, is_listed: bool) -> Option<NationalDnc> {
    let as_of = day(as_of);
    Some(NationalDnc { as_of, is_listed })
}

#[tokio::test]
async fn without_an_import_nothing_is_known() {
    let store = Store::new().await;
    assert_eq!(scrubs(&store, 1).await, ScrubFacts::default());
    let imported = store.pg.imported(organization_id()).await.unwrap();
    assert_eq!(imported, Imported::default());
}

#[tokio::test]
async fn a_list_says_of_each_number_whether_it_has_it() {
    let store = Store::new().await;
    import(&store, &[1, 3], "2026-03-01").await;
    for (lead, is_listed) in [(1, true), (2, false), (3, true)] {
        let expected = listed("2026-03-01", is_listed);
        assert_eq!(scrubs(&store, lead).await.national_dnc, expected);
    }
    let imported = store.pg.imported(organization_id()).await.unwrap();
    assert_eq!(imported.national_dnc, Some((day("2026-03-01"), 7, noon())));
    let theirs = store.pg.imported(other_organization()).await.unwrap();
    assert_eq!(theirs, Imported::default());
}

#[tokio::test]
async fn the_list_before_stays_in_force_until_the_next_is_complete_and_is_then_removed() {
    let store = Store::new().await;
    import(&store, &[1], "2026-02-01").await;
    let generation = begin(&store).await;
    assert!(put(&store, generation, vec![exchange(&[2])]).await);
    assert_eq!(
        scrubs(&store, 1).await.national_dnc,
        listed("2026-02-01", true)
    );
    let finished = store
        .pg
        .finish_national_dnc(list(generation, "2026-03-01", 1));
    assert!(finished.await.unwrap());
    assert_eq!(
        scrubs(&store, 1).await.national_dnc,
        listed("2026-03-01", false)
    );
    assert_eq!(
        scrubs(&store, 2).await.national_dnc,
        listed("2026-03-01", true)
    );
    assert_eq!(store.count("national_dnc").await, 1);
}

#[tokio::test]
async fn an_exchange_that_comes_twice_is_refused() {
    let store = Store::new().await;
    let generation = begin(&store).await;
    assert!(put(&store, generation, vec![exchange(&[1])]).await);
    assert!(!put(&store, generation, vec![exchange(&[2])]).await);
}

#[tokio::test]
async fn of_two_imports_at_once_the_first_does_not_come_in_force_without_its_numbers() {
    let store = Store::new().await;
    let first = begin(&store).await;
    assert!(put(&store, first, vec![exchange(&[1])]).await);
    let second = begin(&store).await;
    let finished = store.pg.finish_national_dnc(list(first, "2026-03-01", 1));
    assert!(!finished.await.unwrap());
    assert_eq!(scrubs(&store, 1).await.national_dnc, None);
    assert!(put(&store, second, vec![exchange(&[1])]).await);
    let finished = store.pg.finish_national_dnc(list(second, "2026-03-01", 1));
    assert!(finished.await.unwrap());
}

fn answer(lead: u32, consent_on: &str, asked_on: &str, answer: ReassignedAnswer) -> ReassignedRow {
    ReassignedRow {
        phone: phone(lead),
        consent_on: day(consent_on),
        asked_on: day(asked_on),
        answer,
    }
}

async fn put_answers(store: &Store, rows: Vec<ReassignedRow>) {
    let put = (store.pg).put_reassigned(organization_id(), rows, noon(), operator());
    put.await.unwrap();
}

#[tokio::test]
async fn an_answer_counts_for_the_date_of_the_leads_consent_and_the_latest_query_counts() {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    let consent = Consent::new(ConsentBasis::Written, noon() - TimeDelta::days(9));
    seed.leads[1].consent = Some(consent);
    let consented = consent.at.date_naive();
    let (own, other) = (
        consented.to_string(),
        (consented - TimeDelta::days(1)).to_string(),
    );
    store.seed(&seed).await;
    put_answers(
        &store,
        vec![answer(1, &other, "2026-02-01", ReassignedAnswer::Yes)],
    )
    .await;
    assert_eq!(scrubs(&store, 1).await.reassigned, None);
    let rows = vec![
        answer(1, &own, "2026-02-01", ReassignedAnswer::Yes),
        answer(1, &own, "2026-02-20", ReassignedAnswer::No),
    ];
    put_answers(&store, rows).await;
    put_answers(
        &store,
        vec![answer(1, &own, "2026-02-19", ReassignedAnswer::NoData)],
    )
    .await;
    let expected = Reassigned {
        asked_on: day("2026-02-20"),
        answer: ReassignedAnswer::No,
    };
    assert_eq!(scrubs(&store, 1).await.reassigned, Some(expected));
    let imported = store.pg.imported(organization_id()).await.unwrap();
    assert_eq!(imported.reassigned, (2, Some(day("2026-02-20"))));
}

#[tokio::test]
async fn every_import_is_on_record() {
    let store = Store::new().await;
    import(&store, &[1], "2026-02-01").await;
    import(&store, &[1], "2026-03-01").await;
    put_answers(
        &store,
        vec![answer(1, "2026-01-01", "2026-02-01", ReassignedAnswer::No)],
    )
    .await;
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let entries = log.into_iter().map(|record| record.entry);
    let imports: Vec<_> = entries
        .filter(|one| one.action == AuditAction::ScrubImported)
        .collect();
    assert_eq!(imports.len(), 3);
    assert_eq!(imports[0].before, None);
    assert_eq!(imports[1].before, imports[0].after);
}
