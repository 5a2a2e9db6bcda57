//! The campaigns of an organization.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};

use super::{Body, BodyFound, Found, Tag, known_id};
use crate::http::auth::{Authorized, NumbersRead, NumbersWrite};
use crate::http::dto::{CampaignRequest, CampaignResponse};
use crate::http::payload::{Json, StrictJson};
use crate::http::problem::Failure;
use crate::http::state::AppState;

/// The operations on campaigns.
pub(super) struct CampaignsApi(pub(super) AppState);

/// A campaign.
#[derive(ApiResponse)]
enum Shown {
    /// The campaign as it is now.
    #[oai(status = 200)]
    Campaign(Json<CampaignResponse>),
}

#[OpenApi]
impl CampaignsApi {
    /// Makes a campaign.
    ///
    /// Messages, leads and numbers name it; its limits hold over all its numbers. Carriers do not know it yet.
    #[oai(
        path = "/campaigns",
        method = "post",
        tag = "Tag::Campaigns",
        operation_id = "Campaigns_Create"
    )]
    async fn create(
        &self,
        caller: Authorized<NumbersWrite>,
        StrictJson(request): StrictJson<CampaignRequest>,
    ) -> Result<Shown, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let made = self
            .0
            .campaigns
            .create(organization, request.into(), caller.actor)
            .await?;
        Ok(Shown::Campaign(Json(made.into())))
    }

    /// Shows a campaign.
    ///
    /// With its limits, and whether it is paused.
    #[oai(
        path = "/campaigns/:campaignId",
        method = "get",
        tag = "Tag::Campaigns",
        operation_id = "Campaigns_Get"
    )]
    async fn get(
        &self,
        caller: Authorized<NumbersRead>,
        /// The campaign.
        #[oai(name = "campaignId")]
        campaign_id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let id = known_id(&campaign_id.0)?;
        let organization = caller.sender.organization_id;
        let found = self.0.campaigns.campaign(organization, id).await?;
        Ok(Shown::Campaign(Json(found.into())))
    }

    /// Gives a campaign other settings.
    ///
    /// They replace all that it had; what is not given is not set. A new pace holds from the next message on.
    #[oai(
        path = "/campaigns/:campaignId",
        method = "put",
        tag = "Tag::Campaigns",
        operation_id = "Campaigns_Update"
    )]
    async fn update(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The campaign.
        #[oai(name = "campaignId")]
        campaign_id: Path<String>,
        StrictJson(request): StrictJson<CampaignRequest>,
    ) -> Result<Shown, Failure<BodyFound>> {
        let id = known_id(&campaign_id.0)?;
        let organization = caller.sender.organization_id;
        let changed = self
            .0
            .campaigns
            .update(organization, id, request.into(), caller.actor)
            .await?;
        Ok(Shown::Campaign(Json(changed.into())))
    }
}
