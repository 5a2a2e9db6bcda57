//! Errors that keep a simulator from starting.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::ChaosError;

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data directory cannot be made or used.
    #[error("cannot use the data directory {}", path.display())]
    DataDirectory {
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another simulator works in the data directory.
    #[error("the data directory {} is in use by another simulator", .0.display())]
    InUse(PathBuf),
    /// A journal cannot be opened or read.
    #[error("cannot read the journal {}", path.display())]
    Journal {
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A journal has a line that is none of ours.
    #[error("line {line} of the journal {} makes no sense", path.display())]
    Corrupt {
        path: PathBuf,
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The kept signing seed is not 64 hexadecimal digits, or there is no randomness to make one.
    #[error("no usable signing seed")]
    SigningSeed,
    /// The configured faults make no sense.
    #[error("the configured faults make no sense")]
    Chaos(#[from] ChaosError),
    /// The client for webhooks could not be made.
    #[error("the HTTP client for webhooks could not be made")]
    HttpClient(#[from] reqwest::Error),
}
