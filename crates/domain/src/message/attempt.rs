//! One try at the provider.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::evidence::MergedEvidence;
use crate::values::ProviderAccount;
use crate::values::ids::{MessageId, OrganizationId};

/// The secret that links a webhook to its attempt: part of the URL given to the provider. Only its
/// hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptToken(String);

/// How a token is stored: SHA-256 of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl AttemptToken {
    /// Wraps a secret: 32 lower-case hexadecimal digits.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// How the token is stored and looked up.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret itself, for the URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AttemptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptToken(…)")
    }
}

/// The request as it goes over the wire, kept until the outcome is known so that a resend sends the
/// same bytes. `Debug` shows only the length: it holds a number and a text.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestBody(pub Vec<u8>);

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes)", self.0.len())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_url_gets_the_secret_as_it_was_made() {
        assert_eq!(AttemptToken::new(SECRET.to_owned()).expose(), SECRET);
    }

    #[test]
    fn a_developer_who_prints_an_attempt_sees_neither_secret_nor_request() {
        let token = AttemptToken::new(SECRET.to_owned());
        let request = RequestBody(b"to Ann".to_vec());
        assert_eq!(
            format!("{token:?} {request:?}"),
            "AttemptToken(…) RequestBody(6 bytes)"
        );
    }
}
