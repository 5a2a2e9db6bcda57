//! Handling that all routes share: a request id, a task per request, problem bodies for errors, headers, a log
//! line and a metric.
//!
//! The inner work runs on a task of its own, so that a client that disconnects cannot stop a request halfway
//! (a dropped query costs its database connection), and a panic ends only that task. This module must not know
//! operations.

mod allowed_methods;
mod bounds;
mod concurrency_limit;
mod context;
mod observe;
mod secret_paths;

use std::sync::Arc;
use std::time::Instant;

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response, Result};
use poem_openapi::OperationId;
use sms_domain::ports::IdGenerator;
use tracing::Instrument;

pub(crate) use allowed_methods::AllowedMethods;
pub(crate) use context::{IGNORED_PROPERTIES, REQUEST_ID, RequestContext};
pub(crate) use observe::failed as log_failure;
pub(crate) use secret_paths::SecretPaths;

use self::bounds::{Bounds, Place};

use crate::http::contract;
use crate::http::problem::{Occurrence, Problem, ProblemKind, problem_of};
use crate::http::state::AppState;

/// The application inside its envelope.
pub(crate) struct Envelope<E> {
    inner: Arc<E>,
    allowed: AllowedMethods,
    secrets: SecretPaths,
    bounds: Bounds,
    ids: Arc<dyn IdGenerator>,
    problem_base: String,
}

impl<E> Envelope<E> {
    /// Wraps the application.
    pub(crate) fn new(
        inner: E,
        allowed: AllowedMethods,
        secrets: SecretPaths,
        state: &AppState,
    ) -> Self {
        Self {
            inner: Arc::new(inner),
            allowed,
            secrets,
            bounds: Bounds::new(state.limits.at_once, state.limits.time),
            ids: Arc::clone(&state.ids),
            problem_base: state.problem_base.clone(),
        }
    }
}

/// The result of the inner work.
struct Outcome {
    result: Result<Response, Problem>,
    operation: Option<&'static str>,
}

impl<E: Endpoint + 'static> Endpoint for Envelope<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let started = Instant::now();
        let context = Arc::new(RequestContext::of_new(
            &request,
            self.ids.as_ref(),
            &self.secrets,
        ));
        let path = request.uri().path().to_owned();
        request.extensions_mut().insert(Arc::clone(&context));
        let Outcome { result, operation } = match self.bounds.enter(&path) {
            Ok(place) => self.run(request, place, &context).await,
            Err(problem) => Outcome {
                result: Err(problem),
                operation: None,
            },
        };
        let mut response = match result {
            Ok(response) => response,
            Err(problem) => self.answer(problem, &context, &path),
        };
        add_headers(&mut response, &context);
        observe::finished(&context, operation, response.status(), started.elapsed());
        Ok(response)
    }
}

impl<E: Endpoint + 'static> Envelope<E> {
    async fn run(&self, request: Request, place: Place, context: &Arc<RequestContext>) -> Outcome {
        let inner = Arc::clone(&self.inner);
        let work = async move { inner.call(request).await.map(IntoResponse::into_response) };
        let of_request = Arc::clone(context);
        let body_time = move || of_request.body_time();
        let work = self.bounds.in_time(place, body_time, work);
        match tokio::spawn(work.instrument(observe::span(context))).await {
            Ok(Ok(response)) => Outcome {
                operation: response.data::<OperationId>().map(|id| id.0),
                result: written(response, context),
            },
            Ok(Err(error)) => Outcome {
                operation: error.data::<OperationId>().map(|id| id.0),
                result: Err(problem_of(error)),
            },
            Err(lost) => Outcome {
                operation: None,
                result: Err(Problem::caused(ProblemKind::InternalError, lost)),
            },
        }
    }

    fn answer(&self, problem: Problem, context: &RequestContext, path: &str) -> Response {
        observe::failed(context, &problem);
        let problem = if problem.kind == ProblemKind::MethodNotAllowed {
            problem.header(header::ALLOW, &self.allowed.at(path))
        } else {
            problem
        };
        problem.render(&Occurrence {
            base: &self.problem_base,
            instance: &context.path,
            trace_id: &context.request_id,
        })
    }
}

/// The answer in the form of its caller's contract; callers without a key get the default's.
fn written(mut response: Response, context: &RequestContext) -> Result<Response, Problem> {
    let contract = context.caller().map(|caller| caller.contract);
    contract::write(&mut response, contract.unwrap_or_default())
        .map_err(|error| Problem::caused(ProblemKind::InternalError, error))?;
    Ok(response)
}

/// Headers of every answer; those about the rate limit once the caller is known, and those about the body once it
/// is read.
fn add_headers(response: &mut Response, context: &RequestContext) {
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(HeaderName::from_static(REQUEST_ID), &context.request_id);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(names) = context.ignored() {
        set(HeaderName::from_static(IGNORED_PROPERTIES), names);
    }
    if let Some(left) = context.allowance() {
        let policy = format!("\"default\";q={};w={}", left.limit, left.window_seconds);
        let state = format!("\"default\";r={};t={}", left.remaining, left.reset_seconds);
        set(HeaderName::from_static("ratelimit-policy"), &policy);
        set(HeaderName::from_static("ratelimit"), &state);
    }
}
