//! One try at the provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::evidence::MergedEvidence;
use crate::carrier::{RequestBody, TokenHash};
use crate::values::ProviderAccount;
use crate::values::ids::{MessageId, OrganizationId};

/// One try at the provider. Committed before the call: the point of no return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The message.
    pub message_id: MessageId,
    /// 1 for the first.
    pub number: u32,
    /// Finds the attempt from a webhook.
    pub token_hash: TokenHash,
    /// Sent as `Idempotency-Key`, the same for every call of the attempt.
    pub idempotency_key: String,
    /// Which of the provider's accounts carries it.
    pub account: ProviderAccount,
    /// When the attempt was committed.
    pub started_at: DateTime<Utc>,
    /// How many calls were made: 1, and 1 for each resend of the stored bytes.
    pub calls: u32,
    /// A try that does not count: our own account was refused, not this message.
    pub is_void: bool,
    /// The bytes of the request, until the outcome is known.
    pub request: Option<RequestBody>,
    /// What is known about it.
    pub evidence: MergedEvidence,
    /// What was charged and given back for it.
    pub money: AttemptMoney,
}

/// Which ledger entries an attempt has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AttemptMoney {
    /// None.
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
