//! Taking leads in, and looking at them.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::IntakeError;

use super::{Body, Found, Tag, known_id};
use crate::http::auth::{Authorized, LeadsRead, LeadsWrite};
use crate::http::dto::{LeadIntakeRequest, LeadResponse};
use crate::http::payload::{Json, StrictJson};
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on leads.
pub(super) struct LeadsApi(pub(super) AppState);

/// A lead that was taken in.
#[derive(ApiResponse)]
enum Taken {
    /// The lead as it is now.
    #[oai(status = 201)]
    Lead(
        Json<LeadResponse>,
        /// `true` when the source brought the lead before under its own id: nothing new was made.
        #[oai(header = "Idempotent-Replayed")]
        Option<String>,
    ),
}

/// A lead.
#[derive(ApiResponse)]
enum Shown {
    /// The lead as it is now.
    #[oai(status = 200)]
    Lead(Json<LeadResponse>),
}

#[OpenApi]
impl LeadsApi {
    /// Takes a lead in.
    ///
    /// With the key of a source, the lead is that source's. The same externalId of a source again is the
    /// same intake, and nothing new is made. The same phone again is the same lead and conversation: what
    /// is stated anew replaces what was known, the consent is added, and no opt-out is lifted. The answer's
    /// conversationId is what messages to the lead are sent to.
    #[oai(
        path = "/leads/intake",
        method = "post",
        tag = "Tag::Leads",
        operation_id = "Leads_CreateIntake"
    )]
    async fn intake(
        &self,
        caller: Authorized<LeadsWrite>,
        StrictJson(request): StrictJson<LeadIntakeRequest>,
    ) -> Result<Taken, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let now = self.0.clock.now();
        let intake = request.intake(organization, caller.source_id, caller.key_id, now);
        let intake =
            intake.ok_or_else(|| Problem::broken("an intake was taken without a phone"))?;
        match self.0.use_cases.leads.take_in(intake).await {
            Ok(taken) => {
                let replayed = taken.is_repeated.then(|| "true".to_owned());
                Ok(Taken::Lead(Json((&taken.view).into()), replayed))
            }
            Err(error) => Err(refused(&request, error).into()),
        }
    }

    /// Shows a lead.
    #[oai(
        path = "/leads/:id",
        method = "get",
        tag = "Tag::Leads",
        operation_id = "Leads_GetForCurrentUser"
    )]
    async fn get(
        &self,
        caller: Authorized<LeadsRead>,
        /// The lead.
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let found = self
            .0
            .use_cases
            .leads
            .find(caller.sender.organization_id, known_id(&id.0)?);
        let view = found
            .await?
            .ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Shown::Lead(Json((&view).into())))
    }
}

fn refused(request: &LeadIntakeRequest, error: IntakeError) -> Problem {
    match error {
        IntakeError::SourceClosed => Problem::with_detail(
            ProblemKind::Forbidden,
            "The source may not bring leads: it is disabled or deleted.",
        ),
        IntakeError::Invalid(faults) => Problem::invalid(request.named(faults)),
        IntakeError::Contended => Problem::unavailable(error),
        IntakeError::Unavailable(error) => error.into(),
    }
}
