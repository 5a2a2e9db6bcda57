//! The whole system in one process, for tests: the real HTTP server on a real Postgres, the carrier simulator
//! behind the real Telnyx adapter, and one manual clock.
//!
//! A test sees the system as a client does, through HTTP, and through the carrier's ledger. Tests must not know
//! use cases or tables; for facts that no operation shows they use the store's own audit.

mod app;
mod client;
mod described;
mod maintenance;
mod notice;
mod people;
mod receiver;
mod seeding;
mod tenant;
mod worker;

pub use app::{Setup, TestApp};
pub use client::{Answer, Client, Request};
pub use notice::{Notice, SIGNING_SEED};
pub use receiver::{Arrived, Receiver};
pub use seeding::{Surroundings, surroundings};
pub use tenant::{Tenant, message};
pub use worker::Worker;
