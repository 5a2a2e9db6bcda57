//! The carrier ports on Telnyx's messaging API v2: handing over messages ([`TelnyxGateway`]) and reading
//! webhooks ([`TelnyxWebhooks`]).
//!
//! Only this crate knows Telnyx's codes, statuses and headers; it translates them into the domain's
//! types. It must not know what a message is for, decide whether a message may leave, or retry one.

mod answer;
mod config;
mod evidence;
mod failure;
mod fields;
mod gateway;
mod lenient;
mod numbers;
mod opt_outs;
mod webhook;
mod wire;

pub use config::{AccountConfig, InvalidPublicKey, PublicKey, SetupError, TelnyxConfig, Timeouts};
pub use gateway::TelnyxGateway;
pub use webhook::TelnyxWebhooks;
