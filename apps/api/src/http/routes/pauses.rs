//! Pausing and resuming what an organization sends.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::PauseRequest;
use sms_domain::ports::{PauseTarget, Unavailable};
use sms_domain::values::ids::OrganizationId;

use super::{Found, Read, Tag, known_id};
use crate::http::auth::{Authorized, NumbersRead, NumbersWrite};
use crate::http::dto::PausesResponse;
use crate::http::payload::Json;
use crate::http::problem::Failure;
use crate::http::state::AppState;

/// The operations on pauses.
pub(super) struct PausesApi(pub(super) AppState);

/// What is paused.
#[derive(ApiResponse)]
enum Shown {
    /// What the organization has paused now.
    #[oai(status = 200)]
    Pauses(Json<PausesResponse>),
}

#[OpenApi]
impl PausesApi {
    /// Shows what the organization has paused.
    ///
    /// A message waits as long as one of these covers it.
    #[oai(
        path = "/organizations/my/pauses",
        method = "get",
        tag = "Tag::Pauses",
        operation_id = "Pauses_GetMy"
    )]
    async fn mine(&self, caller: Authorized<NumbersRead>) -> Result<Shown, Failure<Read>> {
        Ok(self.shown(caller.sender.organization_id).await?)
    }

    /// Pauses everything that the organization sends.
    ///
    /// What waits is `scheduled` with the reason `paused` and without an instant; it expires as usual, and can be
    /// canceled.
    #[oai(
        path = "/organizations/my/pause",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_PauseOrganization"
    )]
    async fn pause_organization(
        &self,
        caller: Authorized<NumbersWrite>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Organization;
        self.change(caller, target, true).await
    }

    /// Resumes what the organization sends.
    ///
    /// What waits is decided again, at the usual pace. Numbers and campaigns that are paused stay so.
    #[oai(
        path = "/organizations/my/resume",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_ResumeOrganization"
    )]
    async fn resume_organization(
        &self,
        caller: Authorized<NumbersWrite>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Organization;
        self.change(caller, target, false).await
    }

    /// Pauses a number.
    ///
    /// It is not chosen any longer; messages that a person bound to it wait: they are `scheduled` with the reason
    /// `paused` and without an instant.
    #[oai(
        path = "/phone-numbers/:phoneNumberId/pause",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_PauseNumber"
    )]
    async fn pause_number(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Number(known_id(&id.0)?);
        self.change(caller, target, true).await
    }

    /// Resumes a number.
    ///
    /// What waits is decided again, at the usual pace.
    #[oai(
        path = "/phone-numbers/:phoneNumberId/resume",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_ResumeNumber"
    )]
    async fn resume_number(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The number.
        #[oai(name = "phoneNumberId")]
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Number(known_id(&id.0)?);
        self.change(caller, target, false).await
    }

    /// Pauses a campaign.
    ///
    /// What waits is `scheduled` with the reason `paused` and without an instant; it expires as usual, and can be
    /// canceled. Numbers of the campaign are not chosen for other messages.
    #[oai(
        path = "/campaigns/:campaignId/pause",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_PauseCampaign"
    )]
    async fn pause_campaign(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The campaign.
        #[oai(name = "campaignId")]
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Campaign(known_id(&id.0)?);
        self.change(caller, target, true).await
    }

    /// Resumes a campaign.
    ///
    /// What waits is decided again, at the usual pace.
    #[oai(
        path = "/campaigns/:campaignId/resume",
        method = "post",
        tag = "Tag::Pauses",
        operation_id = "Pauses_ResumeCampaign"
    )]
    async fn resume_campaign(
        &self,
        caller: Authorized<NumbersWrite>,
        /// The campaign.
        #[oai(name = "campaignId")]
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let target = PauseTarget::Campaign(known_id(&id.0)?);
        self.change(caller, target, false).await
    }
}

impl PausesApi {
    async fn change(
        &self,
        caller: Authorized<NumbersWrite>,
        target: PauseTarget,
        is_paused: bool,
    ) -> Result<Shown, Failure<Found>> {
        let organization_id = caller.sender.organization_id;
        let request = PauseRequest {
            organization_id,
            target,
            is_paused,
            by: caller.actor,
        };
        self.0.pauses.change(request).await?;
        Ok(self.shown(organization_id).await?)
    }

    async fn shown(&self, organization_id: OrganizationId) -> Result<Shown, Unavailable> {
        let pauses = self.0.pauses.pauses(organization_id).await?;
        Ok(Shown::Pauses(Json(PausesResponse::new(
            organization_id,
            &pauses,
        ))))
    }
}
