//! Facts under which a message may be sent, so that a test states only what matters to it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::content::Text;
use sms_domain::facts::{
    Consent, ConsentBasis, Context, ConversationFacts, Lead, MessageFacts, NumberFacts, OrgFacts,
    OrganizationKind, Policy, RecipientFacts, Registration, Usage, WalletFacts,
};
use sms_domain::law::RuleData;
use sms_domain::message::Submission;
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Health, ProviderAccount};
use uuid::Uuid;

pub(crate) fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

/// A short text to a lead in Georgia (US).
pub(crate) fn submission(now: DateTime<Utc>) -> Submission {
    let (conversation_id, lead_id) = (
        ConversationId::new(Uuid::from_u128(0xC)),
        LeadId::new(Uuid::from_u128(0xB)),
    );
    let text = Text::new("Hi Ann, your quote is ready. When may we call?");
    Submission::new(conversation_id, lead_id, phone("+14045550100"), text, now)
}

/// A healthy, registered number without limits; the `n`th of the organization.
pub(crate) fn number(n: u32, text: &str) -> NumberFacts {
    NumberFacts {
        id: PhoneNumberId::new(Uuid::from_u128(0xD00_0000 + u128::from(n))),
        phone: phone(text),
        is_enabled: true,
        is_sms_capable: true,
        destinations: vec!["US".to_owned(), "CA".to_owned()],
        registration: Registration::Approved,
        ten_dlc_campaign_id: Some("C1234567".to_owned()),
        campaign_id: None,
        source_id: None,
        owner_id: None,
        is_reserved: false,
        health: Health::Healthy,
        cooling_until: None,
        hourly_limit: None,
        daily_limit: None,
        minute_limit: None,
        warm_up: None,
        account: ProviderAccount::new("default"),
        messaging_profile_id: None,
        last_used_at: None,
        usage: Usage::default(),
    }
}

/// A live organization with the given numbers and 10 USD, and a lead who made an inquiry a day ago.
pub(crate) fn context(numbers: Vec<NumberFacts>, now: DateTime<Utc>) -> Context {
    let org = OrgFacts {
        organization_id: OrganizationId::new(Uuid::from_u128(0xA)),
        kind: OrganizationKind::Live,
        name: "Acme Roofing".to_owned(),
        policy: Policy::default(),
        policy_version: 1,
        numbers,
        default_number: None,
        preferred_numbers: Vec::new(),
        campaigns: Vec::new(),
        paced_accounts: Vec::new(),
        sources: Vec::new(),
        rate: Rate::DEFAULT,
    };
    Context {
        rules: RuleData::bundled().unwrap(),
        org: Arc::new(org),
        message: message_facts(now),
        own_reservation: None,
    }
}

fn message_facts(now: DateTime<Utc>) -> MessageFacts {
    MessageFacts {
        conversation: ConversationFacts {
            id: ConversationId::new(Uuid::from_u128(0xC)),
            active_number: None,
            override_number: None,
            last_inbound_at: None,
            awaits_opt_out_review: false,
            is_first_message: false,
        },
        lead: lead(now),
        is_lead_imported: false,
        recipient: RecipientFacts::default(),
        wallet: WalletFacts {
            balance: Money::from_micros(10_000_000),
            held: Money::ZERO,
        },
    }
}

fn lead(now: DateTime<Utc>) -> Lead {
    Lead {
        consent: Some(Consent::new(
            ConsentBasis::Inquiry,
            now - chrono::TimeDelta::days(1),
        )),
        ..Lead::new(
            OrganizationId::new(Uuid::from_u128(0xA)),
            LeadId::new(Uuid::from_u128(0xB)),
            phone("+14045550100"),
        )
    }
}
