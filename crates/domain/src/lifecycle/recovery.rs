//! Recovery of calls without a response. A message is sent again only where the account enforces
//! idempotency keys, and then only as the stored bytes under the same key.
//!
//! Must not know how to access a store or a provider.

use chrono::{DateTime, TimeDelta, Utc};

use crate::lifecycle::retry::Deadlines;
use crate::message::{Attempt, Message};

/// The longest time after the beginning of an attempt at which the stored bytes are sent again. The
/// provider keeps an idempotency key for 24 hours.
pub const RESEND_WITHIN: TimeDelta = TimeDelta::hours(23);

/// How lost calls of one account are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// The deadlines of calls and unknown outcomes.
    pub deadlines: Deadlines,
    /// Whether the account enforces idempotency keys: all requests with the same key create one
    /// message.
    pub enforces_idempotency: bool,
}

/// The next step for an attempt whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The outcome stays unknown permanently.
    GiveUp,
    /// The stored bytes may be sent again.
    Resend {
        /// When the message is checked again if they are not sent after all.
        otherwise_at: DateTime<Utc>,
    },
    /// The message is checked again later.
    LookAgain {
        /// When the message is checked again.
        at: DateTime<Utc>,
    },
}

impl Recovery {
    /// When a call that was just declared lost is checked: at once where it may be repeated.
    #[must_use]
    pub fn after_lost_call(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.enforces_idempotency {
            now
        } else {
            self.look_again_at(now)
        }
    }

    /// When an attempt with an unknown outcome is checked next.
    #[must_use]
    pub fn look_again_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let wait = if self.enforces_idempotency {
            self.deadlines.resend_every
        } else {
            self.deadlines.unknown
        };
        now.checked_add_signed(wait).unwrap_or(now)
    }

    /// The step to take at `now` for the newest attempt of `message`, whose outcome is unknown
    /// since `since`.
    #[must_use]
    pub fn next_step(
        &self,
        message: &Message,
        attempt: &Attempt,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> NextStep {
        let give_up_at = self.give_up_at(since);
        if now >= give_up_at {
            return NextStep::GiveUp;
        }
        let at = self.look_again_at(now).min(give_up_at);
        if self.may_resend(message, attempt, now) {
            NextStep::Resend { otherwise_at: at }
        } else {
            NextStep::LookAgain { at }
        }
    }

    fn give_up_at(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let wait = if self.enforces_idempotency {
            self.deadlines.unknown_with_idempotency
        } else {
            self.deadlines.unknown
        };
        since.checked_add_signed(wait).unwrap_or(since)
    }

    fn may_resend(&self, message: &Message, attempt: &Attempt, now: DateTime<Utc>) -> bool {
        self.enforces_idempotency
            && attempt.request.is_some()
            && now.signed_duration_since(attempt.started_at) < RESEND_WITHIN
            && now < message.expires_at()
    }
}
