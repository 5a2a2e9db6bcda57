//! Rows that only seeds write.

use chrono::{DateTime, Utc};
use diesel::prelude::{AsChangeset, Insertable};
use serde_json::{Map, Value};
use sms_domain::facts::Policy;
use sms_domain::ports::{
    SeedCampaign, SeedConversation, SeedOrganization, SeedSource, SeedSuppression, SeedTopUp,
};
use sms_domain::values::billing::LedgerKind;
use sms_domain::values::ids::PhoneNumberId;
use uuid::Uuid;

use crate::rows::{OrganizationRow, integer};
use crate::schema::{ledger, messaging_campaigns, sources, suppressions};
use crate::statement::rows;

/// An organization's row, merged over the stored one.
pub(super) fn organization(
    seed: &SeedOrganization,
    stored: Option<&OrganizationRow>,
) -> Result<OrganizationRow, serde_json::Error> {
    let policy = differences(&seed.policy)?;
    let policy_version = stored.map_or(1, |stored| {
        let has_changed = stored.policy != policy;
        stored.policy_version.saturating_add(i64::from(has_changed))
    });
    Ok(OrganizationRow {
        id: seed.id.as_uuid(),
        name: seed.name.clone(),
        kind: seed.kind.as_str().to_owned(),
        policy,
        policy_version,
        default_number_id: seed.default_number_id.map(PhoneNumberId::as_uuid),
        preferred_number_ids: seed
            .preferred_number_ids
            .iter()
            .map(|number| number.as_uuid())
            .collect(),
        rate_per_segment: seed.rate.price(1).micros(),
    })
}

/// The settings of a policy that differ from the defaults, so that a changed default reaches organizations
/// that chose nothing.
fn differences(policy: &Policy) -> Result<Value, serde_json::Error> {
    let default = serde_json::to_value(Policy::default())?;
    let all: Map<String, Value> = serde_json::from_value(serde_json::to_value(policy)?)?;
    let chosen = all
        .into_iter()
        .filter(|(name, value)| default.get(name) != Some(value))
        .collect();
    Ok(Value::Object(chosen))
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = messaging_campaigns)]
#[diesel(primary_key(organization_id, id), treat_none_as_null = true)]
pub(super) struct CampaignRow {
    pub(super) organization_id: Uuid,
    pub(super) id: Uuid,
    name: String,
    brand_id: Option<String>,
    ten_dlc_campaign_id: Option<String>,
    registration: String,
    pub(super) minute_limit: Option<i32>,
    daily_limit: Option<i32>,
}

impl From<&SeedCampaign> for CampaignRow {
    fn from(seed: &SeedCampaign) -> Self {
        Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            name: seed.name.clone(),
            brand_id: seed.brand_id.clone(),
            ten_dlc_campaign_id: seed.ten_dlc_campaign_id.clone(),
            registration: seed.registration.as_str().to_owned(),
            minute_limit: seed.minute_limit.map(integer),
            daily_limit: seed.daily_limit.map(integer),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = sources)]
pub(super) struct SourceRow {
    organization_id: Uuid,
    id: Uuid,
    pub(super) name: String,
    pub(super) is_imported: bool,
    created_at: DateTime<Utc>,
}

impl SourceRow {
    pub(super) fn new(seed: &SeedSource, at: DateTime<Utc>) -> Self {
        Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            name: seed.name.clone(),
            is_imported: seed.is_imported,
            created_at: at,
        }
    }
}

rows! {
    /// A conversation, as far as a seed defines it.
    ConversationRow, ConversationArrays of conversations {
        organization_id: Uuid,
        id: Uuid,
        lead_id: Uuid,
        override_number_id: Option<Uuid>,
        last_inbound_at: Option<DateTime<Utc>>,
    }
}

impl From<&SeedConversation> for ConversationRow {
    fn from(seed: &SeedConversation) -> Self {
        Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            lead_id: seed.lead_id.as_uuid(),
            override_number_id: seed.override_number_id.map(PhoneNumberId::as_uuid),
            last_inbound_at: seed.last_inbound_at,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = suppressions)]
pub(super) struct SuppressionRow {
    pub(super) organization_id: Uuid,
    id: Uuid,
    pub(super) phone: String,
    channel: &'static str,
    scope: &'static str,
    scope_id: Option<Uuid>,
    source: &'static str,
    created_at: DateTime<Utc>,
}

impl SuppressionRow {
    pub(super) fn new(seed: &SeedSuppression, at: DateTime<Utc>) -> Result<Self, String> {
        let (scope, scope_id) = match (seed.campaign_id, seed.number_id) {
            (None, None) => ("organization", None),
            (Some(campaign), None) => ("campaign", Some(campaign.as_uuid())),
            (None, Some(number)) => ("number", Some(number.as_uuid())),
            (Some(_), Some(_)) => {
                return Err(format!(
                    "suppression {} names a campaign and a number",
                    seed.id
                ));
            }
        };
        Ok(Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            phone: seed.phone.as_str().to_owned(),
            channel: "all",
            scope,
            scope_id,
            source: "import",
            created_at: at,
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = ledger)]
pub(super) struct TopUpRow {
    pub(super) organization_id: Uuid,
    id: Uuid,
    kind: &'static str,
    pub(super) amount: i64,
    at: DateTime<Utc>,
}

impl TopUpRow {
    pub(super) fn new(seed: &SeedTopUp, at: DateTime<Utc>) -> Self {
        Self {
            organization_id: seed.organization_id.as_uuid(),
            id: seed.id.as_uuid(),
            kind: LedgerKind::TopUp.as_str(),
            amount: seed.amount.micros(),
            at,
        }
    }
}
