//! Use cases: load facts, call one pure function of the domain, commit one change.
//!
//! This crate must not know: rules (they are the domain's), SQL, HTTP, the carrier's wire, or which
//! adapters are behind the ports.

mod campaigns;
mod dispatch;
mod inbound;
mod leads;
mod maintenance;
mod media;
mod numbers;
mod opt_outs;
mod pauses;
mod rules;
mod send;
mod sources;
mod webhooks;

pub use campaigns::*;
pub use dispatch::*;
pub use inbound::*;
pub use leads::*;
pub use maintenance::*;
pub use media::*;
pub use numbers::*;
pub use opt_outs::*;
pub use pauses::*;
pub use rules::*;
pub use send::*;
pub use sources::*;
pub use webhooks::*;

/// How often a use case loads the facts and decides again after it lost a race.
const TRIES: usize = 4;
