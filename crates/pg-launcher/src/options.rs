//! The caller's options for an embedded server. None of them defaults to the environment.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// How to run an embedded server.
#[derive(Debug, Clone)]
pub struct Options {
    /// A folder for this cluster only; created with mode 0700 if it is missing.
    ///
    /// If root has to run Postgres under another account, that account becomes the folder's owner.
    pub data_dir: PathBuf,
    /// The folder for fetched servers; any number of clusters may share it.
    pub cache_dir: PathBuf,
    /// The folder with `postgres` and `initdb`. If set, no other place is searched.
    pub bin_dir: Option<PathBuf>,
    /// The value of `PATH`, which is searched for an installed server, `pg_config` and Python's `pip`.
    pub search_path: Option<OsString>,
    /// Whether commits survive a crash of the machine. `false` is faster and for tests only: the
    /// cluster may be corrupt after a power loss.
    pub durable: bool,
    /// A loopback address, such as 127.0.0.7, on which the server also listens at port 5432; `None` for
    /// the socket alone. For tests of features that exist over TCP only.
    pub loopback: Option<Ipv4Addr>,
}

impl Options {
    /// Options for a durable cluster, without a `PATH` to search.
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
