//! The whole system in one process, for tests: the real HTTP server over a real Postgres, the carrier
//! simulator behind the real Telnyx adapter, and one clock that stands still until a test moves it.
//!
//! A test sees the system as a client does, through HTTP, and as the carrier's books show it. It must
//! not reach into use cases or tables; what no operation shows is asked of the store's own audit.

mod app;
mod client;
mod notice;
mod people;
mod seeding;
mod tenant;
mod upkeep;
mod worker;

pub use app::{Setup, TestApp};
pub use client::{Answer, Client};
pub use notice::{Notice, SIGNING_SEED};
pub use seeding::{Surroundings, surroundings};
pub use tenant::{Tenant, message};
pub use worker::Worker;
