//! Facts under which a message may be sent, so that a scenario or a test states only what matters to it.

use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use sms_domain::content::Text;
use sms_domain::facts::{
    Consent, ConsentBasis, Context, ConversationFacts, Lead, MessageFacts, NumberFacts, OrgFacts,
    OrganizationKind, Pauses, Policy, RecipientFacts, Registration, ScrubFacts, Usage, WalletFacts,
};
use sms_domain::law::RuleData;
use sms_domain::message::Submission;
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Health, ProviderAccount};
use uuid::Uuid;

/// The phone of a lead in Georgia (US), to whom a message goes unless another is given.
pub const LEAD: &str = "+14045550100";

/// The phone of the organization's number, unless another is given.
pub const NUMBER: &str = "+14045550199";

/// A short text to a lead.
#[must_use]
pub fn submission(to: PhoneNumber, now: DateTime<Utc>) -> Submission {
    let (conversation_id, lead_id) = (
        ConversationId::new(Uuid::from_u128(0xC)),
        LeadId::new(Uuid::from_u128(0xB)),
    );
    let text = Text::new("Hi Ann, your quote is ready. When may we call?");
    Submission::new(conversation_id, lead_id, to, text, now)
}

/// A healthy, registered number without limits; the `n`th of the organization.
#[must_use]
pub fn number(n: u32, phone: PhoneNumber) -> NumberFacts {
    NumberFacts {
        id: number_id(n),
        phone,
        is_enabled: true,
        is_sms_capable: true,
        is_mms_capable: true,
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
        tie_rank: None,
        last_used_at: None,
        usage: Usage::default(),
    }
}

/// The identifier of the `n`th number.
#[must_use]
pub fn number_id(n: u32) -> PhoneNumberId {
    PhoneNumberId::new(Uuid::from_u128(0xD00_0000 | u128::from(n)))
}

/// A live organization with the given numbers and 10 USD, and a lead who made an inquiry a day ago.
#[must_use]
pub fn context(
    rules: &'static RuleData,
    lead: PhoneNumber,
    numbers: Vec<NumberFacts>,
    now: DateTime<Utc>,
) -> Context {
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
        rules,
        org: Arc::new(org),
        message: message_facts(lead, now),
        emergencies: Arc::default(),
        pauses: Pauses::default(),
        own_reservation: None,
    }
}

fn message_facts(phone: PhoneNumber, now: DateTime<Utc>) -> MessageFacts {
    MessageFacts {
        conversation: ConversationFacts {
            id: ConversationId::new(Uuid::from_u128(0xC)),
            active_number: None,
            override_number: None,
            last_inbound_at: None,
            awaits_opt_out_review: false,
            is_first_message: false,
        },
        lead: lead(phone, now),
        is_lead_imported: false,
        recipient: RecipientFacts::default(),
        scrubs: ScrubFacts::default(),
        wallet: WalletFacts {
            balance: Money::from_micros(10_000_000),
            held: Money::ZERO,
        },
    }
}

fn lead(phone: PhoneNumber, now: DateTime<Utc>) -> Lead {
    Lead {
        consent: Some(Consent::new(
            ConsentBasis::Inquiry,
            now.checked_sub_days(Days::new(1)).unwrap_or(now),
        )),
        ..Lead::new(
            OrganizationId::new(Uuid::from_u128(0xA)),
            LeadId::new(Uuid::from_u128(0xB)),
            phone,
        )
    }
}
