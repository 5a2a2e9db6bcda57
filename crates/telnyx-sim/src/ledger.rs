//! The ledger of what really left: one entry per accepted message, written before the answer.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::script::Fate;

/// One accepted message: a line of `ledger.jsonl`. It holds everything that a restart needs to continue
/// with the message, so there is one write per message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The message's id at the carrier.
    pub id: Uuid,
    /// Recipient, E.164.
    pub to: String,
    pub from: String,
    /// Body; empty if there are only media.
    pub text: String,
    /// The `Idempotency-Key` of the request, honoured or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// URL of the message's receipts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// SHA-256 of the request's body, in hex; present if there is a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<String>,
    /// URL of receipts if `webhook_url` fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_failover_url: Option<String>,
    /// Whether the profile's URL is tried last.
    pub use_profile_webhooks: bool,
    /// The sending profile.
    pub messaging_profile_id: String,
    /// Subject of a multimedia message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Media of a multimedia message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_urls: Vec<String>,
    /// What happens to the message.
    pub fate: Fate,
    /// Interval between the facts of its course, in microseconds.
    pub receipt_delay_us: u64,
    /// Additional delay of late receipts, in microseconds; 0 if they are not late.
    #[serde(default)]
    pub late_by_us: u64,
}

impl LedgerEntry {
    pub(crate) fn receipt_delay(&self) -> Duration {
        Duration::from_micros(self.receipt_delay_us)
    }
}

/// The accepted messages, by id and in order of acceptance.
#[derive(Default)]
pub(crate) struct Accepted {
    in_order: Vec<Arc<LedgerEntry>>,
    by_id: HashMap<Uuid, Arc<LedgerEntry>>,
}

impl Accepted {
    pub(crate) fn insert(&mut self, entry: &Arc<LedgerEntry>) {
        self.in_order.push(Arc::clone(entry));
        self.by_id.insert(entry.id, Arc::clone(entry));
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<LedgerEntry>> {
        self.by_id.get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<LedgerEntry>> {
        self.in_order.clone()
    }
}
