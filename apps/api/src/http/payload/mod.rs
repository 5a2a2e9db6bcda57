//! Bodies: JSON in and out, strictly. The framework's own JSON payload takes `5` for `"5"`, the last
//! of two equal keys, and stops at the first fault without naming it; here nothing is coerced,
//! duplicate keys are refused, and every field at fault is named. Unknown properties are ignored, and
//! the answer names them in a header.
//!
//! This module must not know any DTO.

mod fields;
mod members;
pub(crate) mod parse;
mod read;
mod upload;

use chrono::{DateTime, Utc};
use poem::http::header;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, Result};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::Serialize;
use serde_json::Value;

pub(crate) use fields::{Fields, Parser};
pub(crate) use read::read_body;
pub(crate) use upload::UploadedFile;

use crate::http::contract;
use crate::http::envelope::RequestContext;
use crate::http::extractor_state::ExtractorState;
use crate::http::problem::{FieldErrors, Problem};

/// A request body that names its media types in the document.
pub(crate) const JSON: &str = "application/json";

/// An answer in JSON. It is written when the contract of its caller is known, by the envelope.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Type + Serialize> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = JSON;

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Serialize + Send + Sync + 'static> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, JSON)
            .finish();
        contract::leave(&mut response, self.0);
        response
    }
}

/// A request that can be read from the members of a JSON object.
pub(crate) trait FromFields: Type + ToJSON {
    /// The largest body in bytes where it is not the common limit.
    const MOST_BYTES: Option<usize> = None;

    /// Reads what it needs. What cannot be read is reported to `fields`, and any value stands in for
    /// it, so that the rest is judged as well: the result counts only if nothing was reported.
    fn from_fields(fields: &mut Fields<'_>) -> Self;
}

/// A request body, parsed.
#[derive(Debug)]
pub(crate) struct StrictJson<T>(pub(crate) T);

impl<'a, T: FromFields> ApiExtractor<'a> for StrictJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: JSON,
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let http = ExtractorState::of(request)?;
        read::require_json(request)?;
        let most = T::MOST_BYTES.unwrap_or(http.limits.body_bytes);
        let bytes = read_body(request, body, http, most).await?;
        let context = RequestContext::of(request)?;
        let caller = context.caller();
        let caller = caller.ok_or_else(|| Problem::broken("a body was read before its caller"))?;
        let who = caller.organization_id;
        let mut fields = Fields::parse(&bytes, request.headers(), who, http.clock.now())?;
        let value = T::from_fields(&mut fields);
        context.set_ignored(fields.ignored());
        let errors = fields.into_errors();
        if errors.is_empty() {
            Ok(Self(value))
        } else {
            Err(Problem::invalid(errors).into())
        }
    }
}

/// The raw bytes of a webhook: its signature is over these.
pub(crate) struct WebhookBody(pub(crate) Vec<u8>);

/// Webhooks come from one sender that we know, and a refused one is a lost receipt.
const WEBHOOK_BYTES: usize = 1 << 20;

impl<'a> FromRequest<'a> for WebhookBody {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let http = ExtractorState::of(request)?;
        let bytes = read_body(request, body, http, WEBHOOK_BYTES).await?;
        Ok(Self(bytes))
    }
}

/// An instant of the query.
///
/// # Errors
/// 400 that names the parameter.
pub(crate) fn instant_of(
    parameter: &'static str,
    text: Option<&str>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let read = |text: &str| parse::instant(&Value::from(text).to_string());
    let instant = text.map(read).transpose();
    instant.map_err(|message| invalid(parameter, &message))
}

/// Problems about one value of the path, the query or a header.
pub(crate) fn invalid(field: &'static str, message: &str) -> Problem {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Problem::invalid(errors)
}
