//! What a message reserves of its campaign's day, and that it does not count against itself.

#[path = "support/facts.rs"]
mod facts;

use chrono::{DateTime, Utc};
use sms_domain::decision::decide;
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, Usage, WindowUsage,
};
use sms_domain::lifecycle::{CounterDelta, MessageChange};
use sms_domain::message::{Decision, Event, Message};
use sms_domain::values::ids::{CampaignId, MessageId, OrganizationId};
use sms_domain::values::{CounterKey, CounterKind};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

fn campaign() -> CampaignId {
    CampaignId::new(Uuid::from_u128(7))
}

fn day_start() -> DateTime<Utc> {
    CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now()).day_start
}

/// One number of a campaign that has sent `used` segments today.
fn context(daily_limit: Option<u32>, used: u32) -> Context {
    let mut number = facts::number(1, "+14045550199");
    number.campaign_id = Some(campaign());
    let mut context = facts::context(vec![number], now());
    let mut org = (*context.org).clone();
    org.campaigns = vec![CampaignFacts {
        id: campaign(),
        ten_dlc_campaign_id: None,
        minute_limit: None,
        daily_limit,
        usage: Usage(vec![WindowUsage {
            kind: CounterKind::Day,
            window_start: day_start(),
            used,
        }]),
    }];
    context.org = org.into();
    context
}

fn draft() -> Message {
    let organization = OrganizationId::new(Uuid::from_u128(0xA));
    let id = MessageId::new(Uuid::from_u128(1));
    Message::new(organization, id, facts::submission(now()), now())
}

/// The message, queued with the given number of segments.
fn queued(daily_limit: Option<u32>, segments: u32) -> Message {
    let context = context(daily_limit, 0);
    let Decision::Send(mut plan) = decide(&facts::submission(now()), &context, now()).decision
    else {
        panic!("the message may leave");
    };
    plan.segments = segments;
    if let Some(share) = &mut plan.reservation.campaign {
        share.segments = segments;
    }
    let judged = Event::Judged(Decision::Send(plan));
    draft().apply(judged, now()).unwrap()
}

/// The effect of a change on the campaign's day.
fn of_campaign(change: &MessageChange) -> Vec<(i32, Option<u32>)> {
    let is_campaigns = |counter: &&CounterDelta| {
        counter.key
            == CounterKey::Campaign {
                id: campaign(),
                day_start: day_start(),
            }
    };
    let counters = change.guards.counters.iter().filter(is_campaigns);
    counters
        .map(|counter| (counter.delta, counter.limit))
        .collect()
}

#[test]
fn a_message_takes_its_segments_of_the_campaigns_day_within_the_limit() {
    let change = MessageChange::between(None, queued(Some(2_000), 3));
    assert_eq!(of_campaign(&change), [(3, Some(2_000))]);
}

#[test]
fn a_message_whose_campaign_has_no_limit_takes_of_its_number_alone() {
    let change = MessageChange::between(None, queued(None, 3));
    assert_eq!(of_campaign(&change), []);
    assert_eq!(change.guards.counters.len(), 2);
}

#[test]
fn a_message_that_grows_takes_the_difference() {
    let before = queued(Some(2_000), 1);
    let change = MessageChange::between(Some(&before), queued(Some(2_000), 3));
    assert_eq!(of_campaign(&change), [(2, Some(2_000))]);
    assert_eq!(change.guards.counters.len(), 1);
}

#[test]
fn a_message_that_is_withdrawn_gives_all_its_segments_back() {
    let message = queued(Some(2_000), 3);
    let change = MessageChange::canceled(message, now()).unwrap();
    assert_eq!(of_campaign(&change), [(-3, None)]);
}

#[test]
fn a_message_whose_campaign_lost_its_limit_gives_its_segments_back() {
    let before = queued(Some(2_000), 3);
    let change = MessageChange::between(Some(&before), queued(None, 3));
    assert_eq!(of_campaign(&change), [(-3, None)]);
}

#[test]
fn a_message_that_holds_the_last_segments_of_the_day_may_still_leave() {
    let message = queued(Some(3), 3);
    let held = context(Some(3), 3);
    let others = decide(&message.submission, &held, now()).decision;
    assert!(matches!(others, Decision::Defer(_)), "{others:?}");
    let own = decide(&message.submission, &message.left_out_of(held), now()).decision;
    assert!(matches!(own, Decision::Send(_)), "{own:?}");
}
