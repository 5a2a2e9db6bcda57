//! Rows of `organizations`.

use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use serde_json::Value;
use sms_domain::facts::{CampaignFacts, NumberFacts, OrgFacts};
use sms_domain::values::ProviderAccount;
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId, SourceId};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef};
use crate::schema::organizations;

/// A tenant.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organizations, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub(crate) struct OrganizationRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) policy: Value,
    pub(crate) policy_version: i64,
    pub(crate) default_number_id: Option<Uuid>,
    pub(crate) preferred_number_ids: Vec<Uuid>,
    pub(crate) rate_per_segment: i64,
}

/// A campaign or a source: what numbers and leads are routed by.
#[derive(Debug, Default)]
pub(crate) struct Routing {
    pub(crate) campaigns: Vec<CampaignFacts>,
    pub(crate) sources: Vec<SourceId>,
    pub(crate) paced_accounts: Vec<ProviderAccount>,
}

impl OrganizationRow {
    /// The facts about the organization; its numbers and what they are routed by are in other rows.
    pub(crate) fn facts(
        self,
        numbers: Vec<NumberFacts>,
        routing: Routing,
    ) -> Result<OrgFacts, ImpossibleRow> {
        let reading = RowRef {
            table: "organizations",
            id: self.id,
        };
        Ok(OrgFacts {
            organization_id: OrganizationId::new(self.id),
            kind: reading.name("kind", &self.kind)?,
            name: self.name,
            policy: serde_json::from_value(self.policy)
                .map_err(|error| reading.impossible("policy", error.to_string()))?,
            policy_version: self.policy_version,
            numbers,
            default_number: self.default_number_id.map(PhoneNumberId::new),
            preferred_numbers: self
                .preferred_number_ids
                .into_iter()
                .map(PhoneNumberId::new)
                .collect(),
            campaigns: routing.campaigns,
            sources: routing.sources,
            paced_accounts: routing.paced_accounts,
            rate: Rate::per_segment(Money::from_micros(self.rate_per_segment)),
        })
    }
}
