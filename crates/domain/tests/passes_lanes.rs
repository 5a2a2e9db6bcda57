//! A claimed message is sent at once when all its lanes with a pace have admitted it.

#[path = "support/facts.rs"]
mod facts;

use chrono::{DateTime, Utc};
use sms_domain::decision::decide;
use sms_domain::facts::{CampaignFacts, Context, Usage};
use sms_domain::message::{Decision, Event, Lanes, Message};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{CampaignId, MessageId, OrganizationId, PhoneNumberId};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-12-15T17:00:00Z".parse().unwrap()
}

fn campaign() -> CampaignId {
    CampaignId::new(Uuid::from_u128(7))
}

/// What has a pace.
#[derive(Clone, Copy, Default)]
struct Paces {
    number: bool,
    campaign: bool,
    account: bool,
}

/// One number of a campaign.
fn context(paces: Paces) -> Context {
    let mut number = facts::number(1, "+14045550199");
    number.campaign_id = Some(campaign());
    number.minute_limit = paces.number.then_some(60);
    let mut context = facts::context(vec![number], now());
    let mut org = (*context.org).clone();
    org.campaigns = vec![CampaignFacts {
        id: campaign(),
        ten_dlc_campaign_id: None,
        minute_limit: paces.campaign.then_some(60),
        daily_limit: None,
        usage: Usage::default(),
    }];
    if paces.account {
        org.paced_accounts = vec![ProviderAccount::new("default")];
    }
    context.org = org.into();
    context
}

fn queued() -> Message {
    let submission = facts::submission(now());
    let Decision::Send(plan) = decide(&submission, &context(Paces::default()), now()).decision
    else {
        panic!("the message may leave");
    };
    let organization = OrganizationId::new(Uuid::from_u128(0xA));
    let id = MessageId::new(Uuid::from_u128(1));
    let draft = Message::new(organization, id, submission, now());
    draft
        .apply(Event::Judged(Decision::Send(plan)), now())
        .unwrap()
}

fn has_its_turn(paces: Paces, claimed_through: Option<&Lanes>) -> bool {
    queued().passes_lanes(&context(paces), claimed_through)
}

const NUMBER: Paces = Paces {
    number: true,
    campaign: false,
    account: false,
};

const CAMPAIGN: Paces = Paces {
    number: false,
    campaign: true,
    account: false,
};

const ACCOUNT: Paces = Paces {
    number: false,
    campaign: false,
    account: true,
};

#[test]
fn a_queued_message_waits_in_the_lanes_of_its_number_its_campaign_and_its_account() {
    let expected = Lanes {
        number_id: facts::number(1, "+14045550199").id,
        campaign_id: Some(campaign()),
        account: ProviderAccount::new("default"),
    };
    assert_eq!(queued().lanes(), Some(expected));
}

#[test]
fn a_message_that_nothing_paces_leaves_however_it_was_claimed() {
    assert!(has_its_turn(Paces::default(), None));
}

#[test]
fn a_message_that_was_claimed_without_lanes_goes_through_those_that_have_a_pace() {
    for paces in [NUMBER, CAMPAIGN, ACCOUNT] {
        assert!(!has_its_turn(paces, None));
    }
}

#[test]
fn a_message_that_was_claimed_through_its_own_lanes_leaves() {
    let own = queued().lanes();
    for paces in [NUMBER, CAMPAIGN, ACCOUNT] {
        assert!(has_its_turn(paces, own.as_ref()));
    }
}

#[test]
fn a_message_that_changed_one_lane_waits_only_where_that_one_has_a_pace() {
    let own = queued().lanes().unwrap();
    let another_number = Lanes {
        number_id: PhoneNumberId::new(Uuid::from_u128(9)),
        ..own.clone()
    };
    let no_campaign = Lanes {
        campaign_id: None,
        ..own.clone()
    };
    let another_account = Lanes {
        account: ProviderAccount::new("elsewhere"),
        ..own
    };
    let cases = [
        (NUMBER, another_number),
        (CAMPAIGN, no_campaign),
        (ACCOUNT, another_account),
    ];
    for (n, (paces, _)) in cases.iter().enumerate() {
        for (m, (_, through)) in cases.iter().enumerate() {
            assert_eq!(has_its_turn(*paces, Some(through)), n != m, "{n} {m}");
        }
    }
}
