//! The queue's rows of the messages that a commit writes. The messages are locked or new, so only a claim
//! can touch these rows at the same time.

use diesel::sql_types::{Array, BigInt};
use sms_domain::lifecycle::MessageChange;
use uuid::Uuid;

use crate::rows::{DueArrays, DueRow};
use crate::statement::{Columns, statement, statement_over};

type SqlUuid = diesel::sql_types::Uuid;

statement_over! {
    InsertDue { DueArrays } -> ();
    "INSERT INTO due (", DueRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    /// Moves rows, and inserts those of messages that had left the queue.
    MoveDue { DueArrays, expected: BigInt = i64 } -> BigInt;
    "WITH input AS MATERIALIZED (
         SELECT * FROM unnest($rows) AS input (", DueRow::NAMES, ")),
     moved AS (
         UPDATE due SET (", DueRow::NAMES, ") = (", DueRow::INPUT, ") FROM input
         WHERE due.organization_id = input.organization_id AND due.message_id = input.message_id
         RETURNING due.organization_id, due.message_id),
     inserted AS (
         INSERT INTO due (", DueRow::NAMES, ") SELECT input.* FROM input
         LEFT JOIN moved USING (organization_id, message_id) WHERE moved.message_id IS NULL
         RETURNING 1)
     SELECT must_be((SELECT count(*) FROM moved) + (SELECT count(*) FROM inserted), $expected)"
}

statement! {
    DropDue {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
    } -> ();
    "DELETE FROM due USING unnest($organizations, $messages) AS input (organization_id, message_id)
     WHERE due.organization_id = input.organization_id AND due.message_id = input.message_id"
}

/// The rows of new messages.
pub(super) fn insert(changes: &[&MessageChange]) -> Option<InsertDue> {
    let rows = rows(changes, true);
    (!rows.is_empty()).then(|| InsertDue {
        rows: rows.into_iter().collect(),
    })
}

/// The rows of messages that were stored before. An attempt that begins leaves the row as the claim hid it; a
/// claim after the lease looks at the message's own due time, the deadline of the call.
pub(super) fn put(changes: &[&MessageChange]) -> Option<MoveDue> {
    let rows = rows(changes, false);
    let expected = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    (expected > 0).then(|| MoveDue {
        rows: rows.into_iter().collect(),
        expected,
    })
}

fn rows(changes: &[&MessageChange], are_new: bool) -> Vec<DueRow> {
    changes
        .iter()
        .filter(|change| (change.message.version == 0) == are_new && !change.begins_attempt())
        .filter_map(|change| DueRow::new(&change.message))
        .collect()
}

pub(super) fn drop(changes: &[&MessageChange]) -> Option<DropDue> {
    let done = changes.iter().map(|change| &change.message);
    let done = done.filter(|message| message.due_at.is_none() && message.version > 0);
    let (organizations, messages): (Vec<_>, Vec<_>) = done
        .map(|message| (message.organization_id.as_uuid(), message.id.as_uuid()))
        .unzip();
    (!messages.is_empty()).then_some(DropDue {
        organizations,
        messages,
    })
}
