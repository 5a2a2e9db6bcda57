//! Seeding of organizations with all their data: for the demo organization, for tests, and for
//! operators until management operations exist.

mod faults;
mod places;
mod warnings;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::faults::SeedFault;
use super::Unavailable;
use crate::facts::{ConsentRecord, Lead, OrganizationKind, Policy, Registration, WarmUp};
use crate::values::billing::{Money, Rate};
use crate::values::ids::{
    CampaignId, ConversationId, LeadId, LedgerEntryId, OrganizationId, PhoneNumberId, SourceId,
    SuppressionId, UserId,
};
use crate::values::phone::PhoneNumber;
use crate::values::{Actor, Health, ProviderAccount};

/// The data to seed. Rows may refer to each other and to stored rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Seed {
    pub organizations: Vec<SeedOrganization>,
    /// 10DLC campaigns of organizations.
    pub campaigns: Vec<SeedCampaign>,
    /// Sources of leads.
    pub sources: Vec<SeedSource>,
    /// Sending numbers of organizations.
    pub numbers: Vec<SeedNumber>,
    /// Leads of organizations.
    pub leads: Vec<Lead>,
    /// Records of consent, with their proof. A lead with records has the consent that they amount to.
    pub consents: Vec<ConsentRecord>,
    /// Conversations with leads.
    pub conversations: Vec<SeedConversation>,
    /// Entries of the opt-out list.
    pub suppressions: Vec<SeedSuppression>,
    /// Top-ups of wallets.
    pub top_ups: Vec<SeedTopUp>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedOrganization {
    pub id: OrganizationId,
    /// The name with which messages identify the sender.
    pub name: String,
    /// Whether the organization is live or a sandbox.
    pub kind: OrganizationKind,
    /// The differences from the default policy.
    #[serde(default)]
    pub policy: Policy,
    /// The default number.
    #[serde(default)]
    pub default_number_id: Option<PhoneNumberId>,
    /// The preferred numbers, best first.
    #[serde(default)]
    pub preferred_number_ids: Vec<PhoneNumberId>,
    /// The price per segment, in millionths of a dollar.
    #[serde(default = "default_rate")]
    pub rate: Rate,
}

/// A 10DLC campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedCampaign {
    pub organization_id: OrganizationId,
    pub id: CampaignId,
    /// The name for people.
    pub name: String,
    /// The carriers' id of the brand.
    #[serde(default)]
    pub brand_id: Option<String>,
    /// The carriers' id of the campaign.
    #[serde(default)]
    pub ten_dlc_campaign_id: Option<String>,
    /// The status of the registration with the carriers.
    pub registration: Registration,
    /// The limit per minute in messages, over all its numbers.
    #[serde(default)]
    pub minute_limit: Option<u32>,
    /// The daily limit in segments, over all numbers that are routed to the campaign or registered
    /// under it; counted from when it is set.
    #[serde(default)]
    pub daily_limit: Option<u32>,
}

/// A source of leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSource {
    pub organization_id: OrganizationId,
    pub id: SourceId,
    /// The name for people.
    pub name: String,
    /// Whether its leads were imported rather than received as inquiries.
    #[serde(default)]
    pub is_imported: bool,
}

/// A number to send from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedNumber {
    pub organization_id: OrganizationId,
    pub id: PhoneNumberId,
    /// The number in E.164.
    pub phone: PhoneNumber,
    /// Whether the organization has enabled the number.
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// Whether the number can send SMS.
    #[serde(default = "yes")]
    pub is_sms_capable: bool,
    /// Whether the number can send MMS.
    #[serde(default)]
    pub is_mms_capable: bool,
    /// The countries that the number may text: ISO 3166-1 alpha-2 codes, or a common name of the US
    /// or Canada.
    #[serde(default = "united_states_and_canada")]
    pub destinations: Vec<String>,
    /// The status of the registration with the carriers.
    pub registration: Registration,
    /// The carriers' id of its 10DLC campaign.
    #[serde(default)]
    pub ten_dlc_campaign_id: Option<String>,
    /// The campaign to which the number is routed.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// The source to whose leads the number is routed.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// The member of staff to whom the number belongs.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// Whether the number is reserved for the campaign, source or owner to which it is routed.
    #[serde(default)]
    pub is_reserved: bool,
    /// The health of the number.
    #[serde(default = "unknown_health")]
    pub health: Health,
    /// The end of the number's rest, if it is resting.
    #[serde(default)]
    pub cooling_until: Option<DateTime<Utc>>,
    /// The hourly limit in messages.
    #[serde(default)]
    pub hourly_limit: Option<u32>,
    /// The daily limit in messages.
    #[serde(default)]
    pub daily_limit: Option<u32>,
    /// The limit per minute in messages.
    #[serde(default)]
    pub minute_limit: Option<u32>,
    /// The warm-up, if the number is under one.
    #[serde(default)]
    pub warm_up: Option<WarmUp>,
    /// The account at the provider that owns the number.
    pub account: ProviderAccount,
    /// The messaging profile at the provider.
    #[serde(default)]
    pub messaging_profile_id: Option<String>,
}

/// A conversation with a lead. Applying the seed again does not change what happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedConversation {
    pub organization_id: OrganizationId,
    pub id: ConversationId,
    pub lead_id: LeadId,
    /// The number that a user chose for the conversation.
    #[serde(default)]
    pub override_number_id: Option<PhoneNumberId>,
    /// When the lead last sent a text.
    #[serde(default)]
    pub last_inbound_at: Option<DateTime<Utc>>,
}

/// An entry of the opt-out list, for all channels. It covers one campaign or one number, or
/// everything if neither is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSuppression {
    pub organization_id: OrganizationId,
    pub id: SuppressionId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The only campaign that the entry covers.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// The only sending number that the entry covers.
    #[serde(default)]
    pub number_id: Option<PhoneNumberId>,
}

/// A top-up of an organization's wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedTopUp {
    pub organization_id: OrganizationId,
    /// Identifier of the ledger entry; an existing entry is not booked again.
    pub id: LedgerEntryId,
    /// The amount in millionths of a dollar.
    pub amount: Money,
}

/// Why a seed was not applied. No part of it was.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The seed contradicts itself or stored data: it refers to something that does not exist, to a
    /// number of another organization, or to a place that cannot be interpreted. Contains all faults,
    /// each with its path.
    #[error("the seed cannot be applied:{}", lines(.0))]
    Invalid(Vec<SeedFault>),
    /// The store failed; it is unknown whether the seed was applied. Applying it again is safe.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Access for seeding.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SeedRepository: Send + Sync {
    /// Inserts and updates all rows of the seed atomically; `at` is the instant of new ledger
    /// entries and opt-outs. Returns warnings about valid data that will still prevent the seed's
    /// organizations from sending.
    ///
    /// MUST refuse a seed with [`Seed::faults`], one that refers to something that does not exist, one
    /// with a number that is stored with another identifier, and one with a lead whose number any
    /// organization sends from. Applying a seed twice MUST have the same result as applying it once. A
    /// suppression and a revoked consent MUST advance its recipient's version, so that concurrent decisions detect it. Other
    /// rows MUST stay unchanged. A record of consent that is stored MUST stay as it is, but for its
    /// revocation, and one that differs from the stored one is refused. MUST write the audit log for each organization, campaign and number that it
    /// creates or changes, and for each new opt-out and top-up.
    ///
    /// # Errors
    /// [`SeedError`].
    async fn apply(
        &self,
        seed: &Seed,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<Vec<SeedFault>, SeedError>;
}

/// The most faults that are listed; further ones are only counted.
const SHOWN: usize = 20;

fn lines(faults: &[SeedFault]) -> String {
    let mut lines: String = (faults.iter().take(SHOWN))
        .map(|fault| format!("\n  {fault}"))
        .collect();
    if let Some(more) = faults.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push_str(&format!("\n  and {more} more"));
    }
    lines
}

const fn yes() -> bool {
    true
}

const fn default_rate() -> Rate {
    Rate::DEFAULT
}

const fn unknown_health() -> Health {
    Health::Unknown
}

fn united_states_and_canada() -> Vec<String> {
    vec!["US".to_owned(), "CA".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_only_what_differs_from_the_defaults() {
        let seed: Seed = serde_json::from_str(
            r#"{
                "organizations": [{
                    "id": "01900000-0000-7000-8000-000000000001",
                    "name": "Acme", "kind": "sandbox", "policy": { "defaultDailyCap": 2 }
                }],
                "numbers": [{
                    "organizationId": "01900000-0000-7000-8000-000000000001",
                    "id": "01900000-0000-7000-8000-000000000002",
                    "phone": "+13055550100", "registration": "not_required", "account": "simulator"
                }]
            }"#,
        )
        .unwrap();
        assert_eq!(seed.organizations[0].rate, Rate::DEFAULT);
        assert_eq!(seed.organizations[0].policy.default_daily_cap, 2);
        assert!(seed.numbers[0].is_enabled);
        assert!(seed.leads.is_empty());
    }

    #[test]
    fn many_faults_are_counted() {
        let fault = |n: usize| SeedFault {
            place: format!("leads[{n}].phone"),
            problem: "is nobody's".to_owned(),
        };
        let shown = |count| SeedError::Invalid((0..count).map(fault).collect()).to_string();
        assert_eq!(
            shown(1),
            "the seed cannot be applied:\n  leads[0].phone: is nobody's"
        );
        assert_eq!(shown(SHOWN).lines().count(), SHOWN + 1);
        assert!(shown(SHOWN + 3).ends_with("\n  and 3 more"));
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(serde_json::from_str::<Seed>(r#"{ "organisations": [] }"#).is_err());
        let lead = r#"{ "leads": [{
            "organizationId": "01900000-0000-7000-8000-000000000001",
            "id": "01900000-0000-7000-8000-000000000003",
            "phone": "+13055550100", "postcode": "30301"
        }] }"#;
        assert!(serde_json::from_str::<Seed>(lead).is_err());
        let rightly = lead.replace("postcode", "postalCode");
        assert!(serde_json::from_str::<Seed>(&rightly).is_ok());
    }
}
