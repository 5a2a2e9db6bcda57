//! A Postgres of one test's own that listens on TCP, for tests of how connections are made.
//!
//! It must not know what the tests set on it.

use std::net::Ipv4Addr;
use std::path::Path;

use pg_launcher::EmbeddedPostgres;

use super::{random, throw_away};

/// An empty server on an address of its own of the loopback network, at port 5432, as long as it lives.
#[derive(Debug)]
pub struct ListeningServer {
    server: EmbeddedPostgres,
    address: Ipv4Addr,
}

impl ListeningServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it cannot be started; the message says why.
    pub async fn start() -> Self {
        let [one, two, three, ..] = random().to_be_bytes();
        let address = Ipv4Addr::new(127, one.max(1), two, three.clamp(1, 254));
        let server = throw_away::start_listening(address).await;
        Self { server, address }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The URL of a database for the superuser, over the socket.
    #[must_use]
    pub fn local_url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// A folder for files of the test's own, which go with the cluster.
    ///
    /// # Panics
    /// When the server's log is in no folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.log_path().parent().expect("a file in a folder")
    }
}
