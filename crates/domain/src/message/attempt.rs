//! One attempt to send a message through the provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::evidence::MergedEvidence;
use crate::carrier::RequestBody;
use crate::values::ProviderAccount;
use crate::values::ids::{MessageId, OrganizationId};

/// Which attempt of which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId {
    /// The organization that owns the message.
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// The number of the attempt, counted from 1.
    pub number: u32,
}

/// One attempt to send a message through the provider. It is committed before the call, the point
/// of no return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The organization that owns the message.
    pub organization_id: OrganizationId,
    /// The message that is sent.
    pub message_id: MessageId,
    /// The number of the attempt, counted from 1.
    pub number: u32,
    /// The `Idempotency-Key` header, the same for every call of the attempt.
    pub idempotency_key: String,
    /// The account at the provider.
    pub account: ProviderAccount,
    /// When the attempt was committed.
    pub started_at: DateTime<Utc>,
    /// The number of calls: 1, plus 1 for each resend of the stored bytes.
    pub calls: u32,
    /// Whether the attempt does not count, because the provider refused our account and not this
    /// message.
    pub is_void: bool,
    /// The bytes of the request, until the outcome is known.
    pub request: Option<RequestBody>,
    /// The merged evidence about the attempt.
    pub evidence: MergedEvidence,
    /// What was charged and refunded for the attempt.
    pub money: AttemptMoney,
}

impl Attempt {
    /// Which attempt it is.
    #[must_use]
    pub const fn id(&self) -> AttemptId {
        AttemptId {
            organization_id: self.organization_id,
            message_id: self.message_id,
            number: self.number,
        }
    }
}

/// The ledger entries of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AttemptMoney {
    /// No entry.
    #[default]
    #[serde(rename = "none")]
    None,
    /// A charge.
    #[serde(rename = "charged")]
    Charged,
    /// A charge and its refund.
    #[serde(rename = "refunded")]
    Refunded,
    /// A charge, its refund, and the charge again.
    #[serde(rename = "recharged")]
    Recharged,
}
