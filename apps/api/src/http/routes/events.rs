//! Reading messages back.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};

use super::{Found, Tag, known_id};
use crate::http::auth::{Authorized, SmsRead};
use crate::http::dto::SmsEventTableRow;
use crate::http::payload::Json;
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on the list of messages.
pub(super) struct SmsEventsApi(pub(super) AppState);

/// A message.
#[derive(ApiResponse)]
enum Shown {
    /// The message as it is now.
    #[oai(status = 200)]
    Row(Json<SmsEventTableRow>),
}

#[OpenApi]
impl SmsEventsApi {
    /// Shows a message.
    ///
    /// Where it stands, what happened to it and when, what it costs and who is at its ends.
    #[oai(
        path = "/events/sms/:smsEventId",
        method = "get",
        tag = "Tag::SmsEvents",
        operation_id = "SmsEvents_GetById"
    )]
    async fn get(
        &self,
        caller: Authorized<SmsRead>,
        /// The message.
        #[oai(name = "smsEventId")]
        sms_event_id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let id = known_id(&sms_event_id.0)?;
        let view = self
            .0
            .reads
            .message_view(caller.sender.organization_id, id)
            .await?;
        let view = view.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Shown::Row(Json((&view).into())))
    }
}
