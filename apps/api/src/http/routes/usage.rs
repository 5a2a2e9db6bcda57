//! What messages cost.

use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::{MessagesOf, USAGE};

use super::{Body, Tag};
use crate::http::auth::{Authorized, UsageRead};
use crate::http::dto::{PagedResultOfUsageLedgerTableRow, RequestDataOptions, UsageLedgerTableRow};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on usage.
pub(super) struct UsageApi(pub(super) AppState);

/// A page of what messages cost.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfUsageLedgerTableRow>),
}

#[OpenApi]
impl UsageApi {
    /// Lists what messages cost.
    ///
    /// Every message that was priced, or refused because the wallet did not cover it.
    #[oai(
        path = "/usage/all/my",
        method = "post",
        tag = "Tag::Usage",
        operation_id = "Usage_GetAllForCurrentOrganization"
    )]
    async fn all(
        &self,
        caller: Authorized<UsageRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &USAGE, "", &options)?;
        let (reads, of) = (&self.0.reads, MessagesOf::Billed);
        let page = reads.messages(organization, &of, &asked.query).await?;
        let page = page.ok_or_else(|| Problem::broken("an organization has no list of usage"))?;
        let page = asked.answer(page, |view| UsageLedgerTableRow::from(&view));
        Ok(Listed::Page(Json(page.into())))
    }
}
