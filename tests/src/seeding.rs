//! The usual data of a test's tenant, so that a test states only what it is about.

use sms_api::system::SystemIds;
use sms_domain::facts::{Consent, ConsentBasis, Lead, OrganizationKind, Policy, Registration};
use sms_domain::ports::{
    IdGenerator, SeedConversation, SeedNumber, SeedOrganization, SeedSuppression, SeedTopUp,
};
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{
    ConversationId, LeadId, LedgerEntryId, OrganizationId, PhoneNumberId, SuppressionId,
};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Health, PersonName, ProviderAccount};
use sms_testkit::fixtures::{noon, phone};

/// The data of a new tenant.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub organization: SeedOrganization,
    /// Its numbers; the first one is its default.
    pub numbers: Vec<SeedNumber>,
    /// The initial balance.
    pub balance: Money,
}

/// A tenant with one number in Georgia (US) without limits, and ten dollars.
#[must_use]
pub fn surroundings(kind: OrganizationKind, ids: &SystemIds) -> Surroundings {
    let organization_id = OrganizationId::new(ids.uuid());
    let number = number(organization_id, kind, ids);
    Surroundings {
        organization: SeedOrganization {
            id: organization_id,
            name: "Acme Roofing".to_owned(),
            kind,
            policy: Policy::default(),
            default_number_id: Some(number.id),
            preferred_number_ids: Vec::new(),
            rate: Rate::DEFAULT,
        },
        numbers: vec![number],
        balance: Money::from_micros(10_000_000),
    }
}

impl Surroundings {
    /// Adds a number.
    pub fn add_number(&mut self, ids: &SystemIds) -> PhoneNumberId {
        let number = number(self.organization.id, self.organization.kind, ids);
        let id = number.id;
        self.numbers.push(number);
        id
    }
}

fn number(organization_id: OrganizationId, kind: OrganizationKind, ids: &SystemIds) -> SeedNumber {
    let account = match kind {
        OrganizationKind::Live => "default",
        OrganizationKind::Sandbox => ProviderAccount::SIMULATOR,
    };
    SeedNumber {
        organization_id,
        id: PhoneNumberId::new(ids.uuid()),
        phone: new_phone(ids),
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
        account: ProviderAccount::new(account),
        messaging_profile_id: None,
    }
}

/// A unique number in Georgia, because a number belongs to one organization.
fn new_phone(ids: &SystemIds) -> PhoneNumber {
    let random = u32::from_be_bytes(ids.random::<4>());
    // Avoids exchanges that end in 11, and the leads' numbers.
    phone(&format!("+1404{:07}", 6_120_000 + random % 980_000))
}

/// A lead with express consent, whose location is known from the number alone.
pub(crate) fn lead(organization_id: OrganizationId, number: &str, ids: &SystemIds) -> Lead {
    Lead {
        name: Some(PersonName::new("Ann Lee")),
        consent: Some(Consent::new(ConsentBasis::Express, noon())),
        ..Lead::new(organization_id, LeadId::new(ids.uuid()), phone(number))
    }
}

pub(crate) fn conversation(lead: &Lead, ids: &SystemIds) -> SeedConversation {
    SeedConversation {
        organization_id: lead.organization_id,
        id: ConversationId::new(ids.uuid()),
        lead_id: lead.id,
        override_number_id: None,
        last_inbound_at: None,
    }
}

pub(crate) fn suppression(
    organization_id: OrganizationId,
    number: &str,
    ids: &SystemIds,
) -> SeedSuppression {
    SeedSuppression {
        organization_id,
        id: SuppressionId::new(ids.uuid()),
        phone: phone(number),
        campaign_id: None,
        number_id: None,
    }
}

pub(crate) fn top_up(organization_id: OrganizationId, amount: Money, ids: &SystemIds) -> SeedTopUp {
    SeedTopUp {
        organization_id,
        id: LedgerEntryId::new(ids.uuid()),
        amount,
    }
}
