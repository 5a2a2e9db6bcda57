//! The ports on Postgres: the only crate that names diesel and the only one that contains SQL.
//!
//! It must not know any rule: it stores what the domain decided and loads what the domain asks for.
//!
//! [`Pg`] implements every repository of the domain. `commit/` is the only code that writes messages,
//! `facts/` loads the facts of decisions; `dispatch.rs`, `receipts.rs`, `keys.rs` and `seed.rs`
//! implement one port each. `schema.rs` and `rows/` are the tables.

mod address;
mod audit;
mod audit_log;
mod backlog;
mod campaigns;
mod coalescer;
mod commit;
mod connection;
mod consents;
mod conversations;
mod decisions;
mod dial;
mod dispatch;
mod emergencies;
mod emergency_lock;
mod error;
mod facts;
mod inbound;
mod keys;
mod known;
mod law;
mod leads;
mod lists;
mod media;
mod messages;
pub mod migrations;
mod number_registry;
mod numbers;
mod opt_outs;
mod overview;
mod pause_lock;
mod pauses;
mod pg;
mod pool;
mod read_model;
#[cfg(test)]
mod reads;
mod receipts;
mod received_media;
mod retention;
mod reviews;
mod rows;
mod schema;
mod scrubs;
mod seed;
mod shared;
mod sources;
mod statement;
mod tls;
mod transaction;
mod usage;
mod wallets;
mod webhooks;

pub use address::AddressError;
pub use audit::Audit;
pub use commit::{CommitResult, FactSnapshots, commit_group};
pub use error::{ConnectError, StoreError};
pub use pg::{Pg, PgConfig};
pub use pool::Deadlines;
pub use rows::ImpossibleRow;
pub use tls::NotTls;
pub use webhooks::EventListeners;
