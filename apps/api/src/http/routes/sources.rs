//! Sources of leads and their keys.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::SOURCES;
use sms_domain::values::ids::SourceId;

use super::{Body, BodyFound, Found, Tag, known_id};
use crate::http::auth::{Authorized, SourcesRead, SourcesWrite};
use crate::http::dto::{
    PagedResultOfSourceTableRow, RequestDataOptions, SourceRequest, SourceResponse, SourceTableRow,
};
use crate::http::lists::Asked;
use crate::http::payload::{Json, StrictJson, invalid};
use crate::http::problem::{Failure, Problem};
use crate::http::state::AppState;

/// The operations on sources.
pub(super) struct SourcesApi(pub(super) AppState);

/// A source that was made.
#[derive(ApiResponse)]
enum Created {
    /// The source, with the secret of its key.
    #[oai(status = 201)]
    Source(Json<SourceResponse>),
}

/// A source.
#[derive(ApiResponse)]
enum Shown {
    /// The source as it is now.
    #[oai(status = 200)]
    Source(Json<SourceResponse>),
}

/// A source that is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// The source is deleted, and its key is refused.
    #[oai(status = 204)]
    Gone,
}

/// A page of sources.
#[derive(ApiResponse)]
enum Listed {
    /// The page.
    #[oai(status = 200)]
    Page(Json<PagedResultOfSourceTableRow>),
}

#[OpenApi]
impl SourcesApi {
    /// Makes a source of leads.
    ///
    /// It gets a key, which may bring leads of this source and nothing else. The answer shows the key's
    /// secret; no later answer does.
    #[oai(
        path = "/sources",
        method = "post",
        tag = "Tag::Sources",
        operation_id = "Sources_Create"
    )]
    async fn create(
        &self,
        caller: Authorized<SourcesWrite>,
        StrictJson(request): StrictJson<SourceRequest>,
    ) -> Result<Created, Failure<Body>> {
        if request.id.is_some() {
            return Err(invalid("id", "is made here: leave it out").into());
        }
        let organization = caller.sender.organization_id;
        let (settings, sources) = (request.settings(), &self.0.use_cases.sources);
        let made = sources.create(organization, settings, caller.contract, &caller.actor);
        Ok(Created::Source(Json((&made.await?).into())))
    }

    /// Lists sources.
    ///
    /// Those that are not deleted, each with what it brought.
    #[oai(
        path = "/sources/all/my",
        method = "post",
        tag = "Tag::Sources",
        operation_id = "Sources_GetAllForCurrentUser"
    )]
    async fn all(
        &self,
        caller: Authorized<SourcesRead>,
        StrictJson(options): StrictJson<RequestDataOptions>,
    ) -> Result<Listed, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let asked = Asked::new(&self.0, organization, &SOURCES, "", &options)?;
        let page = self.0.reads.sources(organization, &asked.query).await?;
        Ok(Listed::Page(Json(
            asked.answer(page, SourceTableRow::from).into(),
        )))
    }

    /// Shows a source.
    ///
    /// Without the secret of its key, which only the answer that made it shows.
    #[oai(
        path = "/sources/:id",
        method = "get",
        tag = "Tag::Sources",
        operation_id = "Sources_Get"
    )]
    async fn get(
        &self,
        caller: Authorized<SourcesRead>,
        /// The source.
        id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let found = self
            .0
            .use_cases
            .sources
            .find(caller.sender.organization_id, known_id(&id.0)?);
        Ok(Shown::Source(Json((&found.await?).into())))
    }

    /// Changes a source.
    ///
    /// What is left out is cleared, except for enabled and requiresTrustedForm, which stay. With
    /// regenerateApiKey the source gets a new key, and the one before is refused at once.
    #[oai(
        path = "/sources/:id",
        method = "put",
        tag = "Tag::Sources",
        operation_id = "Sources_Update"
    )]
    async fn update(
        &self,
        caller: Authorized<SourcesWrite>,
        /// The source.
        id: Path<String>,
        StrictJson(request): StrictJson<SourceRequest>,
    ) -> Result<Shown, Failure<BodyFound>> {
        let organization = caller.sender.organization_id;
        let id: SourceId = known_id(&id.0)?;
        if request.id.is_some_and(|named| named.0 != id) {
            return Err(differs().into());
        }
        let has_new_key = request.regenerate_api_key.unwrap_or_default();
        let new_key = has_new_key.then_some(caller.contract);
        let settings = request.settings();
        let sources = &self.0.use_cases.sources;
        let changed = sources.update(organization, id, settings, new_key, &caller.actor);
        Ok(Shown::Source(Json((&changed.await?).into())))
    }

    /// Deletes a source.
    ///
    /// Its key is refused from then on. Leads and messages that refer to it stay.
    #[oai(
        path = "/sources/:id",
        method = "delete",
        tag = "Tag::Sources",
        operation_id = "Sources_Delete"
    )]
    async fn delete(
        &self,
        caller: Authorized<SourcesWrite>,
        /// The source.
        id: Path<String>,
    ) -> Result<Deleted, Failure<Found>> {
        let (organization, id) = (caller.sender.organization_id, known_id(&id.0)?);
        self.0
            .use_cases
            .sources
            .delete(organization, id, &caller.actor)
            .await?;
        Ok(Deleted::Gone)
    }
}

fn differs() -> Problem {
    invalid("id", "differs from the source that the path names")
}
