//! What a decision reads of an organization that changes seldom: settings, numbers, campaigns, price.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::pseudonyms::Renamer;
use crate::facts::{
    CampaignFacts, NumberFacts, OrgFacts, OrganizationKind, Policy, Registration, Usage, WarmUp,
};
use crate::values::billing::Rate;
use crate::values::ids::{CampaignId, OrganizationId, PhoneNumberId, SourceId, UserId};
use crate::values::phone::NumberPrefix;
use crate::values::{Health, ProviderAccount};

/// The facts about an organization that change seldom. They are stored once for all decisions that rest on
/// them, and found by their hash. The organization's own name is among them; no phone number is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationSnapshot {
    kind: OrganizationKind,
    name: String,
    policy: Policy,
    policy_version: i64,
    numbers: Vec<NumberSnapshot>,
    default_number: Option<PhoneNumberId>,
    preferred_numbers: Vec<PhoneNumberId>,
    campaigns: Vec<CampaignSnapshot>,
    sources: Vec<SourceId>,
    rate: Rate,
}

/// The SHA-256 of an [`OrganizationSnapshot`] in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotHash([u8; 32]);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct NumberSnapshot {
    id: PhoneNumberId,
    prefix: NumberPrefix,
    is_enabled: bool,
    is_sms_capable: bool,
    /// Earlier snapshots do not say it, and rest on decisions about SMS alone.
    #[serde(default)]
    is_mms_capable: bool,
    destinations: Vec<String>,
    registration: Registration,
    ten_dlc_campaign_id: Option<String>,
    campaign_id: Option<CampaignId>,
    source_id: Option<SourceId>,
    owner_id: Option<UserId>,
    is_reserved: bool,
    hourly_limit: Option<u32>,
    daily_limit: Option<u32>,
    warm_up: Option<WarmUp>,
    account: ProviderAccount,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CampaignSnapshot {
    id: CampaignId,
    ten_dlc_campaign_id: Option<String>,
    daily_limit: Option<u32>,
}

impl OrganizationSnapshot {
    /// The seldom changing part of an organization's facts.
    #[must_use]
    pub fn of(org: &OrgFacts) -> Self {
        let OrgFacts {
            organization_id: _, // The key under which the snapshot is stored.
            kind,
            name,
            policy,
            policy_version,
            numbers,
            default_number,
            preferred_numbers,
            campaigns,
            paced_accounts: _, // Paces are kept after a decision.
            sources,
            rate,
        } = org;
        Self {
            kind: *kind,
            name: name.clone(),
            policy: policy.clone(),
            policy_version: *policy_version,
            numbers: numbers.iter().map(NumberSnapshot::of).collect(),
            default_number: *default_number,
            preferred_numbers: preferred_numbers.clone(),
            campaigns: campaigns.iter().map(CampaignSnapshot::of).collect(),
            sources: sources.clone(),
            rate: *rate,
        }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The version of the policy, which grows with every change.
    #[must_use]
    pub const fn policy_version(&self) -> i64 {
        self.policy_version
    }

    /// The ids of the numbers, in their order.
    pub(super) fn number_ids(&self) -> Vec<PhoneNumberId> {
        self.numbers.iter().map(|number| number.id).collect()
    }

    pub(super) fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let Self {
            kind,
            name: _, // Only the text of a message has it.
            policy,
            policy_version,
            numbers,
            default_number,
            preferred_numbers,
            campaigns,
            sources,
            rate,
        } = self;
        let preferred = preferred_numbers.iter();
        let sources = sources.iter();
        Self {
            kind: *kind,
            name: "Sender".to_owned(),
            policy: policy.clone(),
            policy_version: *policy_version,
            numbers: numbers.iter().map(|one| one.renamed(renamer)).collect(),
            default_number: default_number.map(|id| renamer.number(id)),
            preferred_numbers: preferred.map(|id| renamer.number(*id)).collect(),
            campaigns: (campaigns.iter())
                .map(|campaign| campaign.renamed(renamer))
                .collect(),
            sources: sources.map(|id| renamer.pseudonyms.source(*id)).collect(),
            rate: *rate,
        }
    }

    /// The snapshot in JSON, and its hash.
    #[must_use]
    pub fn encode(&self) -> (SnapshotHash, Vec<u8>) {
        // Contains only names, numbers and instants, which JSON can represent.
        let json = serde_json::to_vec(self).unwrap_or_default();
        (SnapshotHash(Sha256::digest(&json).into()), json)
    }

    /// The organization's facts, with numbers that were never used.
    pub(super) fn restore(&self) -> OrgFacts {
        OrgFacts {
            organization_id: OrganizationId::new(Uuid::nil()),
            kind: self.kind,
            name: self.name.clone(),
            policy: self.policy.clone(),
            policy_version: self.policy_version,
            numbers: self.numbers.iter().map(NumberSnapshot::restore).collect(),
            default_number: self.default_number,
            preferred_numbers: self.preferred_numbers.clone(),
            campaigns: (self.campaigns.iter())
                .map(CampaignSnapshot::restore)
                .collect(),
            paced_accounts: Vec::new(),
            sources: self.sources.clone(),
            rate: self.rate,
        }
    }
}

impl NumberSnapshot {
    fn of(number: &NumberFacts) -> Self {
        let NumberFacts {
            id,
            phone,
            is_enabled,
            is_sms_capable,
            is_mms_capable,
            destinations,
            registration,
            ten_dlc_campaign_id,
            campaign_id,
            source_id,
            owner_id,
            is_reserved,
            health: _,
            cooling_until: _,
            hourly_limit,
            daily_limit,
            minute_limit: _, // Paces are kept after a decision.
            warm_up,
            account,
            messaging_profile_id: _,
            tie_rank: _, // Follows from the ids.
            last_used_at: _,
            usage: _, // With health, cooling and the last use in the decision's own snapshot.
        } = number;
        Self {
            id: *id,
            prefix: NumberPrefix::of(phone),
            is_enabled: *is_enabled,
            is_sms_capable: *is_sms_capable,
            is_mms_capable: *is_mms_capable,
            destinations: destinations.clone(),
            registration: *registration,
            ten_dlc_campaign_id: ten_dlc_campaign_id.clone(),
            campaign_id: *campaign_id,
            source_id: *source_id,
            owner_id: *owner_id,
            is_reserved: *is_reserved,
            hourly_limit: *hourly_limit,
            daily_limit: *daily_limit,
            warm_up: *warm_up,
            account: account.clone(),
        }
    }

    fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let Self {
            id,
            prefix,
            is_enabled,
            is_sms_capable,
            is_mms_capable,
            destinations,
            registration,
            ten_dlc_campaign_id,
            campaign_id,
            source_id,
            owner_id,
            is_reserved,
            hourly_limit,
            daily_limit,
            warm_up,
            account,
        } = self;
        let names = renamer.pseudonyms;
        Self {
            id: renamer.number(*id),
            prefix: *prefix,
            is_enabled: *is_enabled,
            is_sms_capable: *is_sms_capable,
            is_mms_capable: *is_mms_capable,
            destinations: destinations.clone(),
            registration: *registration,
            ten_dlc_campaign_id: ten_dlc_campaign_id.as_deref().map(|id| names.word(id)),
            campaign_id: campaign_id.map(|id| names.campaign(id)),
            source_id: source_id.map(|id| names.source(id)),
            owner_id: owner_id.map(|id| names.user(id)),
            is_reserved: *is_reserved,
            hourly_limit: *hourly_limit,
            daily_limit: *daily_limit,
            warm_up: *warm_up,
            account: if account.is_simulated() {
                account.clone()
            } else {
                ProviderAccount::new(names.word(account.as_str()))
            },
        }
    }

    fn restore(&self) -> NumberFacts {
        NumberFacts {
            id: self.id,
            phone: self.prefix.placeholder(),
            is_enabled: self.is_enabled,
            is_sms_capable: self.is_sms_capable,
            is_mms_capable: self.is_mms_capable,
            destinations: self.destinations.clone(),
            registration: self.registration,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id.clone(),
            campaign_id: self.campaign_id,
            source_id: self.source_id,
            owner_id: self.owner_id,
            is_reserved: self.is_reserved,
            health: Health::Healthy,
            cooling_until: None,
            hourly_limit: self.hourly_limit,
            daily_limit: self.daily_limit,
            minute_limit: None,
            warm_up: self.warm_up,
            account: self.account.clone(),
            messaging_profile_id: None,
            tie_rank: None,
            last_used_at: None::<DateTime<Utc>>,
            usage: Usage::default(),
        }
    }
}

impl CampaignSnapshot {
    fn of(campaign: &CampaignFacts) -> Self {
        let CampaignFacts {
            id,
            ten_dlc_campaign_id,
            minute_limit: _, // Paces are kept after a decision.
            daily_limit,
            usage: _, // In the decision's own snapshot.
        } = campaign;
        Self {
            id: *id,
            ten_dlc_campaign_id: ten_dlc_campaign_id.clone(),
            daily_limit: *daily_limit,
        }
    }

    fn renamed(&self, renamer: &Renamer<'_>) -> Self {
        let Self {
            id,
            ten_dlc_campaign_id,
            daily_limit,
        } = self;
        let names = renamer.pseudonyms;
        Self {
            id: names.campaign(*id),
            ten_dlc_campaign_id: ten_dlc_campaign_id.as_deref().map(|id| names.word(id)),
            daily_limit: *daily_limit,
        }
    }

    fn restore(&self) -> CampaignFacts {
        CampaignFacts {
            id: self.id,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id.clone(),
            minute_limit: None,
            daily_limit: self.daily_limit,
            usage: Usage::default(),
        }
    }
}

impl SnapshotHash {
    /// A stored hash; `None` unless it has 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SnapshotHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
