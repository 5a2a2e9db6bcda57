//! The pace of a number, over many claims and several workers.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::message::Priority;
use sms_domain::ports::{DispatchQueue, SeedRepository};
use sms_postgres::Pg;
use sms_testkit::fixtures::{altered, noon, operator, organization_id};

use crate::changes::{message_id, queued};
use crate::support::{LEADS, Store, claim_of, seed_of};

/// Messages a minute.
const PACE: u32 = 30;

async fn paced_store() -> Store {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    seed.numbers[0].minute_limit = Some(PACE);
    store.seed(&seed).await;
    store
}

async fn claim(pg: &Pg, now: DateTime<Utc>) -> Vec<sms_domain::message::Message> {
    let lease = now + TimeDelta::hours(24);
    let due = pg.claim(claim_of(now, lease, 10)).await.unwrap();
    due.into_iter().map(|due| due.message).collect()
}

async fn fill(store: &Store, messages: std::ops::Range<u32>, priority: Priority) {
    let changes = messages.map(|n| {
        let mut change = queued(n);
        change.message = altered(&change.message, |message| {
            message.submission.priority = priority;
        });
        change
    });
    for result in store.commit_all(changes.collect()).await {
        result.unwrap();
    }
}

#[tokio::test]
async fn no_minute_sees_more_than_the_pace_and_none_much_less_over_two_workers() {
    let store = paced_store().await;
    fill(&store, 0..LEADS, Priority::Bulk).await;
    let second = store.second_process(Duration::ZERO).await;
    let mut claimed: VecDeque<DateTime<Utc>> = VecDeque::new();
    let mut total = 0;
    for tick in 0..720 {
        let now = noon() + TimeDelta::milliseconds(tick * 250);
        let (one, other) = tokio::join!(claim(&store.pg, now), claim(&second, now));
        for _ in one.iter().chain(&other) {
            claimed.push_back(now);
            total += 1;
        }
        while claimed
            .front()
            .is_some_and(|at| now - *at >= TimeDelta::minutes(1))
        {
            claimed.pop_front();
        }
        assert!(
            claimed.len() <= PACE as usize,
            "{} in a minute",
            claimed.len()
        );
    }
    // Three minutes at the pace, less the second in 62 that makes it exact.
    assert!((84..=90).contains(&total), "{total} in three minutes");
}

#[tokio::test]
async fn an_answer_does_not_wait_behind_bulk_messages() {
    let store = paced_store().await;
    fill(&store, 0..90, Priority::Bulk).await;
    claim(&store.pg, noon()).await;
    fill(&store, 90..91, Priority::Immediate).await;
    let now = noon() + TimeDelta::seconds(3);
    let first = claim(&store.pg, now).await;
    assert_eq!(
        first.first().map(|message| message.id),
        Some(message_id(90))
    );
}

#[tokio::test]
async fn a_number_whose_pace_was_lifted_admits_everything() {
    let store = paced_store().await;
    fill(&store, 0..10, Priority::Bulk).await;
    store
        .pg
        .apply(&seed_of(organization_id()), noon(), &operator())
        .await
        .unwrap();
    assert_eq!(store.count("lanes").await, 0);
    assert_eq!(claim(&store.pg, noon()).await.len(), 10);
}
