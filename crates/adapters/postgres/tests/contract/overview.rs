//! `OverviewRepository`: what waits, counted and shown.

use chrono::TimeDelta;
use sms_domain::ports::OverviewRepository;
use sms_testkit::fixtures::{noon, organization_id};

use crate::changes::scheduled;
use crate::support::{Store, other_organization};

#[tokio::test]
async fn what_waits_is_counted_and_what_left_is_not_shown() {
    let store = Store::new().await;
    let until = noon() + TimeDelta::hours(1);
    let waiting = store.commit(scheduled(1, until)).await.unwrap();
    let queued = store.queue(2).await;
    store.send(3).await;
    let overview = store.pg.queue(organization_id()).await.unwrap();
    assert_eq!(overview.scheduled, 1);
    assert_eq!(overview.recent.len(), 2);
    assert!(overview.recent.contains(&waiting) && overview.recent.contains(&queued));
    let others = store.pg.queue(other_organization()).await.unwrap();
    assert_eq!(others, Default::default());
}
