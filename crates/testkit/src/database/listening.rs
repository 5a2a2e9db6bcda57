//! A Postgres server for a single test that listens on TCP, for tests of connecting.

use std::net::Ipv4Addr;
use std::path::Path;

use pg_launcher::EmbeddedPostgres;

use super::{random, throw_away};

/// An empty server on a loopback address of its own, at port 5432, that runs until it is dropped.
#[derive(Debug)]
pub struct ListeningServer {
    server: EmbeddedPostgres,
    address: Ipv4Addr,
}

impl ListeningServer {
    /// Starts a server.
    ///
    /// # Panics
    /// When it cannot be started; the message says why.
    pub async fn start() -> Self {
        let [one, two, three, ..] = random().to_be_bytes();
        let address = Ipv4Addr::new(127, one.max(1), two, three.clamp(1, 254));
        let server = throw_away::start_listening(address).await;
        Self { server, address }
    }

    /// The address on which it listens.
    #[must_use]
    pub const fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The superuser's URL of a database, over the socket.
    #[must_use]
    pub fn local_url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// A folder for the test's files, which is removed with the cluster.
    ///
    /// # Panics
    /// When the server's log has no parent folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.log_path().parent().expect("a file in a folder")
    }
}
