//! Properties of every decision, whatever the facts.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use sms_domain::compliance::rule::{Rule, VerdictKind};
use sms_domain::compliance::rules::RULES;
use sms_domain::content::Text;
use sms_domain::decision::{decide, decide_by};
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, NumberFacts, OrganizationKind,
    RecentSend, Registration, Suppression, SuppressionScope, Usage, WindowUsage,
};
use sms_domain::message::{Block, BlockKind, Decision, Submission, TrafficType};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{CampaignId, LeadId, MessageId, PhoneNumberId};
use sms_domain::values::reason::Reason;
use sms_domain::values::{CounterKey, CounterKind, Health, ProviderAccount};
use uuid::Uuid;

type Facts = (Submission, Context, DateTime<Utc>);

fn base() -> DateTime<Utc> {
    "2026-12-14T00:00:00Z".parse().unwrap()
}

prop_compose! {
    fn any_now()(minutes in 0_i64..14 * 24 * 60) -> DateTime<Utc> {
        base() + TimeDelta::minutes(minutes)
    }
}

prop_compose! {
    fn any_number()(
        phone in select(vec!["+14045550199", "+17705550199", "+13055550199", "+14155550199"]),
        n in 1_u32..1_000,
        is_enabled in prop::bool::weighted(0.9),
        registration in select(vec![Registration::Approved, Registration::Missing]),
        health in select(Health::ALL.to_vec()),
        simulated in prop::bool::weighted(0.2),
        cooling in prop::option::weighted(0.2, -60_i64..6_000),
        limit in prop::option::of(1_u32..4),
        used in 0_u32..4,
        campaign in prop::option::weighted(0.2, Just(CampaignId::new(Uuid::from_u128(1)))),
        now in any_now(),
    ) -> NumberFacts {
        let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now);
        let usage = [CounterKind::Hour, CounterKind::Day]
            .map(|kind| WindowUsage { kind, window_start: windows.start(kind), used });
        NumberFacts {
            is_enabled,
            registration,
            health,
            account: ProviderAccount::new(if simulated { "simulator" } else { "default" }),
            cooling_until: cooling.map(|minutes| now + TimeDelta::minutes(minutes)),
            hourly_limit: limit,
            daily_limit: limit,
            campaign_id: campaign,
            usage: Usage(usage.to_vec()),
            ..facts::number(n, phone)
        }
    }
}

prop_compose! {
    /// The campaign that some numbers are routed to and, at times, all others are registered under.
    fn any_campaign()(
        limit in prop::option::of(1_u32..4),
        used in 0_u32..4,
        registers_all: bool,
    ) -> CampaignFacts {
        CampaignFacts {
            id: CampaignId::new(Uuid::from_u128(1)),
            ten_dlc_campaign_id: registers_all.then(|| "C1234567".to_owned()),
            minute_limit: None,
            daily_limit: limit,
            usage: Usage(vec![WindowUsage {
                kind: CounterKind::Day,
                window_start: base(),
                used,
            }]),
        }
    }
}

/// The campaign as if its usage were of the day.
fn of_the_day(mut campaign: CampaignFacts, windows: &CapacityWindows) -> CampaignFacts {
    for window in &mut campaign.usage.0 {
        window.window_start = windows.day_start;
    }
    campaign
}

prop_compose! {
    fn any_submission()(
        now in any_now(),
        to in select(vec!["+14045550100", "+13055550100", "+14235550100", "+18005550100"]),
        text in select(vec!["Your quote is ready", "See bit.ly/x", "Buy ammo"]),
        traffic in select(vec![TrafficType::RealLead, TrafficType::Test, TrafficType::SystemInternal]),
        later in prop::option::weighted(0.3, 1_i64..3_000),
        chosen in prop::option::weighted(0.2, 1_u32..1_000),
        is_manual: bool,
    ) -> Submission {
        Submission {
            to: facts::phone(to),
            text: Text::new(text),
            traffic,
            scheduled_for: later.map(|minutes| now + TimeDelta::minutes(minutes)),
            requested_number: chosen.map(|n| facts::number(n, "+14045550199").id),
            is_manual: is_manual && chosen.is_some(),
            ..facts::submission(now)
        }
    }
}

prop_compose! {
    fn any_recent()(
        minutes in prop::collection::vec((0_i64..2_000, prop::bool::weighted(0.8)), 0..6),
    ) -> Vec<(TimeDelta, bool)> {
        minutes.into_iter().map(|(ago, counted)| (TimeDelta::minutes(ago), counted)).collect()
    }
}

prop_compose! {
    fn any_facts()(
        submission in any_submission(),
        numbers in prop::collection::vec(any_number(), 0..6),
        recent in any_recent(),
        opted_out in subsequence(vec![
            SuppressionScope::Organization,
            SuppressionScope::Campaign(CampaignId::new(Uuid::from_u128(1))),
            SuppressionScope::Number(facts::number(1, "+14045550199").id),
        ], 0..=1),
        is_opted_out in prop::bool::weighted(0.2),
        inbound in prop::option::weighted(0.3, 0_i64..120),
        state in prop::option::of(select(vec!["FL", "TX", "Florida"])),
        (is_archived, is_own_number, awaits_review) in
            (prop::bool::weighted(0.1), prop::bool::weighted(0.1), prop::bool::weighted(0.1)),
        cents in 0_i64..10,
        sandbox in prop::bool::weighted(0.1),
        active in prop::option::of(any::<Index>()),
        campaign in any_campaign(),
    ) -> Facts {
        let now = submission.requested_at;
        let mut numbers: Vec<NumberFacts> = numbers;
        numbers.sort_by_key(|number| number.id);
        numbers.dedup_by_key(|number| number.id);
        let mut context = facts::context(numbers, now);
        let org = Arc::make_mut(&mut context.org);
        let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now);
        org.campaigns = vec![of_the_day(campaign, &windows)];
        org.kind = if sandbox { OrganizationKind::Sandbox } else { OrganizationKind::Live };
        let ids: Vec<PhoneNumberId> = org.numbers.iter().map(|number| number.id).collect();
        let message = &mut context.message;
        message.wallet.balance = Money::from_micros(cents * 10_000);
        message.lead.state = state.map(str::to_owned);
        message.lead.is_archived = is_archived;
        message.recipient.is_own_number = is_own_number;
        message.conversation.awaits_opt_out_review = awaits_review;
        message.conversation.last_inbound_at = inbound.map(|ago| now - TimeDelta::minutes(ago));
        message.conversation.active_number =
            active.filter(|_| !ids.is_empty()).map(|index| *index.get(&ids));
        message.recipient.recent = recent_sends(&recent, now);
        message.recipient.suppressions =
            opted_out.into_iter().filter(|_| is_opted_out).map(|scope| Suppression { scope }).collect();
        (submission, context, now)
    }
}

fn recent_sends(recent: &[(TimeDelta, bool)], now: DateTime<Utc>) -> Vec<RecentSend> {
    let sent = recent.iter().zip(1..);
    sent.map(|((ago, is_counted), n)| RecentSend {
        message_id: MessageId::new(Uuid::from_u128(n)),
        at: now - *ago,
        text_hash: 0,
        is_counted: *is_counted,
    })
    .collect()
}

fn counted_in_the_24_hours_before(context: &Context, t: DateTime<Utc>) -> usize {
    let recent = context.message.recipient.recent.iter();
    recent
        .filter(|sent| sent.is_counted && t - sent.at < TimeDelta::hours(24))
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn equal_facts_give_equal_decisions_and_traces((submission, context, now) in any_facts()) {
        let once = decide(&submission, &context, now);
        let again = decide(&submission, &context, now);
        prop_assert_eq!(once, again);
    }

    #[test]
    fn the_order_of_the_rules_means_nothing(
        (submission, context, now) in any_facts(),
        shuffled in Just(RULES.to_vec()).prop_shuffle(),
    ) {
        let in_order = decide(&submission, &context, now);
        let rules: &[&Rule] = &shuffled;
        let other = decide_by(rules, &submission, &context, now);
        prop_assert_eq!(&other.decision, &in_order.decision);
        prop_assert_eq!(other.trace.number, in_order.trace.number);
        for word in &in_order.trace.rules {
            prop_assert!(other.trace.rules.contains(word));
        }
    }

    #[test]
    fn the_order_of_the_facts_means_nothing((submission, context, now) in any_facts()) {
        let mut reversed = context.clone();
        Arc::make_mut(&mut reversed.org).numbers.reverse();
        reversed.message.recipient.recent.reverse();
        reversed.message.recipient.suppressions.reverse();
        let decision = decide(&submission, &context, now).decision;
        prop_assert_eq!(decide(&submission, &reversed, now).decision, decision);
    }

    #[test]
    fn nobody_who_opted_out_gets_a_message((submission, mut context, now) in any_facts()) {
        let scope = SuppressionScope::Organization;
        context.message.recipient.suppressions.push(Suppression { scope });
        if submission.traffic == TrafficType::SystemInternal {
            return Ok(());
        }
        let expected = Decision::Block(Block {
            kind: BlockKind::OptedOut,
            reason: Reason::ContactOptedOut,
        });
        prop_assert_eq!(decide(&submission, &context, now).decision, expected);
    }

    #[test]
    fn a_number_that_the_person_said_stop_to_sends_nothing((submission, context, now) in any_facts()) {
        if submission.traffic == TrafficType::SystemInternal {
            return Ok(());
        }
        if let Decision::Send(plan) = decide(&submission, &context, now).decision {
            let closed = SuppressionScope::Number(plan.route.number_id);
            let suppressions = &context.message.recipient.suppressions;
            prop_assert!(suppressions.iter().all(|entry| entry.scope != closed));
        }
    }

    #[test]
    fn what_is_sent_is_covered_and_within_capacity((submission, context, now) in any_facts()) {
        if let Decision::Send(plan) = decide(&submission, &context, now).decision {
            let wallet = context.message.wallet;
            prop_assert!(plan.hold <= wallet.balance.minus(wallet.held));
            let number = context.org.numbers.iter().find(|it| it.id == plan.route.number_id);
            let number = number.unwrap();
            for share in plan.reservation.counters() {
                let used = match share.key {
                    CounterKey::Number { kind, window_start, .. } => {
                        context.used(number, kind, window_start)
                    }
                    CounterKey::Campaign { day_start, .. } => {
                        let campaign = context.org.campaign_of(number).unwrap();
                        context.used_by_campaign(campaign, day_start)
                    }
                };
                prop_assert!(share.limit.is_none_or(|limit| used + share.amount <= limit));
            }
        }
    }

    #[test]
    fn no_more_than_the_cap_is_sent_outside_an_exchange((submission, context, now) in any_facts()) {
        if submission.traffic != TrafficType::RealLead {
            return Ok(());
        }
        if let Decision::Send(plan) = decide(&submission, &context, now).decision {
            let fits = counted_in_the_24_hours_before(&context, now) < 3;
            prop_assert!(fits || !plan.counts_for_caps);
        }
    }

    #[test]
    fn a_message_that_was_deferred_is_legal_at_the_instant_it_waits_for(
        (submission, context, now) in any_facts(),
    ) {
        let Decision::Defer(schedule) = decide(&submission, &context, now).decision else {
            return Ok(());
        };
        prop_assert!(schedule.until > now);
        let then = decide(&submission, &context, schedule.until);
        for word in then.trace.rules.iter().filter(|word| word.rule != "opt_out_review") {
            let is_of_time = word.rule == "quiet_hours" || word.rule == "state_frequency_cap";
            prop_assert!(!(is_of_time && word.verdict == VerdictKind::Defer), "{word:?}");
        }
    }

    #[test]
    fn a_record_is_small_and_holds_no_text_and_no_number((submission, context, now) in any_facts()) {
        let record = decide(&submission, &context, now).record(now);
        let json = serde_json::to_string(&record).unwrap();
        prop_assert!(!json.contains(submission.to.as_str()));
        prop_assert!(!json.contains(submission.text.as_str()));
        prop_assert_eq!(serde_json::from_str::<sms_domain::decision::DecisionRecord>(&json).unwrap(), record);
    }
}

#[test]
fn a_record_of_fifty_numbers_keeps_twenty_and_stays_near_two_kilobytes() {
    let now = "2026-12-15T17:00:00Z".parse().unwrap();
    let numbers = (1..=50).map(|n| NumberFacts {
        daily_limit: Some(50),
        usage: Usage(vec![WindowUsage {
            kind: CounterKind::Day,
            window_start: CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now).day_start,
            used: if n == 1 { 0 } else { 50 },
        }]),
        ..facts::number(n, "+14045550199")
    });
    let context = facts::context(numbers.collect(), now);
    let record = decide(&facts::submission(now), &context, now).record(now);
    assert_eq!((record.trace.others.len(), record.others_count), (20, 49));
    let size = serde_json::to_string(&record).unwrap().len();
    assert!(size < 2_300, "{size} bytes");
}

/// The numbers that leads get from a pool of otherwise equal numbers.
fn numbers_of_leads(count: u32) -> Vec<PhoneNumberId> {
    let now = "2026-12-15T17:00:00Z".parse().unwrap();
    let numbers = (1..=count).map(|n| facts::number(n, "+14155550199"));
    let context = facts::context(numbers.collect(), now);
    let chosen = (0..1_000).map(|lead| {
        let mut context = context.clone();
        context.message.lead.id = LeadId::new(Uuid::from_u128(lead));
        decide(&facts::submission(now), &context, now)
            .trace
            .number
            .unwrap()
            .id
    });
    chosen.collect()
}

#[test]
fn equal_numbers_share_the_leads_evenly() {
    let chosen = numbers_of_leads(10);
    for n in 1..=10 {
        let id = facts::number(n, "+14155550199").id;
        let share = chosen.iter().filter(|chosen| **chosen == id).count();
        assert!(
            (60..=140).contains(&share),
            "number {n} has {share} of 1000 leads"
        );
    }
}

#[test]
fn a_new_number_moves_only_the_leads_that_it_gets() {
    let (before, after) = (numbers_of_leads(10), numbers_of_leads(11));
    let new = facts::number(11, "+14155550199").id;
    let moved = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after);
    assert!(moved.clone().all(|(_, after)| *after == new));
    assert!(moved.count() > 0);
}

/// The message reserved capacity of its number when it was queued, which also set the number's last
/// use.
#[test]
fn a_message_that_is_decided_again_keeps_its_number() {
    let now: DateTime<Utc> = "2026-12-15T17:00:00Z".parse().unwrap();
    let numbers = (1..=5).map(|n| facts::number(n, "+14155550199"));
    let mut context = facts::context(numbers.collect(), now);
    let Decision::Send(first) = decide(&facts::submission(now), &context, now).decision else {
        panic!("the message may leave");
    };
    let mut org = (*context.org).clone();
    for number in &mut org.numbers {
        number.last_used_at = (number.id == first.route.number_id).then_some(now);
    }
    context.org = org.into();
    context.own_reservation = Some(first.reservation);
    let Decision::Send(again) = decide(&facts::submission(now), &context, now).decision else {
        panic!("the message may still leave");
    };
    assert_eq!(again.route.number_id, first.route.number_id);
}
