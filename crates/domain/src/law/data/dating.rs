//! The columns that date a row: since when it holds, whether it is law, and when a person last
//! compared it with its source.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::law::data::table::{DataError, Line};

/// The first date of messages that are judged. Law since then or before has no date.
const BEGIN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2021, 1, 1);

/// Whether a row is law.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It holds from its date on.
    Enacted,
    /// It is announced or pending, and never judges.
    Proposed,
    /// From its date on the row before it no longer holds.
    Repealed,
}

/// Since when a row holds, and whether it is law.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dating {
    /// The first local date; `None` = since 2021 or before, of a proposed row: unknown.
    pub(super) from: Option<NaiveDate>,
    pub(super) status: Status,
}

/// A row that people have to look at again some day.
#[derive(Debug, Clone)]
pub(super) struct Review {
    pub(super) line: Line,
    /// What the row is about.
    pub(super) what: String,
    pub(super) reviewed_on: NaiveDate,
    pub(super) dating: Dating,
}

impl Dating {
    pub(super) fn read(
        line: Line,
        effective_from: &str,
        status: Status,
    ) -> Result<Self, DataError> {
        let from = Some(effective_from).filter(|text| !text.is_empty());
        let from = from
            .map(|text| line.date("effective_from", text))
            .transpose()?;
        if from.is_some() && from <= BEGIN {
            return Err(line
                .error("`effective_from` is not after 2021-01-01: leave it empty for older law"));
        }
        if status == Status::Repealed && from.is_none() {
            return Err(line.error("a repeal without `effective_from`"));
        }
        Ok(Self { from, status })
    }
}

/// The order of the rows of each key.
#[derive(Debug)]
pub(super) struct Order<K> {
    last: HashMap<K, Option<NaiveDate>>,
    proposed: HashSet<(K, Option<NaiveDate>)>,
}

impl<K: Hash + Eq + Clone> Order<K> {
    pub(super) fn new() -> Self {
        Self {
            last: HashMap::new(),
            proposed: HashSet::new(),
        }
    }

    /// Rejects a row that has the key and date of another one, or comes after a later one.
    pub(super) fn next(
        &mut self,
        line: Line,
        key: &K,
        what: &str,
        dating: Dating,
    ) -> Result<(), DataError> {
        let twice = || match dating.from {
            Some(date) => line.error(format!("{what} is there twice for {date}")),
            None => line.error(format!("{what} is there twice")),
        };
        if dating.status == Status::Proposed {
            let is_new = self.proposed.insert((key.clone(), dating.from));
            return if is_new { Ok(()) } else { Err(twice()) };
        }
        match self.last.insert(key.clone(), dating.from) {
            Some(last) if last == dating.from => Err(twice()),
            Some(last) if last > dating.from => {
                Err(line.error(format!("{what} has a later row above")))
            }
            Some(_) => Ok(()),
            None if dating.status == Status::Repealed => {
                Err(line.error(format!("{what} has no row above that could be repealed")))
            }
            None => Ok(()),
        }
    }
}
