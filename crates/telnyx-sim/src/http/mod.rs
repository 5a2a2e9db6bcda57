//! The HTTP interface: `/v2` as Telnyx documents it, and `/sim` to control the simulator.

mod answers;
mod connections;
mod control;
mod messages;
mod numbers;
mod optouts;

use std::sync::Arc;

use poem::{
    Body, Endpoint, EndpointExt as _, Error, Request, Response, Route,
    error::{MethodNotAllowedError, NotFoundError},
    get, post,
};

use crate::{
    carrier::Carrier,
    problem::{ApiError, Problem},
};

pub(crate) use connections::{Connections, SeverableAcceptor};

/// Largest accepted body, in bytes; ten media URLs and a text need far less.
const MAX_BODY: usize = 256 * 1024;

/// All routes.
pub(crate) fn routes(carrier: Arc<Carrier>, connections: Arc<Connections>) -> impl Endpoint {
    Route::new()
        .at("/v2/messages", post(messages::send))
        .at("/v2/messages/:id", get(messages::show))
        .at("/v2/messaging_optouts", get(optouts::list))
        .at("/v2/phone_numbers/messaging", get(numbers::list))
        .at("/sim/health", get(control::health))
        .at("/sim/public_key", get(control::public_key))
        .at("/sim/ledger", get(control::ledger))
        .at("/sim/messages", get(control::messages))
        .at(
            "/sim/chaos",
            get(control::show_chaos).post(control::set_chaos),
        )
        .at("/sim/inbound", post(control::inbound))
        .catch_all_error(|error: Error| async move { routing_problem(&error) })
        .data(carrier)
        .data(connections)
}

fn routing_problem(error: &Error) -> Response {
    let problem = if error.is::<NotFoundError>() {
        ApiError::new(10005, "There is nothing at this URL.")
    } else if error.is::<MethodNotAllowedError>() {
        ApiError::new(10030, "The URL does not take this method.")
    } else {
        ApiError::new(10007, error.to_string())
    };
    answers::problem(&problem.into())
}

/// Checks the bearer key.
fn authorize(request: &Request, carrier: &Carrier) -> Result<(), Problem> {
    let header = request.header("authorization").unwrap_or_default();
    match header.split_once(' ') {
        Some((scheme, key))
            if scheme.eq_ignore_ascii_case("bearer") && key == carrier.config.api_key =>
        {
            Ok(())
        }
        Some(_) | None => Err(ApiError::new(10009, "No such API key.").into()),
    }
}

async fn read_body(body: Body) -> Result<Vec<u8>, Problem> {
    match body.into_bytes_limit(MAX_BODY).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(ApiError::new(10015, error.to_string()).into()),
    }
}
