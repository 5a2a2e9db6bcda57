//! The embedded server as its owner sees it: start, URLs, stop. Each step is a module of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::admin::DatabaseAdmin;
use crate::binaries::{self, Installation};
use crate::cluster;
use crate::error::EmbeddedError;
use crate::folder::DataFolder;
use crate::identity::Identity;
use crate::log_file::LogFile;
use crate::options::Options;
use crate::pid_file::{self, PidFile};
use crate::process::{self, ServerProcess};
use crate::url;

/// Time limit for a start, which includes crash recovery since the last checkpoint.
const START_LIMIT: Duration = Duration::from_secs(120);

/// Polling interval for a starting server.
const POLL: Duration = Duration::from_millis(5);

/// Log messages with which a server exits because of a predecessor that was killed or lost its owner:
/// the predecessor's backends are still exiting, or it was just starting and not yet visible when this
/// process searched for it.
const PREDECESSOR_LINGERS: [&str; 2] = [
    "pre-existing shared memory block",
    "lock file \"postmaster.pid\" already exists",
];

/// How long to wait for such backends on platforms where they cannot be found: one that waits for a
/// checkpoint notices only after a minute that its server is dead.
const PREDECESSOR_LIMIT: Duration = Duration::from_secs(75);

/// A private Postgres server, which runs until this value is stopped or dropped.
#[derive(Debug)]
#[must_use = "the server stops when this value is dropped"]
pub struct EmbeddedPostgres {
    process: ServerProcess,
    installation: Installation,
    log: PathBuf,
    // Declared last: fields drop in order, and the lock must outlive the server.
    folder: DataFolder,
}

impl EmbeddedPostgres {
    /// Starts the server, after creating its cluster if there is none, and returns once it accepts
    /// connections.
    ///
    /// Blocks for less than a second with a new cluster and about 50 ms with an existing one, longer for
    /// crash recovery or to fetch a server. Call it through `spawn_blocking` where that matters.
    ///
    /// # Errors
    /// An [`EmbeddedError`], whose message says what to do.
    pub fn start(options: &Options) -> Result<Self, EmbeddedError> {
        Self::start_in(DataFolder::open(&options.data_dir)?, options)
    }

    /// Like [`start`](Self::start), but replaces an existing cluster with an empty one.
    ///
    /// # Errors
    /// As for [`start`](Self::start). A cluster in use by another process stays untouched.
    pub fn start_empty(options: &Options) -> Result<Self, EmbeddedError> {
        let folder = DataFolder::open(&options.data_dir)?;
        stop_predecessor(&folder)?;
        folder.discard_cluster()?;
        Self::start_in(folder, options)
    }

    fn start_in(folder: DataFolder, options: &Options) -> Result<Self, EmbeddedError> {
        stop_predecessor(&folder)?;
        let installation = binaries::choose(options, cluster::major_version(&folder))?;
        let identity = Identity::establish(&installation, &folder)?;
        cluster::ensure(&installation, &identity, &folder, options.durable)?;

        let start = Start {
            installation: &installation,
            identity: &identity,
            folder: &folder,
            options,
        };
        let process = start.patiently()?;
        tracing::info!(
            pid = process.pid(),
            version = installation.major,
            data_dir = %folder.root().display(),
            "the embedded database server is ready"
        );
        Ok(Self {
            process,
            installation,
            log: folder.log(),
            folder,
        })
    }

    /// The URL of a database of this name, over the Unix socket and without a password. The database
    /// need not exist.
    ///
    /// The database `postgres` always exists.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url::for_socket(self.folder.socket_dir(), cluster::USER, database)
    }

    /// Creates the database unless it exists, and returns its URL.
    ///
    /// # Errors
    /// [`EmbeddedError::Database`] when the server has ended in the meantime.
    pub async fn ensure_database(&self, name: &str) -> Result<String, EmbeddedError> {
        let mut admin = DatabaseAdmin::connect(&self.url("postgres")).await?;
        admin.ensure(name).await?;
        Ok(self.url(name))
    }

    /// The folder of the server's programs.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.installation.bin_dir
    }

    /// The server's log file.
    #[must_use]
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// The process id of the postmaster.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Ends all sessions, rolls back their open transactions, and stops the server. Blocks until the
    /// server is gone, usually about 20 ms. Does nothing if the server has already ended.
    ///
    /// # Errors
    /// [`EmbeddedError::CannotStop`].
    pub fn stop(self) -> Result<(), EmbeddedError> {
        self.shut_down()
    }

    fn shut_down(&self) -> Result<(), EmbeddedError> {
        if self.process.stop() {
            return Ok(());
        }
        Err(EmbeddedError::CannotStop {
            data_dir: self.folder.root().to_path_buf(),
            pid: self.process.pid(),
        })
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::error!(%error, "the embedded database server was left behind");
        }
    }
}

/// Ends a server whose owner is gone, and cleans up after a killed one. The caller holds the folder's
/// lock, so no server in it has an owner.
fn stop_predecessor(folder: &DataFolder) -> Result<(), EmbeddedError> {
    let cluster = folder.cluster();
    if let Some(pid) = PidFile::live_server(&cluster) {
        tracing::info!(pid, "stopping a database server that lost its owner");
        let is_alive = || process::has_argument(pid, &cluster);
        if !process::stop_stranger(pid, is_alive) {
            return Err(EmbeddedError::CannotStop {
                data_dir: folder.root().to_path_buf(),
                pid,
            });
        }
    }
    pid_file::disarm(&cluster)
        .map_err(EmbeddedError::folder("update postmaster.pid in", &cluster))?;
    folder.remove_dead_sockets()
}

fn is_held_up(log_tail: &str) -> bool {
    PREDECESSOR_LINGERS
        .iter()
        .any(|words| log_tail.contains(words))
}

struct Start<'a> {
    installation: &'a Installation,
    identity: &'a Identity,
    folder: &'a DataFolder,
    options: &'a Options,
}

impl Start<'_> {
    /// Starts the server, and retries until the remains of a killed predecessor are gone.
    fn patiently(&self) -> Result<ServerProcess, EmbeddedError> {
        let begin = Instant::now();
        loop {
            match self.once() {
                Err(EmbeddedError::CannotStart { log_tail, .. })
                    if is_held_up(&log_tail) && begin.elapsed() < PREDECESSOR_LIMIT =>
                {
                    stop_predecessor(self.folder)?;
                    process::end_orphans(&self.folder.cluster());
                    process::pause(Duration::from_millis(100));
                }
                other => return other,
            }
        }
    }

    fn once(&self) -> Result<ServerProcess, EmbeddedError> {
        let path = self.folder.log();
        let log = LogFile::open(&path).map_err(EmbeddedError::folder("open the log", path))?;
        self.spawn(&log)
            .map_err(|error| error.to_string())
            .and_then(|process| self.wait_until_ready(process))
            .map_err(|reason| EmbeddedError::CannotStart {
                reason,
                log_tail: log.tail(),
                log: log.into_path(),
            })
    }

    fn spawn(&self, log: &LogFile) -> std::io::Result<ServerProcess> {
        let mut command =
            cluster::server_command(self.installation, self.identity, self.folder, self.options);
        command.stdout(log.writer()?).stderr(log.writer()?);
        ServerProcess::spawn(command)
    }

    fn wait_until_ready(&self, process: ServerProcess) -> Result<ServerProcess, String> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if let Some(status) = process.wait(POLL) {
                return Err(status.to_string());
            }
            let said = PidFile::read(&self.folder.cluster());
            if said.is_some_and(|file| file.ready && file.pid == process.pid()) {
                return Ok(process);
            }
        }
        process.stop();
        Err(format!("not ready after {} s", START_LIMIT.as_secs()))
    }
}
