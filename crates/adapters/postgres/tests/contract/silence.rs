//! A database that says nothing: every port answers [`Unavailable`] in time, the connection is not used
//! again, and the next call works.

use std::time::{Duration, Instant};

use sms_domain::message::Status;
use sms_domain::ports::{
    ApiKeyRepository, BacklogRepository, DispatchQueue, FactsRepository, MessageRepository,
    SeedRepository, Unavailable,
};
use sms_postgres::{Deadlines, Pg};
use sms_testkit::fixtures::{noon, operator, organization_id};

use crate::changes::{message_id, queued};
use crate::support::{Store, claim_of, request, seed_of};

/// Short enough for a test.
const SHORT: Deadlines = Deadlines {
    free: Duration::from_millis(500),
    connect: Duration::from_secs(1),
    hot: Duration::from_millis(500),
    cold: Duration::from_millis(500),
    patient: Duration::from_millis(500),
};

/// Nothing may take longer: the deadlines together, and time for a busy machine.
const PATIENCE: Duration = Duration::from_secs(6);

/// Answers what failed.
async fn in_time<T>(what: impl Future<Output = Result<T, Unavailable>>) -> Option<Unavailable> {
    let began = Instant::now();
    let answer = what.await;
    let took = began.elapsed();
    assert!(took < PATIENCE, "{took:?}");
    answer.err()
}

/// Opens all connections that the pool may have.
async fn fill(pg: &Pg) {
    let organization = organization_id();
    let finds = (0..32).map(|n| MessageRepository::find(pg, organization, message_id(n)));
    for found in futures_util::future::join_all(finds).await {
        found.unwrap();
    }
}

#[tokio::test]
async fn of_a_pool_that_fell_silent_one_connection_costs_a_deadline_and_the_rest_are_replaced() {
    let store = Store::new().await;
    let (pg, proxy) = store.behind_a_proxy(SHORT).await;
    fill(&pg).await;
    proxy.silence_open_connections();
    let find = || MessageRepository::find(&pg, organization_id(), message_id(1));
    assert!(in_time(find()).await.is_some());
    for _ in 0..16 {
        assert!(in_time(find()).await.is_none());
    }
}

#[tokio::test]
async fn a_commit_that_falls_silent_is_answered_and_may_be_repeated() {
    let store = Store::new().await;
    let (pg, proxy) = store.behind_a_proxy(SHORT).await;
    proxy.silence_open_connections();
    let change = queued(1);
    assert!(in_time(pg.commit(vec![change.clone()])).await.is_some());
    let message = pg.commit(vec![change.clone()]).await.unwrap().remove(0);
    assert_eq!(message.unwrap().status(), Status::Queued);
    // As after a lost answer: it is there already, once.
    assert!(pg.commit(vec![change]).await.unwrap().remove(0).is_ok());
    assert_eq!(store.count("messages").await, 1);
}

#[tokio::test]
async fn every_kind_of_use_ends_in_time() {
    let store = Store::new().await;
    let (pg, proxy) = store.behind_a_proxy(SHORT).await;
    let seed = seed_of(organization_id());
    for _ in 0..2 {
        proxy.silence_all();
        let (loaded, found, claimed) = tokio::join!(
            in_time(pg.load(vec![request(1)])),
            in_time(ApiKeyRepository::find(&pg, [1; 32])),
            in_time(pg.claim(claim_of(noon(), noon(), 10))),
        );
        assert!(loaded.and(found).and(claimed).is_some());
        let (listed, watched, asked) = tokio::join!(
            in_time(ApiKeyRepository::list(&pg, organization_id())),
            in_time(pg.backlog(noon())),
            in_time(pg.ping()),
        );
        assert!(listed.and(watched).and(asked).is_some());
        let began = Instant::now();
        assert!(pg.apply(&seed, noon(), &operator()).await.is_err());
        assert!(began.elapsed() < PATIENCE);
        proxy.recover();
        assert!(in_time(pg.ping()).await.is_none());
    }
    pg.apply(&seed, noon(), &operator()).await.unwrap();
}

#[tokio::test]
async fn many_callers_of_a_silent_database_are_answered_and_the_store_recovers_at_once() {
    let store = Store::new().await;
    let (pg, proxy) = store.behind_a_proxy(SHORT).await;
    fill(&pg).await;
    proxy.silence_all();
    let calls = (0..200).map(|n| {
        let pg = pg.clone();
        async move { in_time(pg.commit(vec![queued(n % 90)])).await }
    });
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(Option::is_some));
    proxy.recover();
    assert!(in_time(pg.commit(vec![queued(1)])).await.is_none());
}

#[tokio::test]
async fn nobody_migrates_a_database_that_says_nothing() {
    let store = Store::empty().await;
    let (_, proxy) = store.behind_a_proxy(SHORT).await;
    proxy.silence_all();
    let began = Instant::now();
    assert!(
        sms_postgres::migrations::migrate(proxy.url())
            .await
            .is_err()
    );
    assert!(began.elapsed() < PATIENCE);
}
