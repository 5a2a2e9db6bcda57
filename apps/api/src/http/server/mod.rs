//! The listener under the HTTP framework: who may connect, for how long, and how connections are
//! drained (`docs/adr/0017-own-listener.md`). It must not know what is served.

mod address;
mod connection;
mod connections;
pub mod files;
mod listener;
mod refusal;
mod watched;

pub(crate) use address::{AddressGroup, Origin};
pub use address::{NotANetwork, TrustedProxies};
pub(crate) use connection::Connection;
pub use connections::ConnectionLimits;
pub(crate) use listener::Listener;
pub use listener::ListenerSettings;
