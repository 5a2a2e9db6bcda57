//! What an organization has paused.

use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::Pauses;
use sms_domain::values::ids::{CampaignId, OrganizationId, PhoneNumberId};

use super::wire::Id;

/// What an organization has paused.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PausesResponse {
    /// The organization.
    pub(crate) organization_id: Id<OrganizationId>,
    /// Whether everything that it sends is paused.
    pub(crate) is_paused: bool,
    /// The numbers that are paused.
    pub(crate) phone_number_ids: Vec<Id<PhoneNumberId>>,
    /// The campaigns that are paused.
    pub(crate) campaign_ids: Vec<Id<CampaignId>>,
}

impl PausesResponse {
    /// The pauses of an organization.
    pub(crate) fn new(organization_id: OrganizationId, pauses: &Pauses) -> Self {
        Self {
            organization_id: Id(organization_id),
            is_paused: pauses.is_organization_paused,
            phone_number_ids: pauses.numbers.iter().copied().map(Id).collect(),
            campaign_ids: pauses.campaigns.iter().copied().map(Id).collect(),
        }
    }
}
