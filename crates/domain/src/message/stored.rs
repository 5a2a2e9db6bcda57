//! Conversion of a message to and from its stored parts. Must not know how a store represents them.

use super::message::{Message, MessageParts, State};
use super::status::Status;
use crate::values::billing::Money;

/// Stored parts that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct ImpossibleMessage {
    /// The name of the contradictory part.
    pub field: &'static str,
    pub problem: &'static str,
}

impl Message {
    /// Restores a message from its stored parts.
    ///
    /// # Errors
    /// [`ImpossibleMessage`] when no sequence of transitions leads to these parts.
    pub fn from_stored(parts: MessageParts) -> Result<Self, ImpossibleMessage> {
        let message = Self {
            parts,
            is_resubmitted: false,
        };
        match INVARIANTS
            .iter()
            .find(|invariant| !(invariant.holds)(&message))
        {
            Some(broken) => Err(broken.error),
            None => Ok(message),
        }
    }

    /// The parts to store.
    #[must_use]
    pub fn into_parts(self) -> MessageParts {
        self.parts
    }

    /// The message as stored once its change is written.
    #[must_use]
    pub fn committed(mut self) -> Self {
        self.parts.version = self.parts.version.saturating_add(1);
        self.is_resubmitted = false;
        self
    }
}

/// The invariants of every message.
struct Invariant {
    holds: fn(&Message) -> bool,
    error: ImpossibleMessage,
}

const INVARIANTS: &[Invariant] = &[
    invariant("version", "is negative", |message| message.version >= 0),
    invariant("segments", "is zero", |message| {
        message.submission.segments > 0
    }),
    invariant("attempts_counted", "exceeds attempts_last", |message| {
        message.attempts.counted <= message.attempts.last
    }),
    invariant(
        "attempts_last",
        "does not fit the status",
        |message| match message.status() {
            Status::Draft | Status::Received => message.attempts.last == 0,
            Status::Sending | Status::Sent | Status::Delivered | Status::Undeliverable => {
                message.attempts.last > 0
            }
            Status::Scheduled
            | Status::Queued
            | Status::Failed
            | Status::OptedOut
            | Status::BlockedCompliance
            | Status::BlockedBilling
            | Status::BlockedMissingCampaign
            | Status::Canceled => true,
        },
    ),
    invariant("number_id", "is missing", |message| {
        !is_leaving(message) || message.route.is_some()
    }),
    invariant("hold", "is negative", |message| {
        message.billing.hold >= Money::ZERO
    }),
    invariant("hold", "is kept after the message ended", |message| {
        is_leaving(message) || message.billing.hold == Money::ZERO
    }),
];

const fn invariant(
    field: &'static str,
    problem: &'static str,
    holds: fn(&Message) -> bool,
) -> Invariant {
    Invariant {
        holds,
        error: ImpossibleMessage { field, problem },
    }
}

/// Allowed and not yet answered by the provider: a number is chosen, and money may be held.
fn is_leaving(message: &Message) -> bool {
    matches!(message.state, State::Queued { .. } | State::Sending(_))
}
