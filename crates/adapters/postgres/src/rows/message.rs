//! A message: its row of `messages`, which says where it stands, and its row of `submissions`, which says what
//! is to be sent.

mod read;
#[cfg(test)]
mod tests;
mod write;

use chrono::{DateTime, Utc};
use diesel::Queryable;
use uuid::Uuid;

use super::submission::{SubmissionRow, SubmissionSql};
use crate::statement::{Columns, rows};

/// The SQL types of [`MessageRow`].
pub(crate) type MessageSql = (SubmissionSql, <StateRow as Columns>::Sql);

/// A message, without the decision about it.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub(crate) struct MessageRow {
    pub(crate) submission: SubmissionRow,
    pub(crate) state: StateRow,
}

rows! {
    /// Where a message stands. Narrow: each transition writes it.
    StateRow, StateArrays of messages {
        organization_id: Uuid,
        id: Uuid,
        version: i64,
        modified_at: DateTime<Utc>,
        due_at: Option<DateTime<Utc>>,
        queued_at: Option<DateTime<Utc>>,
        sending_started_at: Option<DateTime<Utc>>,
        sent_at: Option<DateTime<Utc>>,
        delivered_at: Option<DateTime<Utc>>,
        failed_at: Option<DateTime<Utc>>,
        undeliverable_at: Option<DateTime<Utc>>,
        blocked_at: Option<DateTime<Utc>>,
        canceled_at: Option<DateTime<Utc>>,
        retry_at: Option<DateTime<Utc>>,
        unknown_since: Option<DateTime<Utc>>,
        hold: i64,
        attempts_last: i32,
        attempts_counted: i32,
        is_unconfirmed: bool,
        is_reopened: bool,
        has_switched_number: bool,
        status: String,
        billing_status: Option<String>,
        provider_message_id: Option<String>,
        error_code: Option<String>,
        error_message: Option<String>,
        reason: Option<String>,
        status_reason: Option<String>,
    }
}

/// Both rows of messages, as a FROM item.
pub(crate) const MESSAGES: &str = "messages JOIN submissions
     ON submissions.organization_id = messages.organization_id AND submissions.id = messages.id";
