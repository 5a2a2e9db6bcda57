//! Reads `postmaster.pid`, in which Postgres says which process serves a cluster and whether it
//! is ready. Format: `src/include/utils/pidfile.h` of PostgreSQL.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::process;

/// Line 8 of the file of a server that accepts connections.
const READY: &str = "ready";

/// What the file of a cluster says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    /// The process id of a server that runs on `cluster` now.
    pub(crate) fn live_server(cluster: &Path) -> Option<u32> {
        Self::read(cluster)
            .map(|file| file.pid)
            .filter(|pid| process::has_argument(*pid, cluster))
    }
}

/// Makes a file that a dead server left acceptable to the next one, once
/// [`PidFile::live_server`] found none.
///
/// Postgres only looks whether *some* process has the id in the file, and ids are used again. It
/// ignores its parent's id, though, so this is what the file gets: deleting the file would lose the
/// number of the shared memory segment, by which Postgres notices backends that outlived their
/// postmaster.
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
        // Torn by a crash of the machine: Postgres asks for its removal.
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
