//! Redecision: a waiting message is decided again with current facts before it is sent, because its
//! validity may have ended, the lead may have a new number, or a rule may refuse it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::decision::decide;
use crate::facts::Context;
use crate::lifecycle::{HistorySource, MessageChange, Trigger};
use crate::message::{Message, State, Submission};

/// The maximum age of a decision when its message is sent. It bounds how outdated the hours, the
/// consent and the other facts may be.
const MOST_AGE: TimeDelta = TimeDelta::seconds(1);

/// The outcome of a redecision.
#[must_use = "a change has no effect until it is committed"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redecided {
    /// The message is sent now: [`MessageChange::claimed`] begins its attempt.
    Leaves(MessageChange),
    /// The message is not sent now.
    Stays(MessageChange),
}

impl Redecided {
    /// Decides at `now` on a message that was claimed from the queue; `None` when it no longer waits,
    /// or when its conversation no longer exists. An expired message needs no facts.
    #[must_use]
    pub fn of(claimed: Message, context: Option<Context>, now: DateTime<Utc>) -> Option<Self> {
        if now >= claimed.expires_at() {
            return MessageChange::expired(claimed, now).ok().map(Self::Stays);
        }
        let claimed_through = claimed.lanes();
        let context = claimed.left_out_of(context?);
        let message = addressed_to_the_lead(claimed, &context);
        let decided = decide(&message.submission, &context, now);
        let (trigger, source) = (Trigger::Judged, HistorySource::Dispatch);
        let judged =
            MessageChange::judged(message, trigger, &decided, &context, source, now).ok()?;
        let is_queued = matches!(judged.message.state, State::Queued { .. });
        // A message whose lanes changed waits in its new lanes until it is claimed from there.
        let leaves = is_queued
            && judged
                .message
                .passes_lanes(&context, claimed_through.as_ref());
        Some(if leaves {
            Self::Leaves(judged)
        } else {
            Self::Stays(judged)
        })
    }
}

/// The facts refer to the lead's current number, so the message must go to that number too.
fn addressed_to_the_lead(message: Message, context: &Context) -> Message {
    let submission = Submission {
        to: context.message.lead.phone.clone(),
        ..message.submission.clone()
    };
    message.with_submission(submission)
}

impl MessageChange {
    /// The change of a queued message after a pause, or after its number was taken away, decided at `now` and not
    /// sent: it waits for the resumption or in the lane of another number, or no longer. `None` where it may stay
    /// as it is. A message that waits for its retry keeps the time of it, unless it is paused.
    #[must_use]
    pub fn after_pause(queued: Message, context: Context, now: DateTime<Utc>) -> Option<Self> {
        let number = queued.route.as_ref().map(|route| route.number_id);
        let waits_for_retry = queued.next_retry_at().is_some();
        if !matches!(queued.state, State::Queued { .. }) || now >= queued.expires_at() {
            return None;
        }
        let context = queued.left_out_of(context);
        let message = addressed_to_the_lead(queued, &context);
        let decided = decide(&message.submission, &context, now);
        let (trigger, source) = (Trigger::Judged, HistorySource::Dispatch);
        let change = Self::judged(message, trigger, &decided, &context, source, now).ok()?;
        let after = &change.message;
        let stays = matches!(after.state, State::Queued { .. })
            && after.route.as_ref().map(|route| route.number_id) == number;
        (after.is_paused() || (!stays && !waits_for_retry)).then_some(change)
    }

    /// Whether the decision behind the change is recent enough to be committed at `now`.
    #[must_use]
    pub fn is_recent(&self, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.message.timeline.modified_at) <= MOST_AGE
    }
}
