//! What the carrier reports about one attempt. Must not know what it makes of a message.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::wire::wire_enum;

wire_enum! {
    /// What one piece of evidence says, weakest first.
    EvidenceKind {
        /// The provider certainly took nothing: it refused, or nothing reached it.
        Refused = "refused",
        /// Nothing more will be learnt; whether it left stays unknown.
        OutcomeUnknown = "outcome_unknown",
        /// The provider took it.
        Accepted = "accepted",
        /// A carrier took it.
        Sent = "sent",
        /// The carrier will send no receipt.
        Unconfirmed = "unconfirmed",
        /// It did not reach the person because too much was sent at once: it may be tried again.
        Throttled = "throttled",
        /// It did not reach the person, who opted out at the provider.
        OptedOut = "opted_out",
        /// It did not leave the provider.
        Failed = "failed",
        /// It left, and the carrier could not deliver it or it expired in transit.
        Undeliverable = "undeliverable",
        /// The handset confirmed it.
        Delivered = "delivered",
    }
}

impl EvidenceKind {
    /// Stronger evidence replaces weaker. Proof from the handset beats its absence, and any word of
    /// the provider beats our own ignorance or its earlier refusal.
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

    /// Whether the provider took the message, so that it costs money.
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

/// An error as the provider names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProviderError {
    /// The provider's code, or one of our reason codes.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// One piece of evidence about one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it says.
    pub kind: EvidenceKind,
    /// When that happened, by the provider's clock; for our own HTTP answer, when we read it.
    pub occurred_at: DateTime<Utc>,
    /// Names the evidence; the same id is the same evidence.
    pub event_id: String,
    /// The provider's id of the message.
    pub provider_message_id: Option<String>,
    /// Segments by the provider's count.
    pub parts: Option<u32>,
    /// Why it failed.
    pub error: Option<ProviderError>,
}
