//! The HTTP application, put together: the routes, and what every request goes through. Nothing but
//! [`serve`](super::serve) imports it.

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, Response, Route, get};

use super::envelope::{AllowedMethods, Envelope, SecretPaths};
use super::extractor_state::ExtractorState;
use super::routes;
use super::state::AppState;

/// The application over its services.
pub fn app(state: &AppState) -> impl Endpoint<Output = Response> + use<> {
    let routes = Route::new()
        .nest("/", routes::service(state))
        .at("/openapi.json", get(routes::openapi_json()))
        .at("/docs", get(routes::reference()))
        .at("/problems/:slug", get(routes::problem_page))
        .at(
            "/media/:mediaToken",
            get(routes::media_file.data(Arc::clone(&state.use_cases.media))),
        )
        .data(Arc::new(ExtractorState::new(state)));
    let allowed = AllowedMethods::new(routes::methods());
    let secrets = SecretPaths::new(routes::without_key(), routes::with_key());
    Envelope::new(routes, allowed, secrets, state)
}
