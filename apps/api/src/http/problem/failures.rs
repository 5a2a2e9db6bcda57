//! Which errors an operation documents: a type per set of statuses, so that a route's signature and
//! the published document agree.

use std::marker::PhantomData;

use poem::http::StatusCode;
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;

use sms_application::{
    CampaignError, CancelError, EndpointError, MediaError, NumberError, OwnNumberError, PauseError,
    SendError, SourceError, WebhookError,
};
use sms_domain::ports::Unavailable;

use super::{PROBLEM_JSON, Problem};
use crate::http::dto::ProblemDetails;

/// A problem of an operation whose documented error statuses are `S`.
#[derive(Debug)]
pub(crate) struct Failure<S>(Problem, PhantomData<fn() -> S>);

/// A set of statuses.
pub(crate) trait Set: Send + Sync + 'static {
    /// The statuses, in the order of the document.
    const STATUSES: &'static [StatusCode];
}

/// Declares a [`Set`].
macro_rules! fails {
    ($(#[$doc:meta])* $name:ident: $($status:ident),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::http::problem::Set for $name {
            const STATUSES: &'static [poem::http::StatusCode] =
                &[$(poem::http::StatusCode::$status),+];
        }
    };
}
pub(crate) use fails;

macro_rules! from {
    ($($error:ty),+ $(,)?) => {$(
        impl<S> From<$error> for Failure<S> {
            fn from(error: $error) -> Self {
                Self(error.into(), PhantomData)
            }
        }
    )+};
}
from!(
    Problem,
    SendError,
    CampaignError,
    CancelError,
    MediaError,
    NumberError,
    EndpointError,
    OwnNumberError,
    PauseError,
    WebhookError,
    SourceError,
    Unavailable
);

impl<S> From<Failure<S>> for poem::Error {
    fn from(failure: Failure<S>) -> Self {
        failure.0.into()
    }
}

impl<S: Set> ApiResponse for Failure<S> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: S::STATUSES.iter().copied().map(response).collect(),
        }
    }

    fn register(registry: &mut Registry) {
        ProblemDetails::register(registry);
    }
}

fn response(status: StatusCode) -> MetaResponse {
    MetaResponse {
        description: description(status),
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: PROBLEM_JSON,
            schema: ProblemDetails::schema_ref(),
        }],
        headers: headers(status),
    }
}

/// What a status means in the document. For the statuses of the published page the words are its.
fn description(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "The request was invalid or malformed.",
        StatusCode::UNAUTHORIZED => "The API key is missing, unknown, expired or revoked.",
        StatusCode::FORBIDDEN => "The API key lacks the scope that this operation needs.",
        StatusCode::NOT_FOUND => "The organization has no such resource.",
        StatusCode::REQUEST_TIMEOUT => "The body did not arrive in time.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than this operation takes.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "The body is not declared as the type that this operation takes."
        }
        StatusCode::TOO_MANY_REQUESTS => "The organization has used up its requests for now.",
        StatusCode::SERVICE_UNAVAILABLE => "The request cannot be served now.",
        _ => "An internal server error occurred.",
    }
}

fn headers(status: StatusCode) -> Vec<MetaHeader> {
    let retry_after = "Whole seconds to wait before the request is repeated.";
    let challenge = "How to authenticate (RFC 9110).";
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            vec![header("Retry-After", retry_after, "integer")]
        }
        StatusCode::UNAUTHORIZED => vec![header("WWW-Authenticate", challenge, "string")],
        _ => Vec::new(),
    }
}

fn header(name: &str, description: &str, ty: &'static str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: true,
        deprecated: false,
        schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new(ty))),
    }
}
