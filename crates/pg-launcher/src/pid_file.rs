//! Reads `postmaster.pid`, in which Postgres records which process serves a cluster and whether it is
//! ready. Format: `src/include/utils/pidfile.h` of PostgreSQL.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::process;

/// Line 8 of the file once the server accepts connections.
const READY: &str = "ready";

/// The contents of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    /// The process id of the server that currently runs on `cluster`, if any.
    pub(crate) fn live_server(cluster: &Path) -> Option<u32> {
        Self::read(cluster)
            .map(|file| file.pid)
            .filter(|pid| process::has_argument(*pid, cluster))
    }
}

/// Makes the file of a dead server acceptable to the next server. Call it only after
/// [`PidFile::live_server`] found none.
///
/// Postgres only checks whether *some* process has the id in the file, and ids are reused. It ignores
/// its parent's id, so this function writes that id. Deleting the file instead would lose the number of
/// the shared memory segment, by which Postgres detects backends that outlived their postmaster.
pub(crate) fn disarm(cluster: &Path) -> io::Result<()> {
    let path = path(cluster);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match text.split_once('\n') {
        Some((_, rest)) if parse(&text).is_some() => {
            fs::write(&path, format!("{}\n{rest}", std::process::id()))
        }
        // The file is torn by a machine crash; Postgres requires its removal.
        _ => fs::remove_file(&path),
    }
}

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    // A standalone backend writes its id as a negative number.
    let pid: i32 = lines.next()?.trim().parse().ok()?;
    let ready = lines.nth(6).is_some_and(|status| status.trim() == READY);
    Some(PidFile {
        pid: pid.unsigned_abs(),
        ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "4711\n/srv/sms/cluster\n1763966000\n5432\n/srv/sms/run\n\n   123    7\nready   \n";

    #[test]
    fn a_server_that_says_so_is_ready() {
        let expected = PidFile {
            pid: 4711,
            ready: true,
        };
        assert_eq!(parse(FILE), Some(expected));
    }

    #[test]
    fn a_server_that_recovers_is_not_ready() {
        let starting = FILE.replace("ready   ", "starting");
        assert_eq!(parse(&starting).map(|file| file.ready), Some(false));
    }

    #[test]
    fn a_file_that_is_being_written_is_not_ready() {
        let half = "4711\n/srv/sms/cluster\n";
        assert_eq!(parse(half).map(|file| file.ready), Some(false));
    }

    #[test]
    fn an_empty_file_says_nothing() {
        assert_eq!(parse(""), None);
    }
}
