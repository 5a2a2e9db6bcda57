//! The queue's rows of the messages that a commit writes. The messages are locked or new, so only a claim
//! can touch these rows at the same time.

use diesel::sql_types::{Array, BigInt};
use sms_domain::lifecycle::MessageChange;
use uuid::Uuid;

use crate::rows::{DueArrays, DueRow};
use crate::statement::{Columns, statement, statement_over};

type SqlUuid = diesel::sql_types::Uuid;

statement_over! {
    PutDue { DueArrays, expected: BigInt = i64 } -> BigInt;
    "WITH written AS (
         INSERT INTO due (", DueRow::NAMES, ") SELECT * FROM unnest($rows)
         ON CONFLICT (organization_id, message_id) DO UPDATE
             SET (", DueRow::NAMES, ") = (", DueRow::EXCLUDED, ")
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM written"
}

statement! {
    DropDue {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
    } -> ();
    "DELETE FROM due USING unnest($organizations, $messages) AS input (organization_id, message_id)
     WHERE due.organization_id = input.organization_id AND due.message_id = input.message_id"
}

pub(super) fn put(changes: &[&MessageChange]) -> Option<PutDue> {
    let rows: Vec<DueRow> = changes
        .iter()
        .filter_map(|change| DueRow::new(&change.message))
        .collect();
    let expected = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    (expected > 0).then(|| PutDue {
        rows: rows.into_iter().collect(),
        expected,
    })
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
