//! What the carrier reports about one attempt. Must not know its effect on the message.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::wire::wire_enum;

wire_enum! {
    /// The kinds of evidence, weakest first.
    EvidenceKind {
        /// The provider certainly did not accept the message: it refused, or nothing reached it.
        Refused = "refused",
        /// The outcome stays unknown: no further report is expected.
        OutcomeUnknown = "outcome_unknown",
        /// The provider accepted the message.
        Accepted = "accepted",
        /// A carrier accepted the message.
        Sent = "sent",
        /// The carrier will send no receipt.
        Unconfirmed = "unconfirmed",
        /// The message was not delivered because a rate limit was exceeded; it may be retried.
        Throttled = "throttled",
        /// The message was not delivered because the recipient has opted out at the provider.
        OptedOut = "opted_out",
        /// The provider accepted the message but did not send it on.
        Failed = "failed",
        /// The message was sent, but the carrier could not deliver it, or it expired in transit.
        Undeliverable = "undeliverable",
        /// The handset confirmed delivery.
        Delivered = "delivered",
    }
}

impl EvidenceKind {
    /// The rank of the kind; stronger evidence replaces weaker. Confirmation by the handset
    /// outranks every failure, and any report of the provider outranks an unknown outcome or an
    /// earlier refusal.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Refused => 20,
            Self::OutcomeUnknown => 25,
            Self::Accepted | Self::Sent => 30,
            Self::Unconfirmed => 35,
            Self::Throttled => 38,
            Self::OptedOut | Self::Failed => 40,
            Self::Undeliverable => 45,
            Self::Delivered => 60,
        }
    }

    /// Whether the provider accepted the message, which makes it billable.
    #[must_use]
    pub const fn is_billable(self) -> bool {
        match self {
            Self::Accepted
            | Self::Sent
            | Self::Unconfirmed
            | Self::Undeliverable
            | Self::Delivered => true,
            Self::Refused
            | Self::OutcomeUnknown
            | Self::Throttled
            | Self::OptedOut
            | Self::Failed => false,
        }
    }
}

/// An error of the provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProviderError {
    /// The provider's error code, or one of our reason codes.
    pub code: String,
    /// A description for people.
    pub message: String,
}

/// One piece of evidence about one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// When it happened, by the provider's clock; for the HTTP response to a call, when we received
    /// it.
    pub occurred_at: DateTime<Utc>,
    /// Identifier of the evidence; equal ids mean the same evidence.
    pub event_id: String,
    pub provider_message_id: Option<String>,
    /// The number of segments, as the provider counts them.
    pub parts: Option<u32>,
    /// The error, for a failure.
    pub error: Option<ProviderError>,
}
