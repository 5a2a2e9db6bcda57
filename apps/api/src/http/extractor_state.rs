//! What extractors need of the application; every request carries it.

use std::sync::Arc;

use poem::Request;
use sms_domain::ports::Clock;

use super::auth::{Guard, RateLimiter};
use super::problem::Problem;
use super::state::{AppState, Limits};

/// What extractors need of the application.
pub(crate) struct ExtractorState {
    pub(crate) guard: Guard,
    pub(crate) rate: RateLimiter,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
}

impl ExtractorState {
    /// Of one application: its memory of keys, wrong keys and windows begins empty.
    pub(super) fn new(state: &AppState) -> Self {
        Self {
            guard: Guard::new(Arc::clone(&state.keys), Arc::clone(&state.clock)),
            rate: RateLimiter::new(state.limits.requests, state.limits.window),
            clock: Arc::clone(&state.clock),
            limits: state.limits,
        }
    }

    /// That of the application that a request runs in.
    pub(crate) fn of(request: &Request) -> Result<&Self, Problem> {
        let http = request.data::<Arc<Self>>().map(Arc::as_ref);
        http.ok_or_else(|| Problem::broken("the application's data is missing"))
    }
}
