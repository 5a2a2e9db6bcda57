//! The file of what a shadow has found. It survives the end of the process at any moment.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use sms_lab::{Journal, Summary};

use super::OWNER_ONLY;

/// The bytes that may be appended before the file is written anew.
const APPENDED: u64 = 8 << 20;

/// The file, which belongs to this process alone.
pub(super) struct JournalFile {
    path: PathBuf,
    file: File,
    journal: Journal,
    /// Its length, and the length when it was last written anew.
    length: u64,
    compact: u64,
}

impl JournalFile {
    /// Opens the file of a candidate, or begins it.
    pub(super) fn open(path: &Path, candidate: &str) -> anyhow::Result<Self> {
        let named = || format!("--journal {}", path.display());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.mode(OWNER_ONLY);
        let mut file = options.open(path).with_context(named)?;
        file.try_lock()
            .with_context(|| format!("{} is in use", path.display()))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(named)?;
        if bytes.is_empty() {
            bytes = Journal::begin(candidate);
            file.write_all(&bytes).with_context(named)?;
        }
        let journal = Journal::read(&bytes).with_context(named)?;
        ensure!(
            journal.candidate == candidate,
            "{} is of another candidate or build ({}): give another --journal",
            path.display(),
            journal.candidate
        );
        let length = u64::try_from(journal.whole)?;
        file.set_len(length).with_context(named)?;
        file.seek(SeekFrom::End(0)).with_context(named)?;
        file.sync_all().with_context(named)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            journal,
            length,
            compact: length,
        })
    }

    /// Where the next step begins.
    pub(super) const fn next(&self) -> Option<i64> {
        self.journal.next
    }

    /// What was found so far.
    pub(super) const fn summary(&self) -> &Summary {
        &self.journal.summary
    }

    /// Adds a step. Once this returns, it stays.
    pub(super) fn add(&mut self, next: i64, summary: Summary) -> anyhow::Result<()> {
        let entry = Journal::entry(next, &summary);
        let written = self.file.write_all(&entry);
        written
            .and_then(|()| self.file.sync_data())
            .with_context(|| format!("write {}", self.path.display()))?;
        self.journal.next = Some(next);
        self.journal.summary.merge(summary);
        self.length += u64::try_from(entry.len())?;
        if self.length > 2 * self.compact + APPENDED {
            self.write_anew()
                .with_context(|| format!("write {}", self.path.display()))?;
        }
        Ok(())
    }

    /// Replaces the file by a shorter one that says the same.
    fn write_anew(&mut self) -> anyhow::Result<()> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = options.mode(OWNER_ONLY).open(&beside)?;
        file.try_lock()?;
        let bytes = self.journal.compact();
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        self.file = file;
        self.compact = u64::try_from(bytes.len())?;
        self.length = self.compact;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(decisions: u64) -> Summary {
        Summary {
            decisions,
            ..Summary::default()
        }
    }

    fn found(path: &Path) -> Journal {
        Journal::read(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn it_goes_on_where_it_stopped_and_a_step_that_was_cut_off_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = JournalFile::open(&path, "law a").unwrap();
        assert_eq!(journal.next(), None);
        journal.add(5, step(2)).unwrap();
        journal.add(8, step(3)).unwrap();
        drop(journal);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let mut journal = JournalFile::open(&path, "law a").unwrap();
        assert_eq!(journal.next(), Some(5));
        journal.add(9, step(4)).unwrap();
        assert_eq!(
            (found(&path).next, found(&path).summary.decisions),
            (Some(9), 6)
        );
    }

    #[test]
    fn it_belongs_to_one_candidate_and_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = JournalFile::open(&path, "law a").unwrap();
        let error = format!("{:#}", JournalFile::open(&path, "law a").err().unwrap());
        assert!(error.contains("is in use"), "{error}");
        drop(journal);
        let error = JournalFile::open(&path, "law b").err().unwrap().to_string();
        assert!(
            error.contains("another candidate or build (law a)"),
            "{error}"
        );
    }

    #[test]
    fn it_is_written_anew_before_it_grows_without_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = JournalFile::open(&path, "law a").unwrap();
        journal.length = 2 * journal.compact + APPENDED;
        journal.add(5, step(2)).unwrap();
        journal.add(6, step(1)).unwrap();
        assert!(journal.length < 1_000);
        drop(journal);
        let journal = JournalFile::open(&path, "law a").unwrap();
        assert_eq!(journal.next(), Some(6));
        assert_eq!(found(&path).summary.decisions, 3);
    }
}
