//! Append-only rows: `journals`, `decisions`, `ledger`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sms_domain::lifecycle::HistoryEntry;
use sms_domain::message::Message;
use sms_domain::values::billing::{LedgerEntry, LedgerKind};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use super::integer;
use crate::statement::rows;

rows! {
    /// Entries of a message's history that are written together.
    JournalRow, JournalArrays of journals {
        organization_id: Uuid,
        message_id: Uuid,
        seq: i64,
        entries: Value,
    }
}

rows! {
    /// A decision after the first, which is on the message's row.
    DecisionRow, DecisionArrays of decisions {
        organization_id: Uuid,
        message_id: Uuid,
        seq: i64,
        record: Vec<u8>,
    }
}

rows! {
    /// A booking of money.
    LedgerRow, LedgerArrays of ledger {
        organization_id: Uuid,
        id: Uuid,
        message_id: Option<Uuid>,
        attempt: Option<i32>,
        kind: String,
        amount: i64,
        at: DateTime<Utc>,
    }
}

/// The position in a message's journal of the `index`th entry of the commit that creates `version`.
pub(crate) fn seq(version: i64, index: usize) -> i64 {
    version
        .saturating_mul(256)
        .saturating_add(i64::try_from(index).unwrap_or(i64::MAX))
}

/// The entries of the commit that creates `version`, as the elements of a JSON array: text that others are
/// appended to. `None` without entries. The view `history` reads them by their places.
pub(crate) fn journal(version: i64, entries: &[HistoryEntry]) -> Option<String> {
    let elements: Vec<String> = (entries.iter().enumerate())
        .map(|(index, entry)| element(seq(version, index), entry).to_string())
        .collect();
    (!elements.is_empty()).then(|| elements.join(","))
}

fn element(seq: i64, entry: &HistoryEntry) -> Value {
    let at = entry.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let (kind, source) = (entry.kind.as_str(), entry.source.as_str());
    json!([seq, kind, at, source, entry.reference, entry.details])
}

impl JournalRow {
    /// The row of a commit's entries; `None` without entries.
    pub(crate) fn new(message: &Message, version: i64, entries: &[HistoryEntry]) -> Option<Self> {
        let elements = entries.iter().enumerate();
        let elements: Vec<Value> = elements
            .map(|(index, entry)| element(self::seq(version, index), entry))
            .collect();
        (!elements.is_empty()).then(|| Self {
            organization_id: message.organization_id.as_uuid(),
            message_id: message.id.as_uuid(),
            seq: seq(version, 0),
            entries: Value::Array(elements),
        })
    }
}

/// The id of an attempt's booking: its message's, marked as derived (version 8), plus the attempt and the kind.
/// The primary key thus admits each booking once, without an index of its own for that.
fn id_of((message, attempt): (MessageId, u32), kind: LedgerKind) -> Uuid {
    let kind = match kind {
        LedgerKind::TopUp | LedgerKind::Adjustment => 0,
        LedgerKind::Charge => 1,
        LedgerKind::Refund => 2,
        LedgerKind::Recharge => 3,
    };
    let booking = u128::from(attempt) * 4 + kind;
    let version = 0xf_u128 << 76;
    let bits = message.as_uuid().as_u128().wrapping_add(booking);
    Uuid::from_u128(bits & !version | 8 << 76)
}

impl LedgerRow {
    pub(crate) fn new(organization_id: OrganizationId, entry: &LedgerEntry) -> Self {
        Self {
            organization_id: organization_id.as_uuid(),
            id: entry
                .attempt
                .map_or(entry.id.as_uuid(), |attempt| id_of(attempt, entry.kind)),
            message_id: entry.attempt.map(|(message, _)| message.as_uuid()),
            attempt: entry.attempt.map(|(_, number)| integer(number)),
            kind: entry.kind.as_str().to_owned(),
            amount: entry.amount.micros(),
            at: entry.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_booking_of_an_attempt_has_an_id_of_its_own_that_stays() {
        let message = MessageId::new("019aa0c8-3f2e-7abc-8def-fffffffffffe".parse().unwrap());
        let kinds = [LedgerKind::Charge, LedgerKind::Refund, LedgerKind::Recharge];
        let ids = || (1..=9).flat_map(|attempt| kinds.map(|kind| id_of((message, attempt), kind)));
        let distinct: HashSet<Uuid> = ids().chain([message.as_uuid()]).collect();
        assert_eq!(distinct.len(), 28);
        assert!(ids().eq(ids()));
        assert!(ids().all(|id| id.get_version_num() == 8));
    }
}
