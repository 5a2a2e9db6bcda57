//! The server of one test process: its data folder, and when its cluster is recreated.

use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use pg_launcher::{DatabaseAdmin, EmbeddedError, EmbeddedPostgres, Options};
use tempfile::NamedTempFile;

use super::or_panic;

/// How many leftover databases of earlier processes (about 8 MB each: templates of other migrations, and
/// databases not dropped in time) are tolerated before the cluster is recreated.
const LEFTOVERS: usize = 16;

/// How many test processes may run at the same time.
const SLOTS: usize = 64;

/// Starts a server with at most a few leftover databases whose names start with `prefix`.
pub(super) async fn start(prefix: &str) -> EmbeddedPostgres {
    let server = or_panic(in_background(|| start_in_a_free_slot("", false, None)).await);
    if count_leftovers(&server, prefix).await <= LEFTOVERS {
        return server;
    }
    let restart = move || {
        server.stop()?;
        start_in_a_free_slot("", true, None)
    };
    or_panic(in_background(restart).await)
}

/// Starts an empty server that also listens on `loopback`. It has a folder of its own, because tests
/// change its settings.
pub(super) async fn start_listening(loopback: Ipv4Addr) -> EmbeddedPostgres {
    let start = move || start_in_a_free_slot("tcp", true, Some(loopback));
    or_panic(in_background(start).await)
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    or_panic(tokio::task::spawn_blocking(work).await)
}

async fn count_leftovers(server: &EmbeddedPostgres, prefix: &str) -> usize {
    let mut admin = or_panic(DatabaseAdmin::connect(&server.url("postgres")).await);
    or_panic(admin.names_starting_with(prefix).await).len()
}

/// Starts a server below `folder` in the build's `tmp`, or in the system's temporary folder if the
/// server's account may not enter the build's.
fn start_in_a_free_slot(
    folder: &str,
    empty: bool,
    loopback: Option<Ipv4Addr>,
) -> Result<EmbeddedPostgres, EmbeddedError> {
    let program = or_panic(std::env::current_exe());
    let build = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let start = |home: &Path| start_below(&home.join(folder), empty, loopback);
    let in_build = build.map(|build| start(&build.join("tmp/postgres")));
    match in_build {
        Some(Err(EmbeddedError::CannotLeaveRoot { .. } | EmbeddedError::Folder { .. })) | None => {
            start(&or_panic(home_in_system_tmp(&program)))
        }
        Some(other) => other,
    }
}

/// Starts a server on the first data folder that no other process uses. A cluster that is unusable, for
/// instance after a power loss, is recreated.
fn start_below(
    home: &Path,
    empty: bool,
    loopback: Option<Ipv4Addr>,
) -> Result<EmbeddedPostgres, EmbeddedError> {
    let mut slot = 0;
    loop {
        let mut options = options(home, slot);
        options.loopback = loopback;
        let started = if empty {
            EmbeddedPostgres::start_empty(&options)
        } else {
            EmbeddedPostgres::start(&options)
        };
        match started {
            Err(EmbeddedError::InUse { .. }) if slot < SLOTS => slot += 1,
            Err(EmbeddedError::WrongVersion { .. } | EmbeddedError::CannotStart { .. })
                if !empty =>
            {
                return EmbeddedPostgres::start_empty(&options);
            }
            other => return other,
        }
    }
}

fn options(home: &Path, slot: usize) -> Options {
    let mut options = Options::new(home.join(slot.to_string()), home.join("cache"));
    options.search_path = std::env::var_os("PATH");
    options.durable = false;
    options
}

/// A folder that only this account may write to, because programs are run from it. Other accounts may
/// pass through it, as the server's account has to.
fn home_in_system_tmp(program: &Path) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    program.parent().hash(&mut hasher);
    let name = format!("sms-test-postgres-{:016x}", hasher.finish());
    let home = std::env::temp_dir().join(name);
    match DirBuilder::new().mode(0o711).create(&home) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    let folder = fs::symlink_metadata(&home)?;
    let own_user = user_of_a_new_file(&home)?;
    if folder.is_dir() && folder.uid() == own_user && folder.permissions().mode() & 0o022 == 0 {
        Ok(home)
    } else {
        let refusal = format!("{} belongs to somebody else: remove it", home.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, refusal))
    }
}

/// The user id of this process, found by creating a file, because the standard library does not tell it.
/// Several servers may start at once, so each probe has a name of its own.
fn user_of_a_new_file(folder: &Path) -> io::Result<u32> {
    Ok(NamedTempFile::new_in(folder)?.as_file().metadata()?.uid())
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn servers_that_start_at_once_do_not_disturb_each_others_probe() {
        let folder = tempfile::tempdir().unwrap();
        let probe = || (0..200).try_for_each(|_| user_of_a_new_file(folder.path()).map(drop));
        thread::scope(|scope| {
            let probes: Vec<_> = (0..4).map(|_| scope.spawn(probe)).collect();
            for probe in probes {
                probe.join().unwrap().unwrap();
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
