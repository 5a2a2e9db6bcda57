//! What the caller decides about an embedded server. No defaults are taken from the environment.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// How to run an embedded server.
#[derive(Debug, Clone)]
pub struct Options {
    /// A folder for this cluster alone; created with mode 0700 when missing.
    ///
    /// When Postgres has to run as another account than root's, this account becomes its owner.
    pub data_dir: PathBuf,
    /// Where a fetched server is kept; it may be shared by any number of clusters.
    pub cache_dir: PathBuf,
    /// The folder with `postgres` and `initdb`; nothing else is searched when it is set.
    pub bin_dir: Option<PathBuf>,
    /// The value of `PATH`, searched for an installed server, `pg_config`, and Python's `pip`.
    pub search_path: Option<OsString>,
    /// Whether a commit survives a crash of the machine. `false` is for tests only: faster, and the
    /// cluster may be corrupt after a power loss.
    pub durable: bool,
    /// An address of this machine's own, such as 127.0.0.7, on which the server listens at port 5432 as
    /// well; `None` for the socket alone. For tests of what exists over TCP only.
    pub loopback: Option<Ipv4Addr>,
}

impl Options {
    /// A durable cluster, with no `PATH` to search.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            cache_dir: cache_dir.into(),
            bin_dir: None,
            search_path: None,
            durable: true,
            loopback: None,
        }
    }
}
