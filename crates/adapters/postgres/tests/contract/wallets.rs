//! `WalletRepository`: what is left, and money that is put in once for each reference.

use sms_domain::ports::{AuditAction, AuditLog, AuditQuery, TopUp, TopUpOutcome, WalletRepository};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{LedgerEntryId, OrganizationId};
use sms_testkit::fixtures::{noon, operator, organization_id};
use tokio::task::JoinSet;

use crate::support::{Store, other_organization, uuid};

const fn dollars(amount: i64) -> Money {
    Money::from_micros(amount * 1_000_000)
}

fn top_up(n: u32, amount: Money, reference: &str) -> TopUp {
    TopUp {
        organization_id: organization_id(),
        id: LedgerEntryId::new(uuid(77, n)),
        amount,
        reference: reference.to_owned(),
        at: noon(),
        by: operator(),
    }
}

async fn balance(store: &Store, organization: OrganizationId) -> Option<Money> {
    let wallet = store.pg.wallet(organization).await.unwrap();
    wallet.map(|wallet| wallet.balance)
}

async fn entries(store: &Store) -> usize {
    let query = AuditQuery {
        limit: 1000,
        ..AuditQuery::default()
    };
    let log = store.pg.list_audit(query).await.unwrap();
    let is_money = |one: &&_| matches!(one, AuditAction::MoneyAdded);
    log.iter()
        .map(|record| &record.entry.action)
        .filter(is_money)
        .count()
}

#[tokio::test]
async fn a_wallet_shows_its_balance_what_is_held_and_whose_it_is() {
    let store = Store::new().await;
    store.queue(1).await;
    let wallet = store.pg.wallet(organization_id()).await.unwrap().unwrap();
    assert_eq!(wallet.organization_name, "Acme Roofing");
    assert_eq!(
        (wallet.balance, wallet.held),
        (dollars(10), Money::from_micros(20_000))
    );
    assert_eq!(wallet.created_at, noon());
    assert_eq!(balance(&store, other_organization()).await, None);
}

#[tokio::test]
async fn money_is_put_in_once_for_each_reference() {
    let store = Store::new().await;
    let before = entries(&store).await;
    for (n, amount, reference, expected) in [
        (1, dollars(5), "a", TopUpOutcome::Booked(dollars(15))),
        (2, dollars(5), "a", TopUpOutcome::Repeated(dollars(15))),
        (3, dollars(6), "a", TopUpOutcome::Contradicts(dollars(5))),
        (4, dollars(6), "b", TopUpOutcome::Booked(dollars(21))),
    ] {
        let booked = store.pg.top_up(top_up(n, amount, reference)).await;
        assert_eq!(booked.unwrap(), expected);
    }
    assert_eq!(balance(&store, organization_id()).await, Some(dollars(21)));
    assert_eq!(entries(&store).await, before + 2);
}

#[tokio::test]
async fn of_the_same_top_ups_that_arrive_at_once_one_is_booked() {
    let store = Store::new().await;
    let mut calls = JoinSet::new();
    for n in 0..8 {
        let pg = store.pg.clone();
        calls.spawn(async move { pg.top_up(top_up(n, dollars(1), "a")).await.unwrap() });
    }
    let outcomes = calls.join_all().await;
    let booked = outcomes
        .iter()
        .filter(|one| matches!(one, TopUpOutcome::Booked(_)));
    assert_eq!(booked.count(), 1, "{outcomes:?}");
    assert_eq!(balance(&store, organization_id()).await, Some(dollars(11)));
}

#[tokio::test]
async fn an_unknown_organization_and_an_uncountable_balance_are_told_and_change_nothing() {
    let store = Store::new().await;
    let unknown = TopUp {
        organization_id: OrganizationId::new(uuid(78, 1)),
        ..top_up(1, dollars(1), "a")
    };
    let outcome = store.pg.top_up(unknown).await.unwrap();
    assert_eq!(outcome, TopUpOutcome::Unknown);
    let whole = Money::from_micros(i64::MAX);
    let outcome = store.pg.top_up(top_up(2, whole, "b")).await.unwrap();
    assert_eq!(outcome, TopUpOutcome::TooMuch);
    assert_eq!(balance(&store, organization_id()).await, Some(dollars(10)));
    let after = store.pg.top_up(top_up(3, dollars(1), "b")).await.unwrap();
    assert_eq!(after, TopUpOutcome::Booked(dollars(11)));
}
