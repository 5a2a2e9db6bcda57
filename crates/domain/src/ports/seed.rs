//! Putting organizations with all their surroundings in place: for the demo organization, for tests,
//! and for operators who begin before the management operations exist.

mod faults;
mod places;
mod warnings;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::faults::SeedFault;
use super::Unavailable;
use crate::facts::{ConsentBasis, OrganizationKind, Policy, Registration, WarmUp};
use crate::values::billing::{Money, Rate};
use crate::values::ids::{
    CampaignId, ConversationId, LeadId, LedgerEntryId, OrganizationId, PhoneNumberId, SourceId,
    SuppressionId, UserId,
};
use crate::values::phone::PhoneNumber;
use crate::values::{Health, ProviderAccount};

/// What shall be in place. Rows refer to each other and to what is there already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Seed {
    /// Tenants.
    pub organizations: Vec<SeedOrganization>,
    /// Their 10DLC campaigns.
    pub campaigns: Vec<SeedCampaign>,
    /// Where their leads come from.
    pub sources: Vec<SeedSource>,
    /// Their numbers.
    pub numbers: Vec<SeedNumber>,
    /// Their leads.
    pub leads: Vec<SeedLead>,
    /// Their threads.
    pub conversations: Vec<SeedConversation>,
    /// Their opt-out lists.
    pub suppressions: Vec<SeedSuppression>,
    /// Money that they put in.
    pub top_ups: Vec<SeedTopUp>,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedOrganization {
    /// Names it.
    pub id: OrganizationId,
    /// The name it signs with.
    pub name: String,
    /// Live or sandbox.
    pub kind: OrganizationKind,
    /// What differs from the default policy.
    #[serde(default)]
    pub policy: Policy,
    /// Where it falls back to.
    #[serde(default)]
    pub default_number_id: Option<PhoneNumberId>,
    /// What it prefers, best first.
    #[serde(default)]
    pub preferred_number_ids: Vec<PhoneNumberId>,
    /// What it pays per segment, in millionths of a dollar.
    #[serde(default = "default_rate")]
    pub rate: Rate,
}

/// A 10DLC campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedCampaign {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names it.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// The carriers' id of the brand.
    #[serde(default)]
    pub brand_id: Option<String>,
    /// The carriers' id of the campaign.
    #[serde(default)]
    pub ten_dlc_campaign_id: Option<String>,
    /// Its registration with the carriers.
    pub registration: Registration,
    /// Most messages a minute over all its numbers.
    #[serde(default)]
    pub minute_limit: Option<u32>,
    /// Most segments a day over all numbers that are routed to it or registered under it; counted
    /// from when it is set.
    #[serde(default)]
    pub daily_limit: Option<u32>,
}

/// A source of leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSource {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names it.
    pub id: SourceId,
    /// What people call it.
    pub name: String,
    /// Its leads were imported, not received as inquiries.
    #[serde(default)]
    pub is_imported: bool,
}

/// A number to send from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedNumber {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names it.
    pub id: PhoneNumberId,
    /// The number.
    pub phone: PhoneNumber,
    /// The organization has switched it on.
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// It can send SMS.
    #[serde(default = "yes")]
    pub is_sms_capable: bool,
    /// Countries it may text: ISO 3166-1 alpha-2, or a usual name of the US or Canada.
    #[serde(default = "united_states_and_canada")]
    pub destinations: Vec<String>,
    /// Its registration with the carriers.
    pub registration: Registration,
    /// The carriers' id of its 10DLC campaign.
    #[serde(default)]
    pub ten_dlc_campaign_id: Option<String>,
    /// Routed to this campaign.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// Routed to leads of this source.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// Belongs to this member of staff.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// Only for the campaign, source or owner it is routed to.
    #[serde(default)]
    pub is_reserved: bool,
    /// How well its messages arrive.
    #[serde(default = "unknown_health")]
    pub health: Health,
    /// It rests until then.
    #[serde(default)]
    pub cooling_until: Option<DateTime<Utc>>,
    /// Most messages an hour.
    #[serde(default)]
    pub hourly_limit: Option<u32>,
    /// Most messages a day.
    #[serde(default)]
    pub daily_limit: Option<u32>,
    /// Most messages a minute.
    #[serde(default)]
    pub minute_limit: Option<u32>,
    /// Under warm-up.
    #[serde(default)]
    pub warm_up: Option<WarmUp>,
    /// Which of the provider's accounts owns it.
    pub account: ProviderAccount,
    /// The provider's profile it sends under.
    #[serde(default)]
    pub messaging_profile_id: Option<String>,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedLead {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names the lead.
    pub id: LeadId,
    /// What people call the lead.
    #[serde(default)]
    pub name: Option<String>,
    /// Where to text.
    pub phone: PhoneNumber,
    /// The state, province or territory, as stated: its code, a name or an abbreviation.
    #[serde(default)]
    pub state: Option<String>,
    /// The ZIP or postal code, as stated; leading zeros may be missing.
    #[serde(default)]
    pub postal_code: Option<String>,
    /// The consent on record.
    #[serde(default)]
    pub consent: Option<SeedConsent>,
    /// The number assigned to the lead.
    #[serde(default)]
    pub assigned_number_id: Option<PhoneNumberId>,
    /// The member of staff who owns the lead.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// Where the lead came from.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// The campaign the lead came by.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// Put aside.
    #[serde(default)]
    pub is_archived: bool,
}

/// A recorded consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedConsent {
    /// What it rests on.
    pub basis: ConsentBasis,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// The thread with one lead. What happened in it stays as it is when the seed is applied again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedConversation {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names it.
    pub id: ConversationId,
    /// With whom.
    pub lead_id: LeadId,
    /// The number a person chose for it.
    #[serde(default)]
    pub override_number_id: Option<PhoneNumberId>,
    /// When the lead last texted.
    #[serde(default)]
    pub last_inbound_at: Option<DateTime<Utc>>,
}

/// An entry of the opt-out list, for all channels. It closes one campaign or one number, or
/// everything when neither is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSuppression {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names it.
    pub id: SuppressionId,
    /// Who opted out.
    pub phone: PhoneNumber,
    /// It closes this campaign alone.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// It closes this number alone.
    #[serde(default)]
    pub number_id: Option<PhoneNumberId>,
}

/// Money that an organization puts in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedTopUp {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Names the entry: an entry that is there already is not booked again.
    pub id: LedgerEntryId,
    /// How much, in millionths of a dollar.
    pub amount: Money,
}

/// A seed was not applied. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// It contradicts itself or what is stored: names something that does not exist, a number that
    /// belongs to another organization, or a place that is not understood. Everything that is wrong, each with its place.
    #[error("the seed cannot be applied:{}", lines(.0))]
    Invalid(Vec<SeedFault>),
    /// The store failed; not known whether the seed was applied. Applying it again is safe.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Where seeds go.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SeedRepository: Send + Sync {
    /// Inserts and updates everything that the seed names, all of it or nothing; `at` stands as the
    /// instant of new ledger entries and opt-outs. Answers what is valid and would still keep the
    /// seed's organizations from sending.
    ///
    /// MUST refuse a seed with [`Seed::faults`], one that names what does not exist, one with a number
    /// that is stored as another, and one with a lead that is a number of ours, of any organization.
    /// Applying a seed twice MUST leave what applying it once leaves. A suppression MUST advance its
    /// recipient's version, so that decisions under way notice it. What the seed does not name MUST
    /// stay as it is.
    ///
    /// # Errors
    /// [`SeedError`].
    async fn apply(&self, seed: &Seed, at: DateTime<Utc>) -> Result<Vec<SeedFault>, SeedError>;
}

/// Faults beyond these are counted only.
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
    }
}
