//! HTTP responses.

use poem::{Response, http::StatusCode};
use serde::Serialize;

use crate::problem::Problem;

/// `body` as JSON with status 200.
pub(super) fn json(body: &impl Serialize) -> Response {
    with_status(StatusCode::OK, body)
}

/// `{"data": …}` with status 200.
pub(super) fn data(data: &impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Data<'a, T> {
        data: &'a T,
    }
    json(&Data { data })
}

/// The response to a refused request.
pub(super) fn problem(problem: &Problem) -> Response {
    let status =
        StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = with_status(status, &problem.body());
    if problem.first.code == 10011 {
        let headers = response.headers_mut();
        headers.insert("x-ratelimit-limit", 50.into());
        headers.insert("x-ratelimit-remaining", 0.into());
        headers.insert("x-ratelimit-reset", 1.into());
    }
    response
}

/// A proxy's error page instead of an API answer.
pub(super) fn bad_gateway() -> Response {
    Response::builder()
        .status(StatusCode::BAD_GATEWAY)
        .content_type("text/html")
        .body("<html><body><h1>502 Bad Gateway</h1></body></html>")
}

/// A 200 with a truncated JSON body.
pub(super) fn garbled() -> Response {
    Response::builder()
        .content_type("application/json")
        .body("{\"data\":{\"record_type\":\"mess")
}

fn with_status(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => Response::builder()
            .status(status)
            .content_type("application/json; charset=utf-8")
            .body(bytes),
        Err(error) => Response::builder()
            .status(StatusCode::INTERNAL_SERVER_ERROR)
            .body(error.to_string()),
    }
}
