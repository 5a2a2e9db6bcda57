//! What happens to one send: how it is answered, what becomes of the message, how its receipts
//! come and whether the person replies. Where a script comes from is `magic.rs` and `chaos.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The whole course of one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) answer: Answer,
    /// How long the answer takes. An accepted message is accepted *before* the wait: the hard case
    /// for a client that gives up.
    pub(crate) latency: Duration,
    pub(crate) fate: Fate,
}

/// How the request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The message is accepted, whatever the client learns of it.
    Accept(Told),
    /// Refused with this code of Telnyx's catalogue; nothing leaves.
    Refuse(u32),
    /// A proxy's HTML page with status 502; nothing leaves.
    BadGateway,
    /// The connection closes and nothing leaves.
    HangUp,
}

/// What the client is told of an acceptance.
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

/// What becomes of an accepted message. Kept in the ledger, so that a restart continues it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// What happens to the message.
    pub outcome: Outcome,
    /// How we are told.
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
    /// Its validity passed in the queue: `expired`.
    Expired,
    /// Sent, then `delivery_unconfirmed`: the carrier gave no delivery receipt.
    Unconfirmed,
    /// Sent, and then nothing.
    SentOnly,
    /// Sent, `delivery_failed` with 40008, and `delivered` after all.
    DeliveredAfterFailed,
    /// Sent, `delivery_unconfirmed`, and `delivered` after all.
    DeliveredAfterUnconfirmed,
    /// Sent, `delivered`, and a contradicting `delivery_failed` with 40008.
    FailedAfterDelivered,
}

/// How receipts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipts {
    /// One webhook per fact, in order.
    Normal,
    /// No webhook at all; `GET /v2/messages/{id}` still knows.
    None,
    /// Later than everything else, by [`crate::SimConfig::late_receipt_delay`].
    Late,
    /// Each webhook three times, with one event id.
    Duplicated,
    /// The last fact's webhook first, then the earlier ones.
    Shuffled,
    /// Preceded by an event of a type and a status that no document lists.
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
