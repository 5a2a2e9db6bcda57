//! Errors as problem details (RFC 9457): the registry of types, and the one value that becomes the
//! answer. This module must not know which operation failed.

mod failures;
mod field_errors;
mod kind;
mod translate;

use std::borrow::Cow;
use std::error::Error as StdError;

use poem::Response;
use poem::error::ResponseError;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};

pub(crate) use failures::{Failure, Set, fails};
pub(crate) use field_errors::FieldErrors;
pub(crate) use kind::ProblemKind;
pub(crate) use translate::problem_of;

use crate::http::dto::ProblemDetails;

/// The media type of every error.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// One failed request.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ProblemKind,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) errors: FieldErrors,
    /// Headers beside the content type.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log alone.
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What an error says about itself besides its kind.
pub(crate) struct Occurrence<'a> {
    /// Where the pages of the registry are; empty = on this server.
    pub(crate) base: &'a str,
    /// The path that was asked for.
    pub(crate) instance: &'a str,
    /// The request's id.
    pub(crate) trace_id: &'a str,
}

impl Problem {
    /// A problem that its kind describes well enough.
    pub(crate) fn new(kind: ProblemKind) -> Self {
        Self::with_detail(kind, kind.detail())
    }

    /// A problem with a sentence about this occurrence.
    pub(crate) fn with_detail(kind: ProblemKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: FieldErrors::default(),
            headers: Vec::new(),
            source: None,
        }
    }

    /// Fields that cannot be accepted.
    pub(crate) fn invalid(errors: FieldErrors) -> Self {
        Self {
            errors,
            ..Self::new(ProblemKind::InvalidRequest)
        }
    }

    /// Something of ours failed; `source` is logged and not shown.
    pub(crate) fn caused(
        kind: ProblemKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(kind)
        }
    }

    /// A defect of ours, for the log.
    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::caused(ProblemKind::InternalError, what.into())
    }

    /// The service cannot answer now; the client should wait a second before it repeats.
    pub(crate) fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::caused(ProblemKind::Unavailable, source).header(header::RETRY_AFTER, "1")
    }

    /// Too much is asked of the service at this moment: nothing was done.
    pub(crate) fn busy(detail: &'static str) -> Self {
        Self::with_detail(ProblemKind::Unavailable, detail).header(header::RETRY_AFTER, "1")
    }

    /// Adds a header; a value that no header can hold is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer.
    pub(crate) fn render(self, occurrence: &Occurrence<'_>) -> Response {
        let status = self.kind.status();
        let body = ProblemDetails {
            r#type: self.kind.address(occurrence.base),
            title: self.kind.title().to_owned(),
            status: i32::from(status.as_u16()),
            detail: self.detail.into_owned(),
            instance: occurrence.instance.to_owned(),
            errors: self.errors,
            trace_id: occurrence.trace_id.to_owned(),
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::builder()
            .status(status)
            .content_type(PROBLEM_JSON)
            .body(text);
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.slug())
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.kind.status()
    }
}
