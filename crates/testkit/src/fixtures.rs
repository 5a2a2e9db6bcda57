//! Valid values of the domain's types, so that a test states only what it is about.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::content::Text;
use sms_domain::facts::{
    Consent, ConsentBasis, Context, ConversationFacts, Lead, MessageFacts, NumberFacts, OrgFacts,
    OrganizationKind, Pauses, Policy, RecipientFacts, Registration, ScrubFacts, Usage, WalletFacts,
};
use sms_domain::law::data::RuleData;
use sms_domain::message::{Message, MessageParts, Route, State, Submission};
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Actor, Health, ProviderAccount};

use crate::ids::sequential_uuid;

/// Noon on a Tuesday in New York, which is inside every sending window.
#[must_use]
pub fn noon() -> DateTime<Utc> {
    instant("2026-03-03T17:00:00Z")
}

/// An instant, given in RFC 3339.
///
/// # Panics
/// When the text is not an instant.
#[must_use]
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant in RFC 3339")
}

/// The operator of all fixtures.
#[must_use]
pub fn operator() -> Actor {
    Actor::operator("anna (uid 1000)", "desk")
}

/// A phone number, given in E.164.
///
/// # Panics
/// When the text is not a phone number.
#[must_use]
pub fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).expect("a number in E.164")
}

/// The organization of all fixtures.
#[must_use]
pub const fn organization_id() -> OrganizationId {
    OrganizationId::new(sequential_uuid(0xA1))
}

/// The conversation of all fixtures.
#[must_use]
pub const fn conversation_id() -> ConversationId {
    ConversationId::new(sequential_uuid(0xC1))
}

/// The lead of all fixtures.
#[must_use]
pub const fn lead_id() -> LeadId {
    LeadId::new(sequential_uuid(0xB1))
}

/// The sending number of all fixtures.
#[must_use]
pub const fn number_id() -> PhoneNumberId {
    PhoneNumberId::new(sequential_uuid(0xD1))
}

/// The message of all fixtures.
#[must_use]
pub const fn message_id() -> MessageId {
    MessageId::new(sequential_uuid(0xE1))
}

/// A short text to a lead in Georgia (US), submitted at [`noon`].
#[must_use]
pub fn submission() -> Submission {
    let text = Text::new("Thanks for your inquiry!");
    Submission::new(
        conversation_id(),
        lead_id(),
        phone("+14045550100"),
        text,
        noon(),
    )
}

/// A message with [`submission`] that is not yet decided.
#[must_use]
pub fn message() -> Message {
    Message::new(organization_id(), message_id(), submission(), noon())
}

/// [`message`] in a state, with the number and the attempt that the state takes.
#[must_use]
pub fn message_in(state: State) -> Message {
    altered(&message(), |message| {
        message.state = state;
        message.route = Some(route());
        if !matches!(
            message.state,
            State::Draft | State::Scheduled(_) | State::Received
        ) {
            message.attempts.last = 1;
            message.attempts.counted = 1;
        }
    })
}

/// A message with other parts, as a store could hold it.
///
/// # Panics
/// When no message has such parts.
pub fn altered(message: &Message, alter: impl FnOnce(&mut MessageParts)) -> Message {
    let mut parts = message.clone().into_parts();
    alter(&mut parts);
    Message::from_stored(parts).expect("parts that a message has")
}

/// From [`number`], chosen by no strategy.
#[must_use]
pub fn route() -> Route {
    let number = number();
    Route {
        number_id: number.id,
        from: number.phone,
        selection: None,
        ten_dlc_campaign_id: None,
        is_warmup: false,
        account: number.account,
        messaging_profile_id: None,
    }
}

/// A healthy, registered number in Georgia (US), without rate limits.
#[must_use]
pub fn number() -> NumberFacts {
    NumberFacts {
        id: number_id(),
        phone: phone("+14045550199"),
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

/// A live organization with [`number`] as its only and default number.
#[must_use]
pub fn org() -> OrgFacts {
    OrgFacts {
        organization_id: organization_id(),
        kind: OrganizationKind::Live,
        name: "Acme Roofing".to_owned(),
        policy: Policy::default(),
        policy_version: 1,
        numbers: vec![number()],
        default_number: Some(number_id()),
        preferred_numbers: Vec::new(),
        campaigns: Vec::new(),
        paced_accounts: Vec::new(),
        sources: Vec::new(),
        rate: Rate::DEFAULT,
    }
}

/// A lead who asked today, in a conversation without messages, with 10 USD in the wallet.
#[must_use]
pub fn message_facts() -> MessageFacts {
    MessageFacts {
        conversation: ConversationFacts {
            id: conversation_id(),
            active_number: None,
            override_number: None,
            last_inbound_at: None,
            awaits_opt_out_review: false,
            is_first_message: false,
        },
        lead: Lead {
            consent: Some(Consent::new(ConsentBasis::Inquiry, noon())),
            ..Lead::new(organization_id(), lead_id(), phone("+14045550100"))
        },
        is_lead_imported: false,
        recipient: RecipientFacts::default(),
        scrubs: ScrubFacts::default(),
        wallet: WalletFacts {
            balance: Money::from_micros(10_000_000),
            held: Money::ZERO,
        },
    }
}

/// Facts under which [`submission`] may leave at [`noon`].
///
/// # Panics
/// When the bundled legal tables are invalid.
#[must_use]
pub fn context() -> Context {
    Context {
        rules: RuleData::bundled().expect("the bundled tables"),
        org: Arc::new(org()),
        message: message_facts(),
        emergencies: Arc::default(),
        pauses: Pauses::default(),
        own_reservation: None,
    }
}
