//! What a shadow has found so far, as bytes that are appended step by step. A step and where the next one begins are
//! one entry: whenever writing is cut off, what can be read tells where to go on, and no decision counts twice.
//!
//! A line of text that says by what it judges; then entries: the length (four bytes, little end first), eight bytes of a
//! SHA-256 of the content, and the content in postcard.

use serde::{Deserialize, Serialize};

use crate::case_file::checksum;
use crate::summary::Summary;

/// The beginning of the first line.
const MARK: &str = "sms-api shadow 1: ";

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    /// By what it judges.
    pub candidate: String,
    /// Where the next step begins; `None` = no step was made.
    pub next: Option<i64>,
    /// What was found so far.
    pub summary: Summary,
    /// The bytes that are whole. What follows is an entry that was cut off.
    pub whole: usize,
}

/// The bytes are no journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no journal of `rules shadow`")]
pub struct NoJournal;

#[derive(Serialize, Deserialize)]
struct Entry {
    next: i64,
    summary: Summary,
}

impl Journal {
    /// The first bytes of a journal. `candidate` is one line.
    #[must_use]
    pub fn begin(candidate: &str) -> Vec<u8> {
        format!("{MARK}{}\n", candidate.replace('\n', " ")).into_bytes()
    }

    /// The bytes of a step.
    #[must_use]
    pub fn entry(next: i64, summary: &Summary) -> Vec<u8> {
        let entry = Entry {
            next,
            summary: summary.clone(),
        };
        // Writing to memory does not fail, and a summary has no value that postcard lacks.
        let content = postcard::to_allocvec(&entry).unwrap_or_default();
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(checksum(&content));
        bytes.extend(content);
        bytes
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// [`NoJournal`].
    pub fn read(bytes: &[u8]) -> Result<Self, NoJournal> {
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(NoJournal)?;
        let (first, mut rest) = bytes.split_at_checked(end + 1).ok_or(NoJournal)?;
        let first = std::str::from_utf8(first).map_err(|_| NoJournal)?;
        let candidate = first
            .trim_end()
            .strip_prefix(MARK.trim_end())
            .ok_or(NoJournal)?;
        let mut journal = Self {
            candidate: candidate.trim_start().to_owned(),
            whole: end + 1,
            ..Self::default()
        };
        while let Some((entry, length)) = entry(rest) {
            journal.next = Some(entry.next);
            journal.summary.merge(entry.summary);
            journal.whole += length;
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(journal)
    }

    /// The same knowledge in as few bytes as it takes.
    #[must_use]
    pub fn compact(&self) -> Vec<u8> {
        let mut bytes = Self::begin(&self.candidate);
        if let Some(next) = self.next {
            bytes.extend(Self::entry(next, &self.summary));
        }
        bytes
    }
}

/// The first entry and its length; `None` if it is cut off.
fn entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let content = rest.get(..length)?;
    if checksum(content) != *sum {
        return None;
    }
    let entry = postcard::from_bytes(content).ok()?;
    Some((entry, 4 + sum.len() + length))
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

    fn journal() -> Vec<u8> {
        let mut bytes = Journal::begin("law 1234");
        bytes.extend(Journal::entry(7, &step(2)));
        bytes.extend(Journal::entry(9, &step(3)));
        bytes
    }

    #[test]
    fn steps_add_up_and_the_last_says_where_to_go_on() {
        let found = Journal::read(&journal()).unwrap();
        let expected = Journal {
            candidate: "law 1234".to_owned(),
            next: Some(9),
            summary: step(5),
            whole: journal().len(),
        };
        assert_eq!(found, expected);
        assert_eq!(Journal::read(&Journal::begin("a")).unwrap().next, None);
    }

    #[test]
    fn wherever_it_is_cut_off_whole_steps_are_read() {
        let bytes = journal();
        let first = Journal::begin("law 1234").len();
        let second = first + Journal::entry(7, &step(2)).len();
        for length in first..bytes.len() {
            let found = Journal::read(&bytes[..length]).unwrap();
            let is_first_there = length >= second;
            assert_eq!(found.whole, if is_first_there { second } else { first });
            assert_eq!(found.summary.decisions, if is_first_there { 2 } else { 0 });
        }
    }

    #[test]
    fn a_compact_journal_says_the_same() {
        let found = Journal::read(&journal()).unwrap();
        let compact = Journal::read(&found.compact()).unwrap();
        assert_eq!(
            (compact.next, &compact.summary),
            (found.next, &found.summary)
        );
        assert!(found.compact().len() < journal().len());
    }

    #[test]
    fn what_is_no_journal_is_refused() {
        for bytes in [&b""[..], b"sms-api shadow 1: a", b"text\n"] {
            assert_eq!(Journal::read(bytes), Err(NoJournal));
        }
    }
}
