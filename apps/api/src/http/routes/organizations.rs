//! What an organization has: its API keys.

use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::API_KEYS;

use super::{Body, Tag};
use crate::http::auth::{Authorized, KeysRead};
use crate::http::dto::{
    OrganizationTableRow, PagedResultOfOrganizationTableRow, RequestDataOptions,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson};
use crate::http::problem::Failure;
use crate::http::state::AppState;

/// The operations on organizations.
pub(super) struct OrganizationsApi(pub(super) AppState);

/// A page of API keys.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfOrganizationTableRow>),
}

#[OpenApi]
impl OrganizationsApi {
    /// Lists API keys.
    ///
    /// Every key of the organization, withdrawn and expired ones included, without its secret. Keys are made and
    /// withdrawn by the operator.
    #[oai(
        path = "/organizations/api-keys/my",
        method = "post",
        tag = "Tag::Organizations",
        operation_id = "Organizations_GetAllApiKeysForCurrentUser"
    )]
    async fn api_keys(
        &self,
        caller: Authorized<KeysRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &API_KEYS, "", &options)?;
        let page = self.0.reads.api_keys(organization, &asked.query).await?;
        let now = self.0.clock.now();
        let page = asked.answer(page, |view| OrganizationTableRow::new(view, now));
        Ok(Listed::Page(Json(page.into())))
    }
}
