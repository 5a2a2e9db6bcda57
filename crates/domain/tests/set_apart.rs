//! Messages of a live organization from a simulated number affect only that number; a sandbox's
//! messages have all the effects of real ones.

#[path = "support/facts.rs"]
mod facts;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::RequestBody;
use sms_domain::decision::decide;
use sms_domain::facts::{
    CampaignFacts, CapacityWindows, Context, DEFAULT_CAPACITY_ZONE, NumberFacts, OrganizationKind,
    RecentSend, Suppression, SuppressionScope, Usage, WindowUsage,
};
use sms_domain::lifecycle::{AttemptSeed, HistorySource, MessageChange, RecipientChange, Trigger};
use sms_domain::message::{Attempt, Decision, Message, Submission, TrafficType};
use sms_domain::values::ids::{CampaignId, MessageId, PhoneNumberId};
use sms_domain::values::{CounterKind, ProviderAccount};
use uuid::Uuid;

const KINDS: [(OrganizationKind, bool); 2] = [
    (OrganizationKind::Live, true),
    (OrganizationKind::Sandbox, false),
];

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

fn simulated() -> NumberFacts {
    let mut number = facts::number(1, "+14045550199");
    number.account = ProviderAccount::new(ProviderAccount::SIMULATOR);
    number
}

fn context(kind: OrganizationKind) -> Context {
    let mut context = facts::context(vec![simulated()], now());
    Arc::make_mut(&mut context.org).kind = kind;
    context
}

fn submission() -> Submission {
    Submission {
        traffic: TrafficType::Test,
        ..facts::submission(now())
    }
}

/// A new test message, decided on the facts.
fn judged(context: &Context) -> MessageChange {
    let organization = context.org.organization_id;
    let message = Message::new(
        organization,
        MessageId::new(Uuid::from_u128(1)),
        submission(),
        now(),
    );
    let decided = decide(&message.submission, context, now());
    assert!(matches!(decided.decision, Decision::Send(_)), "{decided:?}");
    let (trigger, source) = (Trigger::Judged, HistorySource::Api);
    MessageChange::judged(message, trigger, &decided, context, source, now()).unwrap()
}

/// The same message with its first attempt under way.
fn attempted(context: &Context) -> (Message, Attempt) {
    let seed = AttemptSeed {
        idempotency_key: "key".to_owned(),
        request: RequestBody(b"{}".to_vec()),
        deadline: now() + TimeDelta::seconds(30),
    };
    let claimed = MessageChange::claimed(judged(context), seed, now()).unwrap();
    (claimed.message, claimed.attempt.unwrap())
}

fn remembered(change: &MessageChange) -> Vec<MessageId> {
    let RecipientChange::Advance { recent, .. } = &change.guards.recipient else {
        panic!("{:?}", change.guards.recipient);
    };
    recent.iter().map(|sent| sent.message_id).collect()
}

#[test]
fn only_the_simulator_in_a_live_organization_is_set_apart() {
    for (kind, account, is_set_apart) in [
        (OrganizationKind::Live, ProviderAccount::SIMULATOR, true),
        (OrganizationKind::Live, "default", false),
        (OrganizationKind::Sandbox, ProviderAccount::SIMULATOR, false),
        (OrganizationKind::Sandbox, "default", false),
    ] {
        let account = ProviderAccount::new(account);
        assert_eq!(kind.sets_apart(&account), is_set_apart, "{kind} {account}");
    }
}

#[test]
fn a_message_that_is_set_apart_is_not_remembered() {
    let before: Vec<_> = (10..14_u128)
        .map(|n| RecentSend {
            message_id: MessageId::new(Uuid::from_u128(n)),
            at: now() - TimeDelta::days(2),
            text_hash: 1,
            is_counted: true,
        })
        .collect();
    let ids: Vec<_> = before.iter().map(|sent| sent.message_id).collect();
    for (kind, is_set_apart) in KINDS {
        let mut context = context(kind);
        context.message.recipient.recent.clone_from(&before);
        let change = judged(&context);
        let remembered = remembered(&change);
        let is_remembered = remembered.contains(&change.message.id);
        assert_eq!(is_remembered, !is_set_apart, "{kind}");
        assert!(ids.iter().all(|id| remembered.contains(id)), "{kind}");
    }
}

/// The simulated number's campaign, whose day is full.
fn full_campaign() -> CampaignFacts {
    let windows = CapacityWindows::in_zone_named(DEFAULT_CAPACITY_ZONE, now());
    CampaignFacts {
        id: CampaignId::new(Uuid::from_u128(7)),
        ten_dlc_campaign_id: simulated().ten_dlc_campaign_id,
        minute_limit: None,
        daily_limit: Some(5),
        usage: Usage(vec![WindowUsage {
            kind: CounterKind::Day,
            window_start: windows.day_start,
            used: 5,
        }]),
    }
}

#[test]
fn a_campaigns_day_is_neither_asked_for_nor_used_up() {
    let mut live = context(OrganizationKind::Live);
    Arc::make_mut(&mut live.org).campaigns = vec![full_campaign()];
    let held = judged(&live).message.reservation.unwrap();
    assert_eq!(held.campaign, None);

    let mut sandbox = context(OrganizationKind::Sandbox);
    Arc::make_mut(&mut sandbox.org).campaigns = vec![full_campaign()];
    let decision = decide(&submission(), &sandbox, now()).decision;
    assert!(matches!(decision, Decision::Defer(_)), "{decision:?}");
}

#[test]
fn stored_bytes_go_out_again_unless_their_own_way_is_closed() {
    let own = SuppressionScope::Number(simulated().id);
    let other = SuppressionScope::Number(PhoneNumberId::new(Uuid::from_u128(99)));
    let of_lead = CampaignId::new(Uuid::from_u128(7));
    let another = CampaignId::new(Uuid::from_u128(8));
    for (scope, may_leave) in [
        (SuppressionScope::Organization, false),
        (own, false),
        (other, true),
        (SuppressionScope::Campaign(of_lead), false),
        (SuppressionScope::Campaign(another), true),
    ] {
        let mut context = context(OrganizationKind::Live);
        context.message.lead.campaign_id = Some(of_lead);
        let (message, attempt) = attempted(&context);
        let later = now() + TimeDelta::minutes(1);
        let detail = "timeout";
        let unknown = MessageChange::outcome_unknown(message, attempt, detail, later, now());
        context.message.recipient.suppressions = vec![Suppression { scope }];
        let (message, attempt) = (unknown.message, unknown.attempt.unwrap());
        let resent = MessageChange::resent(message, attempt, &context, later, later);
        assert_eq!(resent.is_ok(), may_leave, "{scope:?}");
    }
}
