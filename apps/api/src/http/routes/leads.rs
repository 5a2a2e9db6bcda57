//! Taking leads in, and looking at them.

use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::IntakeError;
use sms_domain::ports::{LEADS, LeadsWith};
use sms_domain::values::LeadTag;

use super::{Body, Found, Tag, known_id};
use crate::http::auth::{Authorized, LeadsRead, LeadsWrite};
use crate::http::dto::{
    LeadIntakeRequest, LeadResponse, LeadTableRow, PagedResultOfLeadTableRow, RequestDataOptions,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
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

/// A page of leads.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfLeadTableRow>),
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

    /// Lists leads.
    ///
    /// With tagIds, those with one of these tags, or with all of them if tagMatchAll says so.
    #[oai(
        path = "/leads/all/my",
        method = "post",
        tag = "Tag::Leads",
        operation_id = "Leads_GetAllForCurrentUser"
    )]
    async fn all(
        &self,
        caller: Authorized<LeadsRead>,
        /// Tags, by their ids.
        #[oai(name = "tagIds")]
        tag_ids: Query<Option<Vec<String>>>,
        /// Whether a lead must have every one of the tags rather than one of them.
        #[oai(name = "tagMatchAll")]
        tag_match_all: Query<Option<bool>>,
        /// Whether to list only leads without a tag.
        untagged: Query<Option<bool>>,
        /// active, archived or all, which is the default.
        #[oai(name = "archiveFilter")]
        archive_filter: Query<Option<String>>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let with = LeadsWith {
            is_archived: archived(archive_filter.0.as_deref())?,
            tags: tags(&tag_ids.0.unwrap_or_default())?,
            has_all_tags: tag_match_all.0.unwrap_or_default(),
            is_untagged: untagged.0.unwrap_or_default(),
        };
        let asked = Asked::new(&self.0, organization, &LEADS, &name(&with), &options)?;
        let page = self
            .0
            .reads
            .leads(organization, &with, &asked.query)
            .await?;
        Ok(Listed::Page(Json(
            asked.answer(page, LeadTableRow::from).into(),
        )))
    }

    /// Shows a lead.
    ///
    /// With its consent, its tags, and where it came from.
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

/// Whether leads must be archived.
fn archived(filter: Option<&str>) -> Result<Option<bool>, Problem> {
    match filter.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "all") => Ok(None),
        Some("active") => Ok(Some(false)),
        Some("archived") => Ok(Some(true)),
        Some(_) => Err(invalid(
            "archiveFilter",
            "must be one of active, archived, all",
        )),
    }
}

fn tags(ids: &[String]) -> Result<Vec<LeadTag>, Problem> {
    let mut tags = Vec::new();
    for id in ids {
        let tag = LeadTag::parse(id).ok_or_else(|| invalid("tagIds", "must be ids of tags"))?;
        LeadTag::add(&mut tags, &[tag]);
    }
    Ok(tags)
}

/// What the query asks for beside the body, in one form: the tokens of pages are bound to it.
fn name(with: &LeadsWith) -> String {
    let tags: Vec<_> = with.tags.iter().map(LeadTag::normalized).collect();
    let flags = (with.is_archived, with.has_all_tags, with.is_untagged);
    format!("{flags:?} {tags:?}")
}
