//! `MessageRepository::commit`: holds, charges and the ledger.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::carrier::EvidenceKind;
use sms_domain::ports::{CommitError, MessageRepository};
use sms_testkit::fixtures::noon;

use crate::changes::{canceled, delivered, queued, queued_unguarded};
use crate::support::{Store, tally};

#[tokio::test]
async fn a_queued_message_sets_its_price_aside() {
    let store = Store::new().await;
    store.queue(1).await;
    assert_eq!(store.wallet().await, (10_000_000, 20_000));
}

#[tokio::test]
async fn a_withdrawn_message_releases_what_was_set_aside() {
    let store = Store::new().await;
    store.commit(canceled(store.queue(1).await)).await.unwrap();
    assert_eq!(store.wallet().await, (10_000_000, 0));
}

#[tokio::test]
async fn the_first_acceptance_charges_what_was_set_aside_once() {
    let store = Store::new().await;
    let (message, attempt) = store.send(1).await;
    assert_eq!(attempt.evidence.verdict(), Some(EvidenceKind::Accepted));
    assert_eq!(store.wallet().await, (9_980_000, 0));
    store
        .commit(delivered(message, attempt, noon() + TimeDelta::seconds(3)))
        .await
        .unwrap();
    assert_eq!(store.wallet().await, (9_980_000, 0));
    assert_eq!(
        store.number("SELECT sum(amount) FROM ledger").await,
        9_980_000
    );
    assert_eq!(
        store
            .number("SELECT count(*) FROM ledger WHERE kind = 'charge'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_wallet_is_never_promised_twice_under_concurrency() {
    let store = Store::new().await;
    store.execute("UPDATE wallets SET balance = 100000").await;
    let other_process = store.second_process(Duration::ZERO).await;
    let commits = (0..100).map(|n| {
        let pg = if n % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        tokio::spawn(async move {
            pg.commit(vec![queued_unguarded(n, None)])
                .await
                .unwrap()
                .remove(0)
        })
    });
    let results = futures_util::future::join_all(commits).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("InsufficientFunds".to_owned(), 95), ("Ok".to_owned(), 5)].into()
    );
    assert_eq!(store.wallet().await, (100_000, 100_000));
}

#[tokio::test]
async fn a_group_is_promised_no_more_than_the_balance() {
    let store = Store::new().await;
    store.execute("UPDATE wallets SET balance = 50000").await;
    let results = store.commit_all((0..4).map(queued).collect()).await;
    assert_eq!(
        tally(&results),
        [("InsufficientFunds".to_owned(), 2), ("Ok".to_owned(), 2)].into()
    );
    assert_eq!(store.wallet().await, (50_000, 40_000));
    assert_eq!(store.count("messages").await, 2);
}

#[tokio::test]
async fn an_organization_without_a_wallet_has_no_money() {
    let store = Store::new().await;
    store.execute("DELETE FROM wallets").await;
    assert_eq!(
        store.commit(queued(1)).await,
        Err(CommitError::InsufficientFunds)
    );
}

#[tokio::test]
async fn an_organization_that_may_overdraw_goes_below_zero() {
    let store = Store::new().await;
    store.execute("DELETE FROM wallets").await;
    let mut change = queued(1);
    change.guards.may_overdraw = true;
    store.commit(change).await.unwrap();
    assert_eq!(store.wallet().await, (0, 20_000));
}
