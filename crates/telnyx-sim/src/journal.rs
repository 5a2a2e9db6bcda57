//! An append-only file of JSON lines.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{SimError, sync::lock};

/// A journal. Without a file it discards its records.
#[derive(Default)]
pub(crate) struct Journal(Option<Arc<Mutex<Lines>>>);

struct Lines {
    file: File,
    /// Length of the complete lines in bytes; a failed write is truncated to it.
    len: u64,
}

impl Journal {
    /// Opens or creates `path` and returns its lines. An unterminated last line is the remainder of an
    /// append that a killed process never acknowledged; it is removed.
    pub(crate) fn open<T: DeserializeOwned>(path: &Path) -> Result<(Self, Vec<T>), SimError> {
        let read = || -> io::Result<(File, Vec<Vec<u8>>)> {
            let file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .open(path)?;
            let lines = BufReader::new(&file)
                .split(b'\n')
                .collect::<io::Result<Vec<_>>>()?;
            Ok((file, lines))
        };
        let failed = |source| SimError::Journal {
            path: path.to_owned(),
            source,
        };
        let (file, mut lines) = read().map_err(failed)?;
        let mut len = lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>();
        let size = file.metadata().map_err(failed)?.len();
        if len > size {
            len -= lines.pop().map_or(0, |torn| torn.len() as u64 + 1);
            file.set_len(len).map_err(failed)?;
        }
        let records = parse(path, &lines)?;
        Ok((
            Self(Some(Arc::new(Mutex::new(Lines { file, len })))),
            records,
        ))
    }

    /// Appends one line. When this returns, the line has reached the operating system.
    ///
    /// # Errors
    /// When the line is not written completely; nothing of it is kept then.
    pub(crate) fn append(&self, record: &impl Serialize) -> io::Result<()> {
        let Some(lines) = &self.0 else { return Ok(()) };
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        let mut lines = lock(lines);
        if let Err(error) = lines.file.write_all(&line) {
            let len = lines.len;
            lines.file.set_len(len)?;
            return Err(error);
        }
        lines.len += line.len() as u64;
        Ok(())
    }

    /// Flushes the appended lines to disk.
    ///
    /// # Errors
    /// When it is unknown whether the lines are on disk.
    pub(crate) async fn sync(&self) -> io::Result<()> {
        let Some(lines) = self.0.clone() else {
            return Ok(());
        };
        let file = lock(&lines).file.try_clone()?;
        tokio::task::spawn_blocking(move || file.sync_data())
            .await
            .map_err(io::Error::other)?
    }
}

fn parse<T: DeserializeOwned>(path: &Path, lines: &[Vec<u8>]) -> Result<Vec<T>, SimError> {
    let record = |(index, line): (usize, &Vec<u8>)| {
        serde_json::from_slice(line).map_err(|source| SimError::Corrupt {
            path: PathBuf::from(path),
            line: index + 1,
            source,
        })
    };
    lines.iter().enumerate().map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is removed with the value.
    struct Temporary(PathBuf);

    impl Temporary {
        fn new(name: &str) -> Self {
            let name = format!("telnyx-sim-{}-{name}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn lines_come_back_in_order() {
        let Temporary(path) = &Temporary::new("order.jsonl");
        let (journal, nothing) = Journal::open::<u32>(path).unwrap();
        assert!(nothing.is_empty());
        journal.append(&1).unwrap();
        journal.append(&2).unwrap();
        assert_eq!(Journal::open::<u32>(path).unwrap().1, [1, 2]);
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_later_lines_are_whole() {
        let Temporary(path) = &Temporary::new("torn.jsonl");
        std::fs::write(path, b"1\n2\n{\"hal").unwrap();
        let (journal, records) = Journal::open::<u32>(path).unwrap();
        assert_eq!(records, [1, 2]);
        journal.append(&3).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"1\n2\n3\n");
    }

    #[test]
    fn a_spoilt_line_is_reported_with_its_number() {
        let Temporary(path) = &Temporary::new("spoilt.jsonl");
        std::fs::write(path, b"1\nnonsense\n3\n").unwrap();
        let error = Journal::open::<u32>(path).err().unwrap();
        assert!(matches!(error, SimError::Corrupt { line: 2, .. }));
    }
}
