//! Whether the service runs, for whoever starts and balances it.

use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;

use super::Tag;
use crate::http::payload::Json;
use crate::http::problem::{Failure, fails};
use crate::http::state::AppState;

/// The operations about the process.
pub(super) struct HealthApi(pub(super) AppState);

/// How the service is.
#[derive(Debug, Object, Serialize)]
struct HealthResponse {
    /// `ok`.
    status: String,
}

/// The service is well.
#[derive(ApiResponse)]
enum Well {
    /// The service is well.
    #[oai(status = 200)]
    Ok(Json<HealthResponse>),
}

fails! {
    /// The process answers or it does not.
    Dead: INTERNAL_SERVER_ERROR
}
fails! {
    /// Something that requests need is missing.
    NotReady: INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE
}

#[OpenApi]
impl HealthApi {
    /// Says whether the process runs.
    ///
    /// Nothing else is asked: a process that does not answer should be started again.
    #[oai(
        path = "/health/live",
        method = "get",
        tag = "Tag::Health",
        operation_id = "Health_Live"
    )]
    async fn live(&self) -> Result<Well, Failure<Dead>> {
        Ok(well())
    }

    /// Says whether requests can be served.
    ///
    /// The store is asked: a process that is not ready should get no requests for now.
    #[oai(
        path = "/health/ready",
        method = "get",
        tag = "Tag::Health",
        operation_id = "Health_Ready"
    )]
    async fn ready(&self) -> Result<Well, Failure<NotReady>> {
        self.0.readiness.ready().await?;
        Ok(well())
    }
}

fn well() -> Well {
    Well::Ok(Json(HealthResponse {
        status: "ok".to_owned(),
    }))
}
