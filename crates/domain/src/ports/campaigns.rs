//! The campaigns of organizations: made, shown and changed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::Registration;
use crate::values::Actor;
use crate::values::ids::{CampaignId, OrganizationId};

/// A campaign of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    pub organization_id: OrganizationId,
    pub id: CampaignId,
    pub settings: CampaignSettings,
    /// The status of the registration with the carriers, which the operator keeps.
    pub registration: Registration,
    /// Whether it is paused.
    pub is_paused: bool,
    /// When it was made; `None` = not on record.
    pub created_at: Option<DateTime<Utc>>,
    /// When a person last changed it.
    pub modified_at: Option<DateTime<Utc>>,
}

/// What an organization says of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignSettings {
    /// The name for people.
    pub name: String,
    /// The carriers' id of the brand.
    pub brand_id: Option<String>,
    /// The carriers' id of the campaign.
    pub ten_dlc_campaign_id: Option<String>,
    /// The most messages in a minute over all its numbers, at least 1; `None` = no limit.
    pub minute_limit: Option<u32>,
    /// The most segments in a day over all its numbers, at least 1; `None` = no limit.
    pub daily_limit: Option<u32>,
}

/// A campaign that is made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignChange {
    pub organization_id: OrganizationId,
    pub id: CampaignId,
    pub settings: CampaignSettings,
    /// Whether it is made, rather than changed.
    pub is_new: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
}

/// Access to campaigns.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CampaignRepository: Send + Sync {
    /// The campaigns of an organization, in the order of their ids.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn campaigns(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<Campaign>, Unavailable>;

    /// Makes or changes a campaign, with its entry in the audit log; its pace holds for all workers from then
    /// on. MUST return `false` and write nothing if a campaign to change is not the organization's, or one to
    /// make exists.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating a change is safe.
    async fn put_campaign(&self, change: CampaignChange) -> Result<bool, Unavailable>;
}
