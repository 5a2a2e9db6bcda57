//! Reading one table: rows with their line numbers, and errors that name the line.

use std::collections::HashSet;
use std::hash::Hash;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use crate::law::jurisdiction::Jurisdiction;
use crate::law::schedule::Zone;

/// An error in a data file, or what a person should look at there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct DataError {
    pub file: &'static str,
    /// The line, counted from 1; line 1 is the header.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// A line number of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    file: &'static str,
    number: u64,
}

/// A row and its line number.
#[derive(Debug, Clone)]
pub(super) struct Located<R> {
    pub(super) line: Line,
    pub(super) row: R,
}

/// Reads all rows. The header must name exactly the fields of `R`.
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

    /// Rejects a key that an earlier row has.
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

    /// Rejects an empty text in a required column.
    pub(super) fn not_empty(self, column: &str, text: &str) -> Result<Box<str>, DataError> {
        if text.trim().is_empty() {
            return Err(self.error(format!("`{column}` is empty")));
        }
        Ok(text.into())
    }

    /// A date as `2026-12-31`.
    pub(super) fn date(self, column: &str, text: &str) -> Result<NaiveDate, DataError> {
        Some(text)
            .filter(|text| text.len() == "0000-00-00".len())
            .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
            .ok_or_else(|| {
                self.error(format!(
                    "`{column}` is \"{text}\": expected a date as 2026-12-31"
                ))
            })
    }

    pub(super) fn jurisdiction(self, text: &str) -> Result<Jurisdiction, DataError> {
        Jurisdiction::parse(text)
            .ok_or_else(|| self.error(format!("`{text}` is not the code of a state or province")))
    }

    pub(super) fn zone(self, name: &str) -> Result<Zone, DataError> {
        Zone::named(name).map_err(|error| self.error(error.to_string()))
    }
}
