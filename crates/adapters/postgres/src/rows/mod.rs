//! Stored rows and their conversion from and to the domain. A row that the domain cannot represent is reported
//! with its table, column and id; no value is guessed.
//!
//! This module must not know which statement reads or writes a row.

mod attempt;
mod basis;
mod consent;
mod decision;
mod due;
mod event;
mod evidence;
mod journal;
mod lead;
mod message;
mod number;
mod organization;
mod packed;
mod recipient;
mod source;
mod submission;

use sms_domain::values::phone::{InvalidPhoneNumber, PhoneNumber};
use sms_domain::values::wire::UnknownName;

pub(crate) use attempt::{AttemptArrays, AttemptRow, AttemptSql};
pub(crate) use basis::{
    StoredParts, StoredSnapshot, confirmation_parts, decode_organization, decode_snapshot,
    encode_confirmation, encode_with_basis, parts, record_part,
};
pub(crate) use consent::{ConsentArrays, ConsentRow, ConsentSql};
pub(crate) use decision::{decode_decision, encode_decision};
pub(crate) use due::{BULK, DueArrays, DueRow, priority};
pub(crate) use event::{EventArrays, EventRow, EventSql};
pub(crate) use journal::{
    DecisionArrays, DecisionRow, JournalArrays, JournalRow, LedgerArrays, LedgerRow, journal, seq,
};
pub(crate) use lead::{LeadArrays, LeadRow, LeadSql};
pub(crate) use message::{MESSAGES, MessageRow, MessageSql, StateArrays, StateRow};
pub(crate) use number::NumberRow;
pub(crate) use organization::{OrganizationRow, Routing};
pub(crate) use recipient::{RecipientRow, RecipientSql};
pub(crate) use source::{SourceRow, SourceSql};
pub(crate) use submission::{SubmissionArrays, SubmissionRow};

/// A stored row that the domain cannot represent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("impossible row {id} in {table}: {column} {problem}")]
pub struct ImpossibleRow {
    pub table: &'static str,
    pub column: &'static str,
    /// The row's id.
    pub id: String,
    /// What is wrong with the column. Contains no phone number and no message text.
    pub problem: String,
}

/// A row being read: adds its table and id to errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowRef<I> {
    pub(crate) table: &'static str,
    pub(crate) id: I,
}

impl<I: std::fmt::Display> RowRef<I> {
    pub(crate) fn impossible(
        &self,
        column: &'static str,
        problem: impl Into<String>,
    ) -> ImpossibleRow {
        ImpossibleRow {
            table: self.table,
            column,
            id: self.id.to_string(),
            problem: problem.into(),
        }
    }

    /// A column that must not be null.
    pub(crate) fn required<T>(
        &self,
        column: &'static str,
        value: Option<T>,
    ) -> Result<T, ImpossibleRow> {
        value.ok_or_else(|| self.impossible(column, "is null"))
    }

    /// An enum's wire name.
    pub(crate) fn name<T>(&self, column: &'static str, name: &str) -> Result<T, ImpossibleRow>
    where
        T: std::str::FromStr<Err = UnknownName>,
    {
        name.parse()
            .map_err(|error: UnknownName| self.impossible(column, format!("says {error}")))
    }

    /// An enum's wire name, or null.
    pub(crate) fn optional_name<T>(
        &self,
        column: &'static str,
        name: Option<&str>,
    ) -> Result<Option<T>, ImpossibleRow>
    where
        T: std::str::FromStr<Err = UnknownName>,
    {
        name.map(|name| self.name(column, name)).transpose()
    }

    /// A phone number.
    pub(crate) fn phone(
        &self,
        column: &'static str,
        text: String,
    ) -> Result<PhoneNumber, ImpossibleRow> {
        PhoneNumber::try_from(text)
            .map_err(|error: InvalidPhoneNumber| self.impossible(column, error.to_string()))
    }

    /// A count.
    pub(crate) fn count(&self, column: &'static str, value: i32) -> Result<u32, ImpossibleRow> {
        u32::try_from(value).map_err(|_| self.impossible(column, "is negative"))
    }

    /// A count, or null.
    pub(crate) fn optional_count(
        &self,
        column: &'static str,
        value: Option<i32>,
    ) -> Result<Option<u32>, ImpossibleRow> {
        value.map(|value| self.count(column, value)).transpose()
    }
}

/// A count as stored; larger values saturate.
pub(crate) fn integer(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
