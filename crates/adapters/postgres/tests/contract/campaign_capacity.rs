//! `MessageRepository::commit`: the days of campaigns, counted in segments over all their numbers.

use std::time::Duration;

use sms_domain::facts::Registration;
use sms_domain::lifecycle::{MessageChange, RecipientChange};
use sms_domain::message::SendPlan;
use sms_domain::ports::{CommitError, MessageRepository, SeedCampaign};
use sms_domain::values::ids::CampaignId;
use sms_domain::values::{CampaignShare, CounterKind};
use sms_testkit::fixtures::{instant, organization_id};

use crate::changes::{canceled, plan, queued_with};
use crate::support::{Store, seed_of, tally, uuid};

const CAMPAIGN: CampaignId = CampaignId::new(uuid(8, 1));

/// A store whose number belongs to a campaign with a limit of segments a day.
async fn store(daily_limit: Option<u32>) -> Store {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    seed.campaigns.push(SeedCampaign {
        organization_id: organization_id(),
        id: CAMPAIGN,
        name: "Storm leads".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: Some("C1".to_owned()),
        registration: Registration::Approved,
        minute_limit: None,
        daily_limit,
    });
    store.seed(&seed).await;
    store
}

fn plan_of(segments: u32, day_limit: u32) -> SendPlan {
    let mut plan = plan();
    plan.segments = segments;
    plan.reservation.campaign = Some(CampaignShare {
        campaign_id: CAMPAIGN,
        segments,
        day_limit: Some(day_limit),
    });
    plan
}

/// Message `n` of some segments, without a guard on its recipient.
fn queued(n: u32, segments: u32, day_limit: u32) -> MessageChange {
    let mut change = queued_with(n, plan_of(segments, day_limit));
    change.guards.recipient = RecipientChange::None;
    change
}

async fn used(store: &Store) -> i64 {
    let used = "SELECT coalesce(sum(used), 0) FROM campaign_counters";
    store.number(used).await
}

#[tokio::test]
async fn of_many_concurrent_messages_exactly_as_many_as_are_left_take_a_campaigns_day() {
    let store = store(Some(50)).await;
    let other_process = store.second_process(Duration::ZERO).await;
    let commits = (0..400).map(|n| {
        let pg = if n % 2 == 0 {
            store.pg.clone()
        } else {
            other_process.clone()
        };
        tokio::spawn(async move { pg.commit(vec![queued(n, 1, 50)]).await.unwrap().remove(0) })
    });
    let results = futures_util::future::join_all(commits).await;
    let results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        tally(&results),
        [("Ok".to_owned(), 50), ("OverCapacity".to_owned(), 350)].into()
    );
    assert_eq!(used(&store).await, 50);
    assert_eq!(store.used_this_hour().await, 50);
}

#[tokio::test]
async fn a_group_takes_whole_messages_of_what_is_left_of_a_campaigns_day() {
    let store = store(Some(10)).await;
    let sizes = [4, 4, 4, 1, 2];
    let changes = (0..).zip(sizes).map(|(n, size)| queued(n, size, 10));
    let results = store.commit_all(changes.collect()).await;
    let admitted: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(admitted, [true, true, false, true, false]);
    assert_eq!(results[2], Err(CommitError::OverCapacity));
    assert_eq!(used(&store).await, 9);
}

#[tokio::test]
async fn a_message_that_finds_its_campaigns_day_full_takes_nothing_of_its_number() {
    let store = store(Some(2)).await;
    let refused = store.commit(queued(1, 3, 2)).await;
    assert_eq!(refused, Err(CommitError::OverCapacity));
    assert_eq!(used(&store).await, 0);
    assert_eq!(store.used_this_hour().await, 0);
    assert_eq!(store.count("messages").await, 0);
}

#[tokio::test]
async fn a_message_that_is_withdrawn_gives_its_segments_back_as_they_were_stored() {
    let store = store(Some(3)).await;
    store.commit(queued(1, 3, 3)).await.unwrap();
    let stored = store.find(crate::changes::message_id(1)).await.unwrap();
    assert_eq!(
        stored.reservation.unwrap(),
        plan_of(3, 3).reservation,
        "the reservation is read as it was written"
    );
    store.commit(canceled(stored)).await.unwrap();
    assert_eq!(used(&store).await, 0);
}

#[tokio::test]
async fn the_facts_know_how_much_of_a_campaigns_day_is_taken() {
    let store = store(Some(50)).await;
    store.commit(queued(1, 3, 50)).await.unwrap();
    let org = store.context(2).await.org;
    let campaign = &org.campaigns[0];
    assert_eq!((campaign.id, campaign.daily_limit), (CAMPAIGN, Some(50)));
    let day = instant("2026-03-03T08:00:00Z");
    assert_eq!(campaign.usage.used(CounterKind::Day, day), 3);
    assert_eq!(org.campaign_of(&org.numbers[0]), Some(campaign));
}
