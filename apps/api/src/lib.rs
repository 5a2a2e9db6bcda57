//! The HTTP layer of the SMS sender and everything that is wired in one process.
//!
//! Routes parse requests, call one service each and shape the answer; rules are in the domain. The
//! HTTP framework must not appear outside of this package.

pub mod app;
mod auth;
pub mod cli;
pub mod config;
pub mod dev;
mod dto;
mod envelope;
mod known;
pub mod operator;
mod opt_outs;
pub mod output;
mod payload;
mod problem;
mod routes;
pub mod run;
pub mod server;
pub mod service;
pub mod spec;
pub mod system;
pub mod telemetry;
mod waiting;
pub mod wiring;
