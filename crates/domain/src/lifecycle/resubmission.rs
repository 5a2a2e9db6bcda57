//! What a resubmission must keep of the message that it tries again or replaces.

use crate::case::wording::Wording;
use crate::facts::Context;
use crate::message::{Message, Submission, TrafficType};

/// Why a submission cannot take the place of a message's own. The sentences are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResubmissionRefused {
    /// Nothing can be compared with the text any more.
    #[error("the message's text was erased after its time: send a new message")]
    TextErased,
    /// A key of the other kind asks; the message is of this traffic.
    #[error("{}", of_other_kind(*.0))]
    OtherTraffic(TrafficType),
    /// What may have left already must not leave a second time as something else.
    #[error("a message that was attempted is tried again with its own conversation and text")]
    OtherContent,
}

/// Whether `submission` may take the place of an existing message's own. Whether a message may reach a
/// person is settled when it is accepted, so the traffic never changes.
///
/// # Errors
/// [`ResubmissionRefused`].
pub fn check(existing: &Message, submission: &Submission) -> Result<(), ResubmissionRefused> {
    let own = &existing.submission;
    let is_same_content =
        own.conversation_id == submission.conversation_id && own.text == submission.text;
    if own.text.is_erased() {
        Err(ResubmissionRefused::TextErased)
    } else if own.traffic != submission.traffic {
        Err(ResubmissionRefused::OtherTraffic(own.traffic))
    } else if was_attempted(existing) && !is_same_content {
        Err(ResubmissionRefused::OtherContent)
    } else {
        Ok(())
    }
}

/// Whether a repeated idempotency key may answer a request with the message that it made. A request by a key of the
/// other kind is another request: a client must not take a test for its message. `requested` is the traffic of the new
/// request, where its organization is known. A stored `FailedAttempt` does not tell which kind made it.
#[must_use]
pub fn may_answer(made: TrafficType, requested: Option<TrafficType>) -> bool {
    made == TrafficType::FailedAttempt || requested.is_none_or(|traffic| traffic == made)
}

/// A message that was attempted is tried again with the words that policy added to its text, whether
/// the client repeats them or not.
#[must_use]
pub fn with_own_text(
    submission: Submission,
    existing: Option<&Message>,
    context: &Context,
) -> Submission {
    let attempted = existing.filter(|message| was_attempted(message));
    let Some(Submission { text, segments, .. }) = attempted.map(|message| &message.submission)
    else {
        return submission;
    };
    if Wording::as_first_message(&submission, context).as_ref() != Some(text) {
        return submission;
    }
    Submission {
        text: text.clone(),
        segments: *segments,
        ..submission
    }
}

fn was_attempted(message: &Message) -> bool {
    message.attempts.last > 0
}

const fn of_other_kind(existing: TrafficType) -> &'static str {
    match existing {
        TrafficType::Test => {
            "is a test message, which only a test key sends again: to reach a person, send a new \
             message"
        }
        TrafficType::RealLead => {
            "is a live message, which only a live key sends again: to test, send a new message"
        }
        TrafficType::FailedAttempt => {
            "is too old to tell whether it was a test: send a new message"
        }
        TrafficType::Warmup | TrafficType::SystemInternal => {
            "is one of the system's own messages, which are not sent again"
        }
    }
}
