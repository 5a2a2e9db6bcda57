//! The program behind `sms-api`: the HTTP layer, the operator's commands, and what is wired together
//! in one process.
//!
//! The HTTP framework must not appear outside of this package.

pub mod cli;
pub mod commands;
pub mod config;
pub mod http;
pub mod law;
pub mod process;
pub mod system;
pub mod telemetry;
mod vars;
pub mod wiring;
