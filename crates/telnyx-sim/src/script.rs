//! Scripts: how a send is answered, what happens to the message, how its receipts are delivered, and
//! whether the person replies. `magic.rs` and `chaos.rs` choose scripts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The whole course of one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) answer: Answer,
    /// How long the answer takes. A message is accepted *before* the wait, which is the hard case for a
    /// client that gives up.
    pub(crate) latency: Duration,
    pub(crate) fate: Fate,
}

/// How the request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The message is accepted, whatever the client is told.
    Accept(Told),
    /// Refused with this code of Telnyx's catalogue; nothing leaves.
    Refuse(u32),
    /// A proxy's HTML page with status 502; nothing leaves.
    BadGateway,
    /// The connection closes and nothing leaves.
    HangUp,
}

/// What the client is told about an acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The truth.
    Plainly,
    /// The truth, after [`crate::SimConfig::slow_answer`].
    Slowly,
    /// Nothing: the connection closes.
    Nothing,
    /// A 200 with something that is not JSON.
    Garbled,
    /// A 500.
    AsFailure,
}

/// The fate of an accepted message. It is stored in the ledger, so that a restart continues it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// What happens to the message.
    pub outcome: Outcome,
    /// How the receipts are delivered.
    pub receipts: Receipts,
    /// What the person texts back, if anything.
    pub reply: Option<Reply>,
}

/// What happens to an accepted message; the numbers are Telnyx's error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sent, then delivered.
    Delivered,
    /// Sent, then `delivery_failed`.
    DeliveryFailed(u32),
    /// Never left: `sending_failed`.
    SendingFailed(u32),
    /// Its validity period ended in the queue: `expired`.
    Expired,
    /// Sent, then `delivery_unconfirmed`: the carrier gave no delivery receipt.
    Unconfirmed,
    /// Sent, and then no further event.
    SentOnly,
    /// Sent, `delivery_failed` with 40008, and then `delivered`.
    DeliveredAfterFailed,
    /// Sent, `delivery_unconfirmed`, and then `delivered`.
    DeliveredAfterUnconfirmed,
    /// Sent, `delivered`, and then a contradicting `delivery_failed` with 40008.
    FailedAfterDelivered,
}

/// How receipts are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipts {
    /// One webhook per fact, in order.
    Normal,
    /// No webhook at all; `GET /v2/messages/{id}` still reports the status.
    None,
    /// Delayed by [`crate::SimConfig::late_receipt_delay`], after everything else.
    Late,
    /// Each webhook three times, with the same event id.
    Duplicated,
    /// The last fact's webhook first, then the earlier ones.
    Shuffled,
    /// Preceded by an event with an undocumented type and status.
    Unlisted,
}

/// What a person texts back after the last fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The provider's opt-out keyword.
    Stop,
    /// The provider's help keyword.
    Help,
    /// An ordinary answer.
    Interested,
}

impl Reply {
    /// The text of the reply.
    pub fn text(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Help => "HELP",
            Self::Interested => "Yes, please call me tomorrow",
        }
    }
}

impl Fate {
    /// Delivered, receipts in order, no reply.
    pub const DELIVERED: Self = Self {
        outcome: Outcome::Delivered,
        receipts: Receipts::Normal,
        reply: None,
    };

    pub(crate) const fn outcome(outcome: Outcome) -> Self {
        Self {
            outcome,
            ..Self::DELIVERED
        }
    }

    pub(crate) const fn receipts(receipts: Receipts) -> Self {
        Self {
            receipts,
            ..Self::DELIVERED
        }
    }

    pub(crate) const fn reply(reply: Reply) -> Self {
        Self {
            reply: Some(reply),
            ..Self::DELIVERED
        }
    }
}

impl Script {
    /// Accepted at once and delivered.
    pub(crate) const DELIVERED: Self = Self::accepted(Fate::DELIVERED);

    pub(crate) const fn accepted(fate: Fate) -> Self {
        Self {
            answer: Answer::Accept(Told::Plainly),
            latency: Duration::ZERO,
            fate,
        }
    }

    pub(crate) const fn answered(answer: Answer) -> Self {
        Self {
            answer,
            ..Self::DELIVERED
        }
    }
}
