//! The body of every error (RFC 9457).

use poem_openapi::Object;
use serde::Serialize;

use crate::http::problem::FieldErrors;

/// What went wrong with a request.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProblemDetails {
    /// Names the type of problem; a page about it is served there.
    pub(crate) r#type: String,
    /// The type in a few words.
    pub(crate) title: String,
    /// The HTTP status of the answer.
    pub(crate) status: i32,
    /// What happened this time.
    pub(crate) detail: String,
    /// The path that was asked for.
    pub(crate) instance: String,
    /// Messages by field, for all fields that cannot be accepted; absent when no field is at fault.
    #[serde(skip_serializing_if = "FieldErrors::is_empty")]
    pub(crate) errors: FieldErrors,
    /// The id of the request; the same as the header X-Request-Id.
    pub(crate) trace_id: String,
}
