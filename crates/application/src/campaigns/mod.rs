//! The campaigns of an organization: made, shown and changed.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::ports::{
    Campaign, CampaignChange, CampaignRepository, CampaignSettings, Clock, IdGenerator, Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{CampaignId, OrganizationId};

/// Why a campaign was not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The organization has no such campaign.
    #[error("the organization has no such campaign")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The campaigns of an organization. Those of others MUST be unknown.
#[async_trait]
pub trait CampaignService: Send + Sync {
    /// One campaign.
    ///
    /// # Errors
    /// [`CampaignError`].
    async fn campaign(
        &self,
        organization_id: OrganizationId,
        id: CampaignId,
    ) -> Result<Campaign, CampaignError>;

    /// Makes a campaign. Carriers do not know it yet.
    ///
    /// # Errors
    /// [`CampaignError`].
    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: CampaignSettings,
        by: Actor,
    ) -> Result<Campaign, CampaignError>;

    /// Gives a campaign other settings.
    ///
    /// # Errors
    /// [`CampaignError`].
    async fn update(
        &self,
        organization_id: OrganizationId,
        id: CampaignId,
        settings: CampaignSettings,
        by: Actor,
    ) -> Result<Campaign, CampaignError>;
}

/// [`CampaignService`] over its ports.
#[derive(Clone)]
pub struct Campaigns {
    store: Arc<dyn CampaignRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl Campaigns {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn CampaignRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self { store, clock, ids }
    }

    async fn put(
        &self,
        organization_id: OrganizationId,
        id: Option<CampaignId>,
        settings: CampaignSettings,
        by: Actor,
    ) -> Result<Campaign, CampaignError> {
        let is_new = id.is_none();
        let id = id.unwrap_or_else(|| CampaignId::new(self.ids.uuid()));
        let change = CampaignChange {
            organization_id,
            id,
            settings,
            is_new,
            at: self.clock.now(),
            by,
        };
        if !self.store.put_campaign(change).await? {
            return Err(CampaignError::Unknown);
        }
        self.campaign(organization_id, id).await
    }
}

#[async_trait]
impl CampaignService for Campaigns {
    async fn campaign(
        &self,
        organization_id: OrganizationId,
        id: CampaignId,
    ) -> Result<Campaign, CampaignError> {
        let campaigns = self.store.campaigns(organization_id).await?;
        let found = campaigns.into_iter().find(|campaign| campaign.id == id);
        found.ok_or(CampaignError::Unknown)
    }

    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: CampaignSettings,
        by: Actor,
    ) -> Result<Campaign, CampaignError> {
        self.put(organization_id, None, settings, by).await
    }

    async fn update(
        &self,
        organization_id: OrganizationId,
        id: CampaignId,
        settings: CampaignSettings,
        by: Actor,
    ) -> Result<Campaign, CampaignError> {
        self.put(organization_id, Some(id), settings, by).await
    }
}
