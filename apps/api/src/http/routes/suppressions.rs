//! The opt-out list, as the business keeps it.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_application::{PersonRequest, ReleaseError};
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::ports::{SUPPRESSIONS, SuppressionEntry};

use super::{Body, Found, Tag, known_id};
use crate::http::auth::{Authorized, SuppressionsRead, SuppressionsWrite};
use crate::http::dto::{
    PagedResultOfSuppressionEntryResponse, RequestDataOptions, SuppressionCheckResult,
    SuppressionEntryRequest, SuppressionEntryResponse,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on the opt-out list.
pub(super) struct SuppressionsApi(pub(super) AppState);

/// An entry that is in force.
#[derive(ApiResponse)]
enum Created {
    /// The entry that closes everything to the person.
    #[oai(status = 201)]
    Entry(Json<SuppressionEntryResponse>),
}

/// An entry.
#[derive(ApiResponse)]
enum Shown {
    /// The entry as it is now.
    #[oai(status = 200)]
    Entry(Json<SuppressionEntryResponse>),
}

/// Whether a person is on the list.
#[derive(ApiResponse)]
enum Checked {
    /// Whether the person may be texted, as far as the list is concerned.
    #[oai(status = 200)]
    Result(Json<SuppressionCheckResult>),
}

/// A page of the opt-out list.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfSuppressionEntryResponse>),
}

#[OpenApi]
impl SuppressionsApi {
    /// Puts a person on the opt-out list.
    ///
    /// Nothing leaves to the person any more, and what waits is stopped. START does not open what you
    /// close. A person whom you closed before is answered with that entry.
    #[oai(
        path = "/suppressions",
        method = "post",
        tag = "Tag::Suppressions",
        operation_id = "Suppressions_Suppress"
    )]
    async fn suppress(
        &self,
        caller: Authorized<SuppressionsWrite>,
        StrictJson(request): StrictJson<SuppressionEntryRequest>,
    ) -> Result<Created, Failure<Body>> {
        let person = person(request, &caller)?;
        let entry = self.0.use_cases.suppressions.suppress(person).await?;
        Ok(Created::Entry(Json((&entry).into())))
    }

    /// Releases what you closed yourself.
    ///
    /// An entry that the person's STOP, the provider or an import made stays: only the person opens it, by
    /// texting START, or an operator. Releasing again changes nothing.
    #[oai(
        path = "/suppressions/release",
        method = "post",
        tag = "Tag::Suppressions",
        operation_id = "Suppressions_Release"
    )]
    async fn release(
        &self,
        caller: Authorized<SuppressionsWrite>,
        StrictJson(request): StrictJson<SuppressionEntryRequest>,
    ) -> Result<Shown, Failure<Body>> {
        let person = person(request, &caller)?;
        match self.0.use_cases.suppressions.release(person).await {
            Ok(entry) => Ok(Shown::Entry(Json((&entry).into()))),
            Err(error) => Err(refused(error).into()),
        }
    }

    /// Checks whether a person is on the opt-out list.
    ///
    /// The list alone is looked at: the preview of a message shows every rule.
    #[oai(
        path = "/suppressions/check",
        method = "post",
        tag = "Tag::Suppressions",
        operation_id = "Suppressions_Check"
    )]
    async fn check(
        &self,
        caller: Authorized<SuppressionsRead>,
        StrictJson(request): StrictJson<SuppressionEntryRequest>,
    ) -> Result<Checked, Failure<Body>> {
        let channel = request.channel.clone().unwrap_or_else(|| "all".to_owned());
        let person = person(request, &caller)?;
        let (organization, phone) = (person.organization_id, &person.phone);
        let entry = self
            .0
            .use_cases
            .suppressions
            .closed_by(organization, phone)
            .await?;
        let result = SuppressionCheckResult::new(&person, channel, entry.as_ref());
        Ok(Checked::Result(Json(result)))
    }

    /// Lists the opt-out list.
    ///
    /// Every entry, in force or released, whoever made it.
    #[oai(
        path = "/suppressions/all/my",
        method = "post",
        tag = "Tag::Suppressions",
        operation_id = "Suppressions_GetAllForCurrentOrganization"
    )]
    async fn all(
        &self,
        caller: Authorized<SuppressionsRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &SUPPRESSIONS, "", &options)?;
        let page = self
            .0
            .reads
            .suppressions(organization, &asked.query)
            .await?;
        let page = asked.answer(page, |entry| SuppressionEntryResponse::from(&entry));
        Ok(Listed::Page(Json(page.into())))
    }

    /// Shows an entry.
    ///
    /// In force or released, with who made and who released it.
    #[oai(
        path = "/suppressions/:id",
        method = "get",
        tag = "Tag::Suppressions",
        operation_id = "Suppressions_Get"
    )]
    async fn get(
        &self,
        caller: Authorized<SuppressionsRead>,
        /// The entry.
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let organization = caller.sender.organization_id;
        let found = self
            .0
            .use_cases
            .suppressions
            .find(organization, known_id(&id.0)?);
        let entry = found
            .await?
            .ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Shown::Entry(Json((&entry).into())))
    }
}

fn person<S>(
    request: SuppressionEntryRequest,
    caller: &Authorized<S>,
) -> Result<PersonRequest, Problem> {
    let person = request.person(caller.actor.clone());
    person.ok_or_else(|| Problem::broken("a person was taken without a phone"))
}

fn refused(error: ReleaseError) -> Problem {
    match error {
        ReleaseError::NotOurs(entry) => invalid("phoneNumber", theirs(&entry)),
        ReleaseError::Nothing => invalid("phoneNumber", "has no entry on the opt-out list"),
        ReleaseError::Unavailable(error) => error.into(),
    }
}

/// Who may open an entry that the business did not make.
const fn theirs(entry: &SuppressionEntry) -> &'static str {
    match entry.source {
        SuppressionSource::Inbound => {
            "is closed by the person's own text: only the person can open it, by texting START"
        }
        SuppressionSource::Provider => {
            "is blocked by the provider: only the person can open it, by texting START"
        }
        SuppressionSource::Import => "is closed by an imported list: only an operator can open it",
        SuppressionSource::Operator => "is closed by another entry",
    }
}
