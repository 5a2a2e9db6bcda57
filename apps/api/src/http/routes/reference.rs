//! Pages beside the operations: the document, the reference made from it, the registry of problems,
//! metrics. Nothing on them is loaded from elsewhere.

use metrics_exporter_prometheus::PrometheusHandle;
use poem::endpoint::make_sync;
use poem::web::Path;
use poem::{Endpoint, Response, handler};
use sms_domain::ports::Contract;

use super::page::PageEndpoint;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::spec;

/// `GET /openapi.json`: the document of the default contract.
pub(crate) fn openapi_json() -> impl Endpoint<Output = Response> {
    PageEndpoint::new("application/json", || spec::document(Contract::default()))
}

/// `GET /docs`: a reference for people that works without a network.
pub(crate) fn reference() -> impl Endpoint<Output = Response> {
    PageEndpoint::new("text/html; charset=utf-8", spec::reference_html)
        .with_policy(spec::REFERENCE_POLICY)
}

/// `GET /problems/:slug`: the page about a type of problem.
#[handler]
pub(crate) fn problem_page(Path(slug): Path<String>) -> Result<Response, Problem> {
    let kind = ProblemKind::ALL.iter().find(|kind| kind.slug() == slug);
    let kind = kind.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
    Ok(Response::builder()
        .content_type("text/markdown; charset=utf-8")
        .body(kind.page()))
}

/// `GET /metrics`, in the text format of Prometheus.
pub(crate) fn metrics(handle: PrometheusHandle) -> impl Endpoint<Output = Response> {
    make_sync(move |_| {
        Response::builder()
            .content_type("text/plain; version=0.0.4")
            .body(handle.render())
    })
}
