//! A waiting message is decided again before it leaves, with facts as they are now: its validity may
//! have passed, its recipient may have another number, the rules may refuse it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::decision::decide;
use crate::facts::Context;
use crate::lifecycle::{HistorySource, MessageChange, Trigger};
use crate::message::{Message, State, Submission};

/// The oldest decision that a message may leave with. It bounds how far the hours, the consent and the
/// other facts behind the decision may have moved on.
const MOST_AGE: TimeDelta = TimeDelta::seconds(1);

/// What becomes of a waiting message that was decided again.
#[must_use = "a change has no effect until it is committed"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redecided {
    /// It leaves now: [`MessageChange::claimed`] begins its attempt.
    Leaves(MessageChange),
    /// It does not leave now.
    Stays(MessageChange),
}

impl Redecided {
    /// Decides at `now` about a message that was taken from the queue; `None` when it no longer waits,
    /// or when its conversation is gone. An expired message needs no facts.
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
        // A message that changed lanes waits in its new ones until a claim takes it from there.
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

/// The facts are about the number that the lead has now, so the message goes there too.
fn addressed_to_the_lead(message: Message, context: &Context) -> Message {
    let submission = Submission {
        to: context.message.lead.phone.clone(),
        ..message.submission.clone()
    };
    message.with_submission(submission)
}

impl MessageChange {
    /// Whether the decision behind the change is recent enough to be committed at `now`.
    #[must_use]
    pub fn is_recent(&self, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.message.timeline.modified_at) <= MOST_AGE
    }
}
