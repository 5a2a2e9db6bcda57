//! The HTTP layer. A route parses its request, calls one use case and shapes the answer; rules are
//! in the domain. It must not know adapters, the environment, or the command line.

mod app;
mod auth;
mod contract;
mod dto;
mod envelope;
mod extractor_state;
mod lists;
mod payload;
mod problem;
mod routes;
mod serve;
pub mod server;
pub mod spec;
mod state;

pub use app::app;
pub(crate) use serve::{serve_api, serve_metrics};
pub use state::{AppState, Limits, Readiness, UseCases};
