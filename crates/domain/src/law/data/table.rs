//! Reading one table: rows with the line they came from, and errors that name it.

use std::collections::HashSet;
use std::hash::Hash;

use serde::de::DeserializeOwned;

use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::Zone;

/// What is wrong with a data file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct DataError {
    /// The file's name.
    pub file: &'static str,
    /// The line, counted from 1; the first is the header.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    file: &'static str,
    number: u64,
}

/// A row and its line.
#[derive(Debug, Clone)]
pub(super) struct Located<R> {
    pub(super) line: Line,
    pub(super) row: R,
}

/// Reads all rows. The header must name the fields of `R`, all of them and no other.
pub(super) fn rows<R: DeserializeOwned>(
    file: &'static str,
    text: &str,
) -> Result<Vec<Located<R>>, DataError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .cloned()
        .map_err(|error| unreadable(file, &error))?;
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| unreadable(file, &error))?;
            let number = record.position().map_or(1, csv::Position::line);
            let line = Line { file, number };
            let row = record
                .deserialize(Some(&headers))
                .map_err(|error| line.error(error.to_string()))?;
            Ok(Located { line, row })
        })
        .collect()
}

fn unreadable(file: &'static str, error: &csv::Error) -> DataError {
    let number = error.position().map_or(1, csv::Position::line);
    Line { file, number }.error(error.to_string())
}

impl Line {
    pub(super) const fn header(file: &'static str) -> Self {
        Self { file, number: 1 }
    }

    pub(super) fn error(self, reason: impl Into<String>) -> DataError {
        DataError {
            file: self.file,
            line: self.number,
            reason: reason.into(),
        }
    }

    /// Refuses a key that an earlier row had.
    pub(super) fn first_of<K: Hash + Eq>(
        self,
        seen: &mut HashSet<K>,
        key: K,
        what: &str,
    ) -> Result<(), DataError> {
        if seen.insert(key) {
            Ok(())
        } else {
            Err(self.error(format!("{what} is there twice")))
        }
    }

    /// Refuses an empty text in a column that has to say something.
    pub(super) fn not_empty(self, column: &str, text: &str) -> Result<Box<str>, DataError> {
        if text.trim().is_empty() {
            return Err(self.error(format!("`{column}` is empty")));
        }
        Ok(text.into())
    }

    pub(super) fn jurisdiction(self, text: &str) -> Result<Jurisdiction, DataError> {
        Jurisdiction::parse(text)
            .ok_or_else(|| self.error(format!("`{text}` is not the code of a state or province")))
    }

    pub(super) fn zone(self, name: &str) -> Result<Zone, DataError> {
        Zone::named(name).map_err(|error| self.error(error.to_string()))
    }
}
