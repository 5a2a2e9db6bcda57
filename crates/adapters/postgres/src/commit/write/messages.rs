//! Rows that belong to one message each.

use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text};
use sms_domain::carrier::ProviderEvent;
use sms_domain::lifecycle::MessageChange;
use uuid::Uuid;

use crate::commit::keys::{event_key, message_key};
use crate::commit::lock::Locked;
use crate::commit::snapshots::GroupSnapshots;
use crate::rows::{
    AttemptArrays, AttemptRow, DecisionArrays, DecisionRow, EventArrays, EventRow, JournalArrays,
    JournalRow, LedgerArrays, LedgerRow, StateArrays, StateRow, SubmissionArrays, SubmissionRow,
    journal, seq,
};
use crate::statement::{Columns, statement, statement_over};

type SqlUuid = diesel::sql_types::Uuid;

statement_over! {
    InsertSubmissions {
        SubmissionArrays,
        first_decisions: Array<Nullable<Bytea>> = Vec<Option<Vec<u8>>>
    } -> ();
    "INSERT INTO submissions (", SubmissionRow::NAMES, ", first_decision)
     SELECT * FROM unnest($rows, $first_decisions)"
}

statement_over! {
    InsertStates { StateArrays } -> ();
    "INSERT INTO messages (", StateRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    UpdateSubmissions { SubmissionArrays, expected: BigInt = i64 } -> BigInt;
    "WITH updated AS (
         UPDATE submissions SET (", SubmissionRow::NAMES, ") = (", SubmissionRow::INPUT, ")
         FROM unnest($rows) AS input (", SubmissionRow::NAMES, ")
         WHERE submissions.organization_id = input.organization_id AND submissions.id = input.id
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement_over! {
    /// The entries for the history wait on the row until nobody has to look at the message any more.
    UpdateStates {
        StateArrays,
        journals: Array<Nullable<Text>> = Vec<Option<String>>,
        expected: BigInt = i64
    } -> BigInt;
    "WITH updated AS (
         UPDATE messages SET (", StateRow::NAMES, ", journal) = (", StateRow::INPUT, ",
             CASE WHEN input.due_at IS NOT NULL
                 THEN nullif(concat_ws(',', messages.journal, input.journal), '') END)
         FROM unnest($rows, $journals) AS input (", StateRow::NAMES, ", journal)
         WHERE messages.organization_id = input.organization_id AND messages.id = input.id
             AND messages.version = input.version - 1
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement! {
    /// Writes the entries that waited on the rows of messages, and the last ones. Runs before the update,
    /// which checks that the rows are those that were read here.
    KeepJournals {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        messages: Array<SqlUuid> = Vec<Uuid>,
        places: Array<BigInt> = Vec<i64>,
        journals: Array<Nullable<Text>> = Vec<Option<String>>,
    } -> ();
    "INSERT INTO journals (organization_id, message_id, seq, entries)
     SELECT organization_id, message_id, seq, ('[' || entries || ']')::json
     FROM (
         SELECT input.organization_id, input.message_id, input.seq,
             nullif(concat_ws(',', messages.journal, input.journal), '') AS entries
         FROM unnest($organizations, $messages, $places, $journals)
             AS input (organization_id, message_id, seq, journal)
         JOIN messages ON messages.organization_id = input.organization_id
             AND messages.id = input.message_id) AS kept
     WHERE entries IS NOT NULL"
}

statement_over! {
    /// What an attempt rested on is written once and never changes.
    InsertAttempts {
        AttemptArrays,
        confirmations: Array<Nullable<Bytea>> = Vec<Option<Vec<u8>>>
    } -> ();
    "INSERT INTO attempts (", AttemptRow::NAMES, ", confirmation)
     SELECT * FROM unnest($rows, $confirmations)"
}

statement_over! {
    /// What is known from the beginning never changes.
    UpdateAttempts { AttemptArrays, expected: BigInt = i64 } -> BigInt;
    "WITH updated AS (
         UPDATE attempts SET calls = input.calls, is_void = input.is_void, request = input.request,
             evidence = input.evidence, provider_message_id = input.provider_message_id,
             money = input.money
         FROM unnest($rows) AS input (", AttemptRow::NAMES, ")
         WHERE attempts.organization_id = input.organization_id
             AND attempts.message_id = input.message_id AND attempts.number = input.number
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

statement_over! {
    InsertJournals { JournalArrays } -> ();
    "INSERT INTO journals (", JournalRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    InsertDecisions { DecisionArrays } -> ();
    "INSERT INTO decisions (", DecisionRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    InsertLedger { LedgerArrays } -> ();
    "INSERT INTO ledger (", LedgerRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    InsertEvents { EventArrays } -> ();
    "INSERT INTO provider_events (", EventRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    /// Assigns stored unmatched events to their message.
    MatchEvents { EventArrays, expected: BigInt = i64 } -> BigInt;
    "WITH updated AS (
         UPDATE provider_events
         SET organization_id = input.organization_id, message_id = input.message_id
         FROM unnest($rows) AS input (", EventRow::NAMES, ")
         WHERE provider_events.provider_account = input.provider_account
             AND provider_events.event_id = input.event_id
             AND provider_events.message_id IS NULL
         RETURNING 1)
     SELECT must_be(count(*), $expected) FROM updated"
}

fn is_new(change: &MessageChange) -> bool {
    change.message.version == 0
}

/// The version after the commit.
fn next_version(change: &MessageChange) -> i64 {
    change.message.version.saturating_add(1)
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

fn stored<'c>(changes: &[&'c MessageChange]) -> Vec<&'c MessageChange> {
    let mut stored: Vec<_> = changes.iter().copied().filter(|c| !is_new(c)).collect();
    // The order in which the rows are locked.
    stored.sort_unstable_by_key(|change| message_key(change));
    stored
}

pub(super) fn insert_submissions(
    changes: &[&MessageChange],
    bases: &GroupSnapshots,
) -> Option<InsertSubmissions> {
    let new: Vec<&MessageChange> = changes.iter().copied().filter(|c| is_new(c)).collect();
    let rows = new
        .iter()
        .map(|change| SubmissionRow::new(&change.message))
        .collect();
    let first_decisions = new.iter().map(|change| bases.decision(change)).collect();
    (!new.is_empty()).then_some(InsertSubmissions {
        rows,
        first_decisions,
    })
}

pub(super) fn insert_states(changes: &[&MessageChange]) -> Option<InsertStates> {
    let new = changes.iter().filter(|change| is_new(change));
    let rows: StateArrays = new
        .map(|change| StateRow::new(&change.message, 1))
        .collect();
    (!rows.id.is_empty()).then_some(InsertStates { rows })
}

pub(super) fn update_submissions(changes: &[&MessageChange]) -> Option<UpdateSubmissions> {
    let replanned = changes
        .iter()
        .filter(|change| !is_new(change) && change.is_replanned);
    let rows: SubmissionArrays = replanned
        .map(|change| SubmissionRow::new(&change.message))
        .collect();
    let expected = count(&rows.id);
    (expected > 0).then_some(UpdateSubmissions { rows, expected })
}

pub(super) fn update_states(changes: &[&MessageChange]) -> Option<UpdateStates> {
    let stored = stored(changes);
    let rows = stored
        .iter()
        .map(|change| StateRow::new(&change.message, next_version(change)))
        .collect();
    let journals = stored
        .iter()
        .map(|change| journal(next_version(change), &change.history))
        .collect();
    (!stored.is_empty()).then_some(UpdateStates {
        rows,
        journals,
        expected: count(&stored),
    })
}

/// The history of messages that nobody has to look at any more.
pub(super) fn keep_journals(changes: &[&MessageChange]) -> Option<KeepJournals> {
    let mut ended = stored(changes);
    ended.retain(|change| change.message.due_at.is_none());
    let keys = ended.iter().map(|change| message_key(change));
    let (organizations, messages) = keys.unzip();
    (!ended.is_empty()).then(|| KeepJournals {
        organizations,
        messages,
        places: (ended.iter())
            .map(|change| seq(next_version(change), 0))
            .collect(),
        journals: (ended.iter())
            .map(|change| journal(next_version(change), &change.history))
            .collect(),
    })
}

/// The history of new messages: most have none.
pub(super) fn insert_journals(changes: &[&MessageChange]) -> Option<InsertJournals> {
    let new = changes.iter().filter(|change| is_new(change));
    let rows: JournalArrays = new
        .filter_map(|change| JournalRow::new(&change.message, 1, &change.history))
        .collect();
    (!rows.seq.is_empty()).then_some(InsertJournals { rows })
}

pub(super) fn begin_attempts(
    changes: &[&MessageChange],
    bases: &GroupSnapshots,
) -> Option<InsertAttempts> {
    let begun = changes.iter().filter(|change| change.begins_attempt());
    let (rows, confirmations): (Vec<_>, Vec<_>) = begun
        .filter_map(|change| Some((change, change.attempt.as_ref()?)))
        .map(|(change, attempt)| (AttemptRow::new(attempt), bases.confirmation(change)))
        .unzip();
    (!rows.is_empty()).then(|| InsertAttempts {
        rows: rows.into_iter().collect(),
        confirmations,
    })
}

pub(super) fn update_attempts(changes: &[&MessageChange]) -> Option<UpdateAttempts> {
    let known = changes.iter().filter(|change| !change.begins_attempt());
    let known = known.filter_map(|change| change.attempt.as_ref());
    let rows: Vec<_> = known.map(AttemptRow::new).collect();
    let expected = count(&rows);
    (expected > 0).then(|| UpdateAttempts {
        rows: rows.into_iter().collect(),
        expected,
    })
}

/// The decision about a new message is stored on its row.
pub(super) fn decisions(
    changes: &[&MessageChange],
    bases: &GroupSnapshots,
) -> Option<InsertDecisions> {
    let row = |change: &&MessageChange| {
        Some(DecisionRow {
            organization_id: change.message.organization_id.as_uuid(),
            message_id: change.message.id.as_uuid(),
            seq: seq(next_version(change), 0),
            record: bases.decision(change)?,
        })
    };
    let stored = changes.iter().filter(|change| !is_new(change));
    let rows: DecisionArrays = stored.filter_map(row).collect();
    (!rows.seq.is_empty()).then_some(InsertDecisions { rows })
}

pub(super) fn ledger(changes: &[&MessageChange]) -> Option<InsertLedger> {
    let entries = |change: &&MessageChange| {
        let organization = change.message.organization_id;
        let entries = change.ledger.clone().into_iter();
        entries.map(move |entry| LedgerRow::new(organization, &entry))
    };
    let rows: LedgerArrays = changes.iter().flat_map(entries).collect();
    (!rows.id.is_empty()).then_some(InsertLedger { rows })
}

pub(super) fn insert_events(changes: &[&MessageChange], locked: &Locked) -> Option<InsertEvents> {
    let rows: EventArrays = events(changes, locked, false).map(EventRow::new).collect();
    (!rows.event_id.is_empty()).then_some(InsertEvents { rows })
}

pub(super) fn match_events(changes: &[&MessageChange], locked: &Locked) -> Option<MatchEvents> {
    let rows: EventArrays = events(changes, locked, true).map(EventRow::new).collect();
    let expected = count(&rows.event_id);
    (expected > 0).then_some(MatchEvents { rows, expected })
}

/// The events of the changes, filtered by whether they are already stored.
fn events<'c>(
    changes: &[&'c MessageChange],
    locked: &Locked,
    are_known: bool,
) -> impl Iterator<Item = &'c ProviderEvent> {
    changes
        .iter()
        .filter(move |change| {
            event_key(change).is_some_and(|key| locked.events.contains_key(&key)) == are_known
        })
        .filter_map(|change| change.provider_event.as_ref())
}
