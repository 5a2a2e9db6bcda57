//! `UsageRepository`: what the messages of a period come to.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::message::TrafficType;
use sms_domain::ports::{UsagePeriod, UsageRepository as _, UsageTotal};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::OrganizationId;
use sms_testkit::fixtures::{noon, organization_id};

use crate::lists::add;
use crate::support::{Store, other_organization, other_seed};

async fn summed(store: &Store, of: OrganizationId, from: DateTime<Utc>) -> Vec<UsageTotal> {
    let period = UsagePeriod {
        from,
        to: from + TimeDelta::hours(1),
    };
    let totals = store.pg.summed(of, period).await.unwrap();
    totals.expect("few messages")
}

/// What the messages of two organizations cost; the n-th is `n` seconds after noon.
async fn priced() -> Store {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    add(&store, organization_id(), &["sent"; 6]).await;
    add(&store, other_organization(), &["sent"; 2]).await;
    for all in [
        "UPDATE submissions SET segments = 2, quote = 40000",
        "UPDATE messages SET billing_status = 'failed'",
    ] {
        store.execute(all).await;
    }
    let nth =
        |n: i32| format!("created_at = timestamptz '2026-03-03 17:00:00Z' + {n} * interval '1 s'");
    let state = |n, status| {
        format!(
            "UPDATE messages SET billing_status = {status} WHERE id IN
             (SELECT id FROM submissions WHERE {})",
            nth(n)
        )
    };
    store.execute(&state(1, "'charged'")).await;
    store.execute(&state(2, "'charged'")).await;
    store.execute(&state(3, "NULL")).await;
    let warmup = format!("UPDATE submissions SET traffic = 'Warmup' WHERE {}", nth(4));
    store.execute(&warmup).await;
    store
}

fn total(traffic: TrafficType, status: BillingStatus, messages: u32) -> UsageTotal {
    UsageTotal {
        traffic,
        status,
        is_mms: false,
        messages,
        segments: 2 * u64::from(messages),
        quoted: Money::from_micros(40_000).times(messages),
    }
}

#[tokio::test]
async fn messages_with_a_price_are_summed_by_traffic_and_status() {
    let store = priced().await;
    let own = summed(&store, organization_id(), noon()).await;
    assert_eq!(
        own,
        [
            total(TrafficType::RealLead, BillingStatus::Charged, 2),
            total(TrafficType::RealLead, BillingStatus::Failed, 2),
            total(TrafficType::Warmup, BillingStatus::Failed, 1),
        ]
    );
    let theirs = summed(&store, other_organization(), noon()).await;
    assert_eq!(
        theirs,
        [total(TrafficType::RealLead, BillingStatus::Charged, 2)]
    );
}

#[tokio::test]
async fn a_period_has_its_first_instant_and_not_its_last() {
    let store = priced().await;
    let messages = async |from| {
        let totals = summed(&store, organization_id(), from).await;
        totals.iter().map(|total| total.messages).sum::<u32>()
    };
    let (second, hour) = (TimeDelta::seconds(1), TimeDelta::hours(1));
    assert_eq!(messages(noon() + second).await, 5);
    assert_eq!(messages(noon() + second * 2).await, 4);
    assert_eq!(messages(noon() + second * 6 - hour).await, 4);
    assert_eq!(messages(noon() + second * 7 - hour).await, 5);
    assert_eq!(messages(noon() - hour).await, 0);
}
