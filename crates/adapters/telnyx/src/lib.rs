//! The carrier ports on Telnyx's messaging API v2: handing messages over ([`TelnyxGateway`]) and
//! reading its webhooks ([`TelnyxWebhooks`]).
//!
//! Only this crate knows Telnyx's words: its codes, statuses and headers become the domain's here.
//! It must not know what a message is for, decide whether one may leave, or try one twice.

mod answer;
mod config;
mod evidence;
mod failure;
mod fields;
mod gateway;
mod lenient;
mod opt_outs;
mod webhook;
mod wire;

pub use config::{AccountConfig, InvalidPublicKey, PublicKey, SetupError, TelnyxConfig, Timeouts};
pub use gateway::TelnyxGateway;
pub use webhook::TelnyxWebhooks;
