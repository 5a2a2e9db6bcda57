//! Append-only rows: `history`, `decisions`, `ledger`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sms_domain::decision::DecisionRecord;
use sms_domain::lifecycle::HistoryEntry;
use sms_domain::message::Message;
use sms_domain::values::billing::LedgerEntry;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use super::{encode_decision, integer};
use crate::statement::rows;

rows! {
    /// One entry of a message's history.
    HistoryRow, HistoryArrays of history {
        organization_id: Uuid,
        message_id: Uuid,
        seq: i64,
        kind: String,
        at: DateTime<Utc>,
        source: String,
        reference: Option<String>,
        details: Option<Value>,
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

impl HistoryRow {
    pub(crate) fn new(message: &Message, seq: i64, entry: &HistoryEntry) -> Self {
        Self {
            organization_id: message.organization_id.as_uuid(),
            message_id: message.id.as_uuid(),
            seq,
            kind: entry.kind.as_str().to_owned(),
            at: entry.at,
            source: entry.source.as_str().to_owned(),
            reference: entry.reference.clone(),
            details: Some(entry.details.clone()).filter(|details| !details.is_null()),
        }
    }
}

impl DecisionRow {
    pub(crate) fn new(message: &Message, seq: i64, record: &DecisionRecord) -> Self {
        Self {
            organization_id: message.organization_id.as_uuid(),
            message_id: message.id.as_uuid(),
            seq,
            record: encode_decision(record),
        }
    }
}

impl LedgerRow {
    pub(crate) fn new(organization_id: OrganizationId, entry: &LedgerEntry) -> Self {
        Self {
            organization_id: organization_id.as_uuid(),
            id: entry.id.as_uuid(),
            message_id: entry.attempt.map(|(message, _)| message.as_uuid()),
            attempt: entry.attempt.map(|(_, number)| integer(number)),
            kind: entry.kind.as_str().to_owned(),
            amount: entry.amount.micros(),
            at: entry.at,
        }
    }
}
