//! What is done about a call whose answer never came. A message leaves a second time only where the
//! account enforces idempotency keys, and then only as the stored bytes under the same key.
//!
//! Must not know how a store or a provider is asked.

use chrono::{DateTime, TimeDelta, Utc};

use crate::lifecycle::retry::Deadlines;
use crate::message::{Attempt, Message};

/// An idempotency key is remembered for 24 hours; the stored bytes are not sent again later than
/// this after the attempt began.
pub const RESEND_WITHIN: TimeDelta = TimeDelta::hours(23);

/// How the lost calls of one account are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// How long everything is waited for.
    pub deadlines: Deadlines,
    /// The account makes one message of all requests with the same key.
    pub enforces_idempotency: bool,
}

/// What is done next about an attempt whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The outcome stays unknown for good.
    GiveUp,
    /// The stored bytes may go out once more.
    Resend {
        /// When the row is looked at again if they do not go out after all.
        otherwise_at: DateTime<Utc>,
    },
    /// The row is looked at again later.
    LookAgain {
        /// When.
        at: DateTime<Utc>,
    },
}

impl Recovery {
    /// When a call that has just been taken for lost is looked at: at once where it may be repeated.
    #[must_use]
    pub fn after_lost_call(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.enforces_idempotency {
            now
        } else {
            self.look_again_at(now)
        }
    }

    /// When an attempt whose outcome is unknown is looked at next.
    #[must_use]
    pub fn look_again_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let wait = if self.enforces_idempotency {
            self.deadlines.resend_every
        } else {
            self.deadlines.unknown
        };
        now.checked_add_signed(wait).unwrap_or(now)
    }

    /// What is done at `now` about the newest attempt of `message`, whose outcome is unknown since
    /// `since`.
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
