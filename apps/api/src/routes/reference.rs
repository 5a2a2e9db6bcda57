//! Pages beside the operations: the document, the reference made from it, the registry of problems,
//! metrics. Nothing on them is loaded from elsewhere.

use metrics_exporter_prometheus::PrometheusHandle;
use poem::endpoint::make_sync;
use poem::http::header;
use poem::web::Path;
use poem::{Endpoint, Response, handler};

use crate::problem::{Problem, ProblemKind};
use crate::spec;

/// `GET /openapi.json`.
pub(crate) fn openapi_json() -> impl Endpoint<Output = Response> {
    make_sync(|_| {
        Response::builder()
            .content_type("application/json")
            .body(spec::document())
    })
}

/// `GET /docs`: a reference for people that works without a network.
pub(crate) fn reference() -> impl Endpoint<Output = Response> {
    make_sync(|_| {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, spec::REFERENCE_POLICY)
            .body(spec::reference_html())
    })
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
pub(crate) fn metrics(handle: Option<PrometheusHandle>) -> impl Endpoint<Output = Response> {
    poem::endpoint::make(move |_| {
        let text = handle.as_ref().map(PrometheusHandle::render);
        async move {
            let text = text.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
            Ok::<_, poem::Error>(
                Response::builder()
                    .content_type("text/plain; version=0.0.4")
                    .body(text),
            )
        }
    })
}
