//! The log and the metrics of requests. Paths are logged without secrets, bodies and headers never.

use std::error::Error as _;
use std::time::Duration;

use poem::http::StatusCode;
use tracing::Span;

use super::context::RequestContext;
use crate::http::problem::{Problem, ProblemKind};

/// The tracing span of a request.
pub(super) fn span(context: &RequestContext) -> Span {
    tracing::info_span!("request", id = context.request_id, method = %context.method, path = context.path)
}

/// Logs an error of the server. Client errors appear only by their status.
pub(crate) fn failed(context: &RequestContext, problem: &Problem) {
    let request_id = context.request_id.as_str();
    let cause = problem.source().map(chain).unwrap_or_default();
    // Under load every request may be refused: that is counted, and an error each would only add to the load.
    let is_busy = problem.kind == ProblemKind::Unavailable && problem.source().is_none();
    if problem.kind.status().is_server_error() && !is_busy {
        tracing::error!(request_id, problem = %problem, cause, "the request failed");
    } else {
        tracing::debug!(request_id, problem = %problem, cause, "the request was refused");
    }
}

/// Logs and counts every request.
pub(super) fn finished(
    context: &RequestContext,
    operation: Option<&'static str>,
    status: StatusCode,
    took: Duration,
) {
    let operation = operation.unwrap_or("none");
    let caller = context.caller();
    tracing::info!(
        request_id = context.request_id,
        method = %context.method,
        path = context.path,
        operation,
        status = status.as_u16(),
        milliseconds = took.as_secs_f64() * 1000.0,
        organization_id = caller.map(|caller| tracing::field::display(caller.organization_id)),
        key_id = caller.map(|caller| tracing::field::display(caller.key_id)),
        "request"
    );
    let labels = [
        ("operation", operation.to_owned()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
}

/// An error with its chain of sources.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
