//! Ports: traits through which use cases reach the outside, implemented by adapters. This is the
//! only async module of the crate. Every MUST in a trait's documentation has a test in the
//! adapter's contract suite.
//!
//! With the feature `mock`, each trait has a mock from mockall.

mod attempt_tokens;
mod audit;
mod backlog;
mod campaigns;
mod clock;
mod consents;
mod conversations;
mod decisions;
mod dispatch;
mod emergencies;
mod facts;
mod gateway;
mod inbound;
mod keys;
mod known;
mod law;
mod leads;
mod lists;
mod media;
mod messages;
mod number_catalogue;
mod number_registry;
mod numbers;
mod opt_out_feed;
mod outbound;
mod overview;
mod pauses;
mod read_model;
mod receipts;
mod received_media;
mod retention;
mod scrubs;
mod seed;
mod sources;
mod suppressions;
mod usage_summary;
mod wallets;
mod webhook_secrets;
mod webhooks;

pub use attempt_tokens::*;
pub use audit::*;
pub use backlog::*;
pub use campaigns::*;
pub use clock::*;
pub use consents::*;
pub use conversations::*;
pub use decisions::*;
pub use dispatch::*;
pub use emergencies::*;
pub use facts::*;
pub use gateway::*;
pub use inbound::*;
pub use keys::*;
pub use known::*;
pub use law::*;
pub use leads::*;
pub use lists::*;
pub use media::*;
pub use messages::*;
pub use number_catalogue::*;
pub use number_registry::*;
pub use numbers::*;
pub use opt_out_feed::*;
pub use outbound::*;
pub use overview::*;
pub use pauses::*;
pub use read_model::*;
pub use receipts::*;
pub use received_media::*;
pub use retention::*;
pub use scrubs::*;
pub use seed::*;
pub use sources::*;
pub use suppressions::*;
pub use usage_summary::*;
pub use wallets::*;
pub use webhook_secrets::*;
pub use webhooks::*;

/// The store cannot be reached or failed. It is *not known* whether a write took effect.
#[derive(Debug, thiserror::Error)]
#[error("the store is unavailable")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);
