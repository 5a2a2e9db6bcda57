//! Endpoints for events: where an organization is told of what happens.

use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use sms_domain::ports::EndpointKey;

use super::{Body, Changed, Found, Named, Tag, known_id};
use crate::http::auth::{Authorized, WebhooksWrite};
use crate::http::dto::{
    WebhookAttemptList, WebhookEndpointList, WebhookEndpointRequest, WebhookEndpointResponse,
    WebhookEndpointWithSecret, WebhookReplayRequest, WebhookReplayResponse, WebhookTestResponse,
};
use crate::http::payload::{Json, StrictJson, instant_of, invalid};
use crate::http::problem::{Failure, Problem, fails};
use crate::http::state::AppState;

/// The operations on endpoints.
pub(super) struct WebhookEndpointsApi(pub(super) AppState);

fails! {
    /// Operations on a resource, with a body.
    FoundBody: BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, REQUEST_TIMEOUT, PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}

/// An endpoint that was made.
#[derive(ApiResponse)]
enum Created {
    /// The endpoint was made.
    #[oai(status = 201)]
    Endpoint(Json<WebhookEndpointWithSecret>),
}

/// All endpoints.
#[derive(ApiResponse)]
enum Listed {
    /// The endpoints.
    #[oai(status = 200)]
    Endpoints(Json<WebhookEndpointList>),
}

/// An endpoint.
#[derive(ApiResponse)]
enum Shown {
    /// The endpoint as it is now.
    #[oai(status = 200)]
    Endpoint(Json<WebhookEndpointResponse>),
}

/// An endpoint with another secret.
#[derive(ApiResponse)]
enum Renewed {
    /// The endpoint has another secret.
    #[oai(status = 200)]
    Endpoint(Json<WebhookEndpointWithSecret>),
}

/// An endpoint that was removed.
#[derive(ApiResponse)]
enum Removed {
    /// The endpoint is removed.
    #[oai(status = 204)]
    Done,
}

/// Calls.
#[derive(ApiResponse)]
enum Called {
    /// The calls.
    #[oai(status = 200)]
    Attempts(Json<WebhookAttemptList>),
}

/// Events that are posted again.
#[derive(ApiResponse)]
enum Replayed {
    /// The events are posted again.
    #[oai(status = 202)]
    Events(Json<WebhookReplayResponse>),
}

/// A test event.
#[derive(ApiResponse)]
enum Tested {
    /// A test event is posted.
    #[oai(status = 202)]
    Event(Json<WebhookTestResponse>),
}

#[OpenApi]
impl WebhookEndpointsApi {
    /// Makes an endpoint.
    ///
    /// Events are posted there as JSON, signed after Standard Webhooks with the secret in the answer,
    /// which is not shown again. A call that is not answered with 2xx is repeated after 5 seconds, 5
    /// and 30 minutes, 2, 5, 10 and 10 hours. An organization has 20 endpoints at most.
    #[oai(
        path = "/webhooks/endpoints",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Create"
    )]
    async fn create(
        &self,
        caller: Authorized<WebhooksWrite>,
        StrictJson(request): StrictJson<WebhookEndpointRequest>,
    ) -> Result<Created, Failure<Body>> {
        let organization = caller.sender.organization_id;
        let endpoints = &self.0.use_cases.endpoints;
        let new = endpoints
            .create(organization, request.into(), caller.actor)
            .await?;
        Ok(Created::Endpoint(Json((&new).into())))
    }

    /// Lists the endpoints.
    ///
    /// All of them, at most 20, and no secret.
    #[oai(
        path = "/webhooks/endpoints",
        method = "get",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_List"
    )]
    async fn list(&self, caller: Authorized<WebhooksWrite>) -> Result<Listed, Failure<Named>> {
        let all = self
            .0
            .use_cases
            .endpoints
            .list(caller.sender.organization_id)
            .await?;
        let items = all.iter().map(Into::into).collect();
        Ok(Listed::Endpoints(Json(WebhookEndpointList { items })))
    }

    /// Shows an endpoint.
    ///
    /// Without its secret.
    #[oai(
        path = "/webhooks/endpoints/:endpointId",
        method = "get",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Get"
    )]
    async fn get(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
    ) -> Result<Shown, Failure<Found>> {
        let key = key(&caller, &endpoint_id.0)?;
        let endpoint = self.0.use_cases.endpoints.get(key).await?;
        Ok(Shown::Endpoint(Json((&endpoint).into())))
    }

    /// Replaces an endpoint's settings.
    ///
    /// Switching it on again forgets its failures.
    #[oai(
        path = "/webhooks/endpoints/:endpointId",
        method = "put",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Update"
    )]
    async fn update(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
        StrictJson(request): StrictJson<WebhookEndpointRequest>,
    ) -> Result<Shown, Failure<FoundBody>> {
        let key = key(&caller, &endpoint_id.0)?;
        let endpoints = &self.0.use_cases.endpoints;
        let endpoint = endpoints.update(key, request.into(), caller.actor).await?;
        Ok(Shown::Endpoint(Json((&endpoint).into())))
    }

    /// Removes an endpoint.
    ///
    /// What waits for it is not posted any more.
    #[oai(
        path = "/webhooks/endpoints/:endpointId",
        method = "delete",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Delete"
    )]
    async fn delete(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
    ) -> Result<Removed, Failure<Found>> {
        let key = key(&caller, &endpoint_id.0)?;
        self.0.use_cases.endpoints.remove(key, caller.actor).await?;
        Ok(Removed::Done)
    }

    /// Gives an endpoint another secret.
    ///
    /// Calls are signed with it at once, those for earlier events too. The secret before is not used any
    /// more.
    #[oai(
        path = "/webhooks/endpoints/:endpointId/secret",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_RenewSecret"
    )]
    async fn renew_secret(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
    ) -> Result<Renewed, Failure<Found>> {
        let key = key(&caller, &endpoint_id.0)?;
        let new = self
            .0
            .use_cases
            .endpoints
            .renew_secret(key, caller.actor)
            .await?;
        Ok(Renewed::Endpoint(Json((&new).into())))
    }

    /// Posts a test event.
    ///
    /// An event of the type webhook.test is posted like any other. The attempts tell what became of it.
    #[oai(
        path = "/webhooks/endpoints/:endpointId/test",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Test"
    )]
    async fn test(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
    ) -> Result<Tested, Failure<Changed>> {
        let key = key(&caller, &endpoint_id.0)?;
        let event_id = self.0.use_cases.endpoints.test(key).await?;
        Ok(Tested::Event(Json(event_id.into())))
    }

    /// Posts events again.
    ///
    /// One event, or all events of a span that the endpoint asks for, as if they had never been posted.
    #[oai(
        path = "/webhooks/endpoints/:endpointId/replay",
        method = "post",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Replay"
    )]
    async fn replay(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
        StrictJson(request): StrictJson<WebhookReplayRequest>,
    ) -> Result<Replayed, Failure<FoundBody>> {
        let key = key(&caller, &endpoint_id.0)?;
        let wanted = request.request();
        let wanted = wanted.ok_or_else(|| invalid("since", "is required without eventId"))?;
        let count = self
            .0
            .use_cases
            .endpoints
            .replay(key, wanted, caller.actor)
            .await?;
        Ok(Replayed::Events(Json(count.into())))
    }

    /// Lists calls of an endpoint.
    ///
    /// Kept for 30 days.
    #[oai(
        path = "/webhooks/endpoints/:endpointId/attempts",
        method = "get",
        tag = "Tag::Webhooks",
        operation_id = "WebhookEndpoints_Attempts"
    )]
    async fn attempts(
        &self,
        caller: Authorized<WebhooksWrite>,
        /// The endpoint.
        #[oai(name = "endpointId")]
        endpoint_id: Path<String>,
        /// Only calls that began before this instant.
        before: Query<Option<String>>,
    ) -> Result<Called, Failure<Changed>> {
        let key = key(&caller, &endpoint_id.0)?;
        let before = instant_of("before", before.0.as_deref())?;
        let attempts = self.0.use_cases.endpoints.attempts(key, before).await?;
        let items = attempts.iter().map(Into::into).collect();
        Ok(Called::Attempts(Json(WebhookAttemptList { items })))
    }
}

fn key(caller: &Authorized<WebhooksWrite>, id: &str) -> Result<EndpointKey, Problem> {
    Ok(EndpointKey {
        organization_id: caller.sender.organization_id,
        id: known_id(id)?,
    })
}
