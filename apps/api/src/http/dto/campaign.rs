//! Campaigns: ours, in the style of the published resources.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_domain::facts::Registration;
use sms_domain::ports::{Campaign, CampaignSettings};
use sms_domain::values::ids::{CampaignId, OrganizationId};

use super::wire::{Id, Integer, Name};
use crate::http::payload::{Fields, FromFields, parse};

/// The most characters of a name or of an id of the carriers.
const LONGEST: usize = 200;

/// A campaign to make, or its new settings: what is not given is not set.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct CampaignRequest {
    /// The name for people, 1 to 200 characters.
    #[oai(validator(max_length = 200, pattern = r"\S"))]
    pub(crate) name: String,
    /// The carriers' id of the brand.
    #[oai(nullable, validator(max_length = 200))]
    pub(crate) brand_id: Option<String>,
    /// The carriers' id of the campaign. Numbers that are registered under it count towards its limits.
    #[oai(nullable, validator(max_length = 200))]
    pub(crate) ten_dlc_campaign_id: Option<String>,
    /// The most messages in a minute over all its numbers, at least 1; null = no limit.
    #[oai(nullable)]
    pub(crate) minute_limit: Option<Integer>,
    /// The most segments in a day over all its numbers, at least 1; null = no limit.
    #[oai(nullable)]
    pub(crate) daily_limit: Option<Integer>,
    #[serde(skip)]
    #[oai(skip)]
    limits: (Option<u32>, Option<u32>),
}

impl FromFields for CampaignRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let name = fields.required("name", parse::string);
        let name = name.map(|name| name.trim().to_owned()).unwrap_or_default();
        if name.is_empty() && !fields.is_rejected("name") {
            fields.reject("name", "must not be blank");
        }
        let brand_id = fields.optional("brandId", parse::string);
        let ten_dlc_campaign_id = fields.optional("tenDlcCampaignId", parse::string);
        for (field, text) in [
            ("name", Some(&name)),
            ("brandId", brand_id.as_ref()),
            ("tenDlcCampaignId", ten_dlc_campaign_id.as_ref()),
        ] {
            let text = text.map_or("", String::as_str);
            if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                fields.reject(
                    field,
                    "must have at most 200 characters, none of them control characters",
                );
            }
        }
        let minute_limit = fields.optional("minuteLimit", parse::count);
        let daily_limit = fields.optional("dailyLimit", parse::count);
        Self {
            name,
            brand_id,
            ten_dlc_campaign_id,
            minute_limit: minute_limit.map(Integer::from),
            daily_limit: daily_limit.map(Integer::from),
            limits: (minute_limit, daily_limit),
        }
    }
}

impl From<CampaignRequest> for CampaignSettings {
    fn from(request: CampaignRequest) -> Self {
        let (minute_limit, daily_limit) = request.limits;
        Self {
            name: request.name,
            brand_id: request.brand_id,
            ten_dlc_campaign_id: request.ten_dlc_campaign_id,
            minute_limit,
            daily_limit,
        }
    }
}

/// A campaign.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct CampaignResponse {
    /// Names the campaign; the campaignId of other operations.
    pub(crate) id: Id<CampaignId>,
    /// The organization that it belongs to.
    pub(crate) organization_id: Id<OrganizationId>,
    /// The name for people.
    pub(crate) name: String,
    /// The carriers' id of the brand.
    #[oai(nullable)]
    pub(crate) brand_id: Option<String>,
    /// The carriers' id of the campaign.
    #[oai(nullable)]
    pub(crate) ten_dlc_campaign_id: Option<String>,
    /// The status of its registration with the carriers.
    pub(crate) registration_status: Name<Registration>,
    /// The most messages in a minute over all its numbers; null = no limit.
    #[oai(nullable)]
    pub(crate) minute_limit: Option<Integer>,
    /// The most segments in a day over all its numbers; null = no limit.
    #[oai(nullable)]
    pub(crate) daily_limit: Option<Integer>,
    /// Whether it is paused.
    pub(crate) is_paused: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// When a person last changed it; null if nobody did.
    #[oai(nullable)]
    pub(crate) modified_at: Option<DateTime<Utc>>,
}

impl From<Campaign> for CampaignResponse {
    fn from(campaign: Campaign) -> Self {
        let settings = campaign.settings;
        Self {
            id: Id(campaign.id),
            organization_id: Id(campaign.organization_id),
            name: settings.name,
            brand_id: settings.brand_id,
            ten_dlc_campaign_id: settings.ten_dlc_campaign_id,
            registration_status: Name(campaign.registration),
            minute_limit: settings.minute_limit.map(Integer::from),
            daily_limit: settings.daily_limit.map(Integer::from),
            is_paused: campaign.is_paused,
            created_at: campaign.created_at.unwrap_or(DateTime::UNIX_EPOCH),
            modified_at: campaign.modified_at,
        }
    }
}
