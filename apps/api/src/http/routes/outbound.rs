//! What an organization can send, and what waits.

use poem_openapi::{ApiResponse, OpenApi};

use super::{Read, Tag};
use crate::http::auth::{Authorized, NumbersRead};
use crate::http::dto::OutboundCapacityOverview;
use crate::http::payload::Json;
use crate::http::problem::Failure;
use crate::http::state::AppState;

/// The operations on what is sent.
pub(super) struct OutboundApi(pub(super) AppState);

/// An overview.
#[derive(ApiResponse)]
enum Shown {
    /// What can be sent today, and what waits.
    #[oai(status = 200)]
    Overview(Json<OutboundCapacityOverview>),
}

#[OpenApi]
impl OutboundApi {
    /// Shows what can be sent today, and what waits.
    ///
    /// The capacity of each number, how the numbers are, and the messages that were decided last and still wait.
    #[oai(
        path = "/outbound/overview",
        method = "get",
        tag = "Tag::Outbound",
        operation_id = "OutboundDelivery_GetCurrentOrganizationOverview"
    )]
    async fn overview(&self, caller: Authorized<NumbersRead>) -> Result<Shown, Failure<Read>> {
        let organization = caller.sender.organization_id;
        let list = self.0.own_numbers.list(organization).await?;
        let queue = self.0.overview.queue(organization).await?;
        let overview = OutboundCapacityOverview::new(&list, &queue, self.0.clock.now());
        Ok(Shown::Overview(Json(overview)))
    }
}
