//! Calls to URLs that customers name. Whoever may name a URL that a server calls can make that server call its
//! own network, so this crate calls public addresses only, and it is the only one that calls such URLs.
//!
//! Must not know what a call is for, that it is retried, or how it is signed.
//! **Invariants:** the address that is checked is the one that is connected to, for every connection; no
//! redirect is followed and no proxy is used; every call ends within its limits of time and size; no error
//! contains a part of a URL, a header or a body.

mod address;
mod caller;
mod resolver;
mod target;

pub use caller::{OutboundHttp, OutboundLimits, SetupError};
pub use target::Reach;
