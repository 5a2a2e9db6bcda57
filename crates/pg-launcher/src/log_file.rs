//! The server's log file: bounded in size, and quoted in errors.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Size above which the next start rotates the log; only one rotated log is kept.
const ROTATE_AT_BYTES: u64 = 16 * 1024 * 1024;

/// Number of log lines that an error quotes.
const QUOTED_LINES: usize = 20;

/// The log file, as seen by one start of the server.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
    start: u64,
}

impl LogFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if fs::metadata(path).is_ok_and(|log| log.len() > ROTATE_AT_BYTES) {
            fs::rename(path, path.with_extension("log.old"))?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let start = file.metadata()?.len();
        Ok(Self {
            path: path.to_path_buf(),
            file,
            start,
        })
    }

    pub(crate) fn into_path(self) -> PathBuf {
        self.path
    }

    /// A second handle to the file, for a child process to write to.
    pub(crate) fn writer(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// The last lines written since this start; empty if the log cannot be read.
    pub(crate) fn tail(&self) -> String {
        let text = self.written_since_start().unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
    }

    fn written_since_start(&self) -> io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let mut bytes = Vec::new();
        file.take(ROTATE_AT_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
