//! The paces of campaigns and accounts: over many claims, several workers, and all the numbers that
//! share them.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::facts::Registration;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Message, Priority, SendPlan};
use sms_domain::numbers::{LanePace, PacedLane, Slowdown};
use sms_domain::ports::{AccountRates, DispatchQueue, NumberRepository, Seed, SeedCampaign};
use sms_domain::values::ids::{CampaignId, PhoneNumberId};
use sms_domain::values::{CampaignShare, ProviderAccount};
use sms_postgres::Pg;
use sms_testkit::fixtures::{altered, noon, number_id, organization_id};

use crate::changes::{account, message_id, plan, queued_with, scheduled};
use crate::support::{LEADS, Store, claim_of, seed_number, seed_of, uuid};

const CAMPAIGN: CampaignId = CampaignId::new(uuid(8, 1));
const OTHER_CAMPAIGN: CampaignId = CampaignId::new(uuid(8, 2));
const OTHER_NUMBER: PhoneNumberId = PhoneNumberId::new(uuid(9, 1));

/// Messages a minute of the campaign.
const PACE: u32 = 30;

/// Messages a second of the account.
const RATE: u32 = 50;

/// Two numbers without a pace of their own, and a campaign with one.
async fn store(number_pace: Option<u32>) -> Store {
    let store = Store::empty().await;
    let mut seed = seed_of(organization_id());
    let mut other = seed_number(organization_id(), OTHER_NUMBER, "+14045559998");
    other.minute_limit = number_pace;
    seed.numbers.push(other);
    seed.campaigns.push(SeedCampaign {
        organization_id: organization_id(),
        id: CAMPAIGN,
        name: "Storm leads".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: Some("C1".to_owned()),
        registration: Registration::Approved,
        minute_limit: Some(PACE),
        daily_limit: None,
    });
    store.seed(&seed).await;
    store
}

async fn set_rate(store: &Store, account: &str, per_second: Option<u32>) {
    let rates = [(ProviderAccount::new(account), per_second)];
    store.pg.set(&rates).await.unwrap();
}

fn of_campaign(campaign_id: CampaignId) -> SendPlan {
    let mut plan = plan();
    plan.reservation.campaign = Some(CampaignShare {
        campaign_id,
        segments: 1,
        day_limit: None,
    });
    plan
}

fn from_number(mut plan: SendPlan, number_id: PhoneNumberId) -> SendPlan {
    plan.route.number_id = number_id;
    plan.reservation.number_id = number_id;
    plan
}

fn bulk(n: u32, plan: SendPlan) -> MessageChange {
    let mut change = queued_with(n, plan);
    change.message = altered(&change.message, |message| {
        message.submission.priority = Priority::Bulk;
    });
    change
}

async fn fill(store: &Store, changes: impl IntoIterator<Item = MessageChange>) {
    for result in store.commit_all(changes.into_iter().collect()).await {
        result.unwrap();
    }
}

async fn claim(pg: &Pg, now: DateTime<Utc>) -> Vec<Message> {
    let lease = now + TimeDelta::hours(24);
    let due = pg.claim(claim_of(now, lease, 10)).await.unwrap();
    due.into_iter().map(|due| due.message).collect()
}

/// Two workers claim at every tick; answers how many messages they took in all, and the most that any
/// window saw.
async fn race(store: &Store, ticks: i64, tick: TimeDelta, window: TimeDelta) -> (usize, usize) {
    let second = store.second_process(Duration::ZERO).await;
    let mut recent: VecDeque<DateTime<Utc>> = VecDeque::new();
    let (mut total, mut most) = (0, 0);
    for n in 0..ticks {
        let now = noon() + tick * i32::try_from(n).unwrap();
        let (one, other) = tokio::join!(claim(&store.pg, now), claim(&second, now));
        let taken = one.len() + other.len();
        recent.extend(std::iter::repeat_n(now, taken));
        recent.retain(|at| now - *at < window);
        total += taken;
        most = most.max(recent.len());
    }
    (total, most)
}

#[tokio::test]
async fn no_minute_sees_more_of_a_campaign_than_its_pace_over_two_workers_and_two_numbers() {
    let store = store(None).await;
    let numbers = [number_id(), OTHER_NUMBER];
    let from = |n: u32| from_number(of_campaign(CAMPAIGN), numbers[(n % 2) as usize]);
    fill(&store, (0..LEADS).map(|n| bulk(n, from(n)))).await;
    let quarter = TimeDelta::milliseconds(250);
    let (total, most) = race(&store, 480, quarter, TimeDelta::minutes(1)).await;
    assert!(most <= PACE as usize, "{most} in a minute");
    // Two minutes at the pace, less the second in 62 that makes it exact.
    assert!((56..=60).contains(&total), "{total} in two minutes");
}

#[tokio::test]
async fn no_second_sees_more_of_an_account_than_its_rate_over_two_workers() {
    let store = store(None).await;
    set_rate(&store, "default", Some(RATE)).await;
    fill(&store, (0..LEADS).map(|n| bulk(n, plan()))).await;
    let tick = TimeDelta::milliseconds(7);
    let (total, most) = race(&store, 250, tick, TimeDelta::seconds(1)).await;
    assert!(most <= RATE as usize, "{most} in a second");
    // 1.75 seconds at the rate, less the tenth that makes it exact.
    assert!((75..=87).contains(&total), "{total} in 1.75 seconds");
}

#[tokio::test]
async fn no_second_sees_more_of_an_account_than_its_rate_after_a_pause() {
    let store = store(None).await;
    set_rate(&store, "default", Some(3)).await;
    fill(&store, (0..20).map(|n| bulk(n, plan()))).await;
    let mut taken = Vec::new();
    for milliseconds in [0, 10, 900, 3_000, 3_040, 3_400, 3_800, 3_990] {
        let now = noon() + TimeDelta::milliseconds(milliseconds);
        taken.extend(claim(&store.pg, now).await.iter().map(|_| now));
    }
    let most = taken
        .windows(4)
        .all(|four| four[3] - four[0] >= TimeDelta::seconds(1));
    assert!(most, "{taken:?}");
}

#[tokio::test]
async fn an_answer_does_not_wait_behind_the_bulk_messages_of_its_campaign() {
    let store = store(None).await;
    fill(&store, (0..90).map(|n| bulk(n, of_campaign(CAMPAIGN)))).await;
    claim(&store.pg, noon()).await;
    fill(&store, [queued_with(90, of_campaign(CAMPAIGN))]).await;
    let first = claim(&store.pg, noon() + TimeDelta::seconds(3)).await;
    let first = first.first().map(|message| message.id);
    assert_eq!(first, Some(message_id(90)));
}

#[tokio::test]
async fn an_answer_does_not_wait_behind_the_bulk_messages_of_its_account() {
    let store = store(None).await;
    set_rate(&store, "default", Some(1)).await;
    fill(&store, (0..90).map(|n| bulk(n, plan()))).await;
    claim(&store.pg, noon()).await;
    fill(&store, [queued_with(90, plan())]).await;
    let first = claim(&store.pg, noon() + TimeDelta::milliseconds(1_100)).await;
    let ids: Vec<_> = first.iter().map(|message| message.id).collect();
    assert_eq!(ids, [message_id(90)]);
}

#[tokio::test]
async fn what_waits_for_its_campaign_keeps_nothing_else_waiting() {
    let store = store(None).await;
    fill(&store, (0..90).map(|n| bulk(n, of_campaign(CAMPAIGN)))).await;
    let others = (90..95).map(|n| bulk(n, of_campaign(OTHER_CAMPAIGN)));
    fill(&store, others).await;
    let mut left = Vec::new();
    for milliseconds in 0..20 {
        let now = noon() + TimeDelta::milliseconds(milliseconds);
        left.extend(
            claim(&store.pg, now)
                .await
                .into_iter()
                .map(|message| message.id),
        );
    }
    let all_others = (90..95).all(|n| left.contains(&message_id(n)));
    assert!(all_others && left.len() <= 7, "{} left", left.len());
}

#[tokio::test]
async fn what_waits_for_its_number_takes_no_room_of_what_others_share_with_it() {
    let store = store(Some(1)).await;
    let slow = |n| bulk(n, from_number(of_campaign(CAMPAIGN), OTHER_NUMBER));
    fill(&store, (0..5).map(slow)).await;
    fill(&store, (5..8).map(|n| bulk(n, of_campaign(CAMPAIGN)))).await;
    let mut left = Vec::new();
    for second in 0..8 {
        let now = noon() + TimeDelta::seconds(second);
        let claimed = claim(&store.pg, now).await.into_iter();
        left.extend(claimed.map(|message| message.route.as_ref().unwrap().number_id));
    }
    let of_slow = left
        .iter()
        .filter(|number| **number == OTHER_NUMBER)
        .count();
    assert_eq!((left.len(), of_slow), (4, 1));
}

#[tokio::test]
async fn what_waits_for_its_account_takes_no_room_of_its_number() {
    let store = store(Some(600)).await;
    set_rate(&store, "default", Some(1)).await;
    fill(
        &store,
        (0..3).map(|n| bulk(n, from_number(plan(), OTHER_NUMBER))),
    )
    .await;
    assert_eq!(claim(&store.pg, noon()).await.len(), 1);
    // One step of 62 s / 600 from the second that a pause makes up for.
    let next = "SELECT round(1000 * extract(epoch FROM next_at - '2026-03-03 17:00Z'))::bigint
        FROM lanes";
    assert_eq!(store.number(next).await, -1_000 + 103);
}

#[tokio::test]
async fn an_account_has_the_rate_that_was_set_last_and_others_keep_theirs() {
    let store = store(None).await;
    set_rate(&store, "default", Some(1)).await;
    set_rate(&store, "elsewhere", Some(1)).await;
    let accounts = store.context(1).await.org.paced_accounts.clone();
    assert_eq!(accounts.len(), 2);
    set_rate(&store, "default", None).await;
    let accounts = store.context(1).await.org.paced_accounts.clone();
    assert_eq!(accounts, [ProviderAccount::new("elsewhere")]);
    fill(&store, (0..10).map(|n| bulk(n, plan()))).await;
    assert_eq!(claim(&store.pg, noon()).await.len(), 10);
}

#[tokio::test]
async fn a_rate_that_is_set_again_counts_what_was_taken_before() {
    let store = store(None).await;
    set_rate(&store, account().as_str(), Some(1)).await;
    fill(&store, (0..3).map(|n| bulk(n, plan()))).await;
    assert_eq!(claim(&store.pg, noon()).await.len(), 1);
    set_rate(&store, account().as_str(), Some(1)).await;
    let soon = noon() + TimeDelta::milliseconds(900);
    store
        .execute("UPDATE due SET due_at = '2026-03-03 17:00Z' WHERE due_at < '2026-03-04'")
        .await;
    assert_eq!(claim(&store.pg, soon).await.len(), 0);
}

#[tokio::test]
async fn a_campaign_whose_pace_was_lifted_admits_everything() {
    let store = store(None).await;
    fill(&store, (0..10).map(|n| bulk(n, of_campaign(CAMPAIGN)))).await;
    let mut seed = seed_of(organization_id());
    seed.campaigns.push(SeedCampaign {
        organization_id: organization_id(),
        id: CAMPAIGN,
        name: "Storm leads".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: None,
        registration: Registration::Approved,
        minute_limit: None,
        daily_limit: None,
    });
    store.seed(&seed).await;
    assert_eq!(store.count("campaign_lanes").await, 0);
    assert_eq!(claim(&store.pg, noon()).await.len(), 10);
}

#[tokio::test]
async fn a_message_that_has_no_number_yet_waits_in_no_lane() {
    let store = store(None).await;
    set_rate(&store, "default", Some(1)).await;
    fill(&store, (0..3).map(|n| scheduled(n, noon()))).await;
    assert_eq!(claim(&store.pg, noon()).await.len(), 3);
}

/// The pace of a lane; lowered to so many messages a minute if wanted.
async fn slowed(store: &Store, lane: PacedLane, to: Option<u32>) -> LanePace {
    let seen = store.pg.pace(lane).await.unwrap().unwrap();
    if let Some(per_minute) = to {
        let since = noon();
        let slowdown = Some(Slowdown { per_minute, since });
        assert!(store.pg.set_pace(seen, slowdown).await.unwrap());
    }
    store.pg.pace(lane).await.unwrap().unwrap()
}

async fn left_within(store: &Store, seconds: i64) -> usize {
    let mut left = 0;
    for second in 0..=seconds {
        left += claim(&store.pg, noon() + TimeDelta::seconds(second))
            .await
            .len();
    }
    left
}

#[tokio::test]
async fn a_lowered_pace_is_kept_with_and_without_a_usual_one_until_it_is_raised() {
    let number = PacedLane::Number(organization_id(), OTHER_NUMBER);
    for usual in [None, Some(600)] {
        let store = store(usual).await;
        let pace = slowed(&store, number, Some(6)).await;
        assert_eq!(
            (pace.usual, pace.slowdown.map(|one| one.per_minute)),
            (usual, Some(6))
        );
        assert_eq!(store.pg.slowed().await.unwrap(), [pace]);
        let slow = |n| bulk(n, from_number(plan(), OTHER_NUMBER));
        fill(&store, (0..50).map(slow)).await;
        assert_eq!(left_within(&store, 20).await, 3, "{usual:?}");

        assert!(store.pg.set_pace(pace, None).await.unwrap());
        assert!(store.pg.slowed().await.unwrap().is_empty());
        assert_eq!(slowed(&store, number, None).await.slowdown, None);
        let lanes = store.number("SELECT count(*) FROM lanes").await;
        assert_eq!(lanes, i64::from(usual.is_some()));
    }
}

#[tokio::test]
async fn the_numbers_of_a_campaign_share_its_lowered_pace() {
    let store = store(None).await;
    let lane = PacedLane::Campaign(organization_id(), CAMPAIGN);
    let pace = slowed(&store, lane, Some(6)).await;
    assert_eq!(pace.usual, Some(PACE));
    fill(&store, (0..50).map(|n| bulk(n, of_campaign(CAMPAIGN)))).await;
    assert_eq!(left_within(&store, 20).await, 3);
    let org = store.context(1).await.org.clone();
    let campaign = org.campaigns.iter().find(|one| one.id == CAMPAIGN);
    assert_eq!(campaign.unwrap().minute_limit, Some(6));
    assert!(store.pg.set_pace(pace, None).await.unwrap());
    assert_eq!(slowed(&store, lane, None).await.slowdown, None);
}

#[tokio::test]
async fn of_two_who_lower_or_raise_a_pace_one_is_told_to_look_again() {
    let store = store(None).await;
    let number = PacedLane::Number(organization_id(), OTHER_NUMBER);
    let usual = slowed(&store, number, None).await;
    let to = |per_minute| {
        let since = noon();
        Some(Slowdown { per_minute, since })
    };
    assert!(store.pg.set_pace(usual, to(30)).await.unwrap());
    assert!(!store.pg.set_pace(usual, to(20)).await.unwrap());
    let pace = slowed(&store, number, None).await;
    assert!(store.pg.set_pace(pace, to(15)).await.unwrap());
    assert!(!store.pg.set_pace(pace, None).await.unwrap());
    assert_eq!(slowed(&store, number, None).await.slowdown, to(15));
}

#[tokio::test]
async fn a_decision_knows_that_a_number_is_slowed_and_a_seed_leaves_it_so() {
    let store = store(None).await;
    let number = PacedLane::Number(organization_id(), OTHER_NUMBER);
    slowed(&store, number, Some(6)).await;
    store
        .seed(&Seed {
            numbers: vec![seed_number(organization_id(), OTHER_NUMBER, "+14045559998")],
            ..Seed::default()
        })
        .await;
    let org = store.context(1).await.org.clone();
    let known = org.numbers.iter().find(|one| one.id == OTHER_NUMBER);
    assert_eq!(known.unwrap().minute_limit, Some(6));
    let nobody = PacedLane::Number(organization_id(), PhoneNumberId::new(uuid(9, 99)));
    assert_eq!(store.pg.pace(nobody).await.unwrap(), None);
}
