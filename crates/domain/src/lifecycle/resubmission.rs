//! What a resubmission must leave unchanged in the message that it retries or replaces.

use crate::case::wording::as_first_message;
use crate::facts::Context;
use crate::message::{Message, Submission, TrafficType};

/// Why a submission cannot replace that of a message. The sentences are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResubmissionRefused {
    /// The text is erased, so a comparison is no longer possible.
    #[error("the message's text was erased after its time: send a new message")]
    TextErased,
    /// The request uses a key of the other kind; this is the message's kind of traffic.
    #[error("{}", of_other_kind(*.0))]
    OtherTraffic(TrafficType),
    /// A message that may already have been sent must not be sent again with other content.
    #[error(
        "a message that was attempted is tried again with its own conversation, text and files"
    )]
    OtherContent,
}

/// Whether `submission` may replace that of an existing message. Whether a message may reach a person
/// is fixed at acceptance, so the traffic never changes.
///
/// # Errors
/// [`ResubmissionRefused`] when the submission may not replace the existing one.
pub fn check(existing: &Message, submission: &Submission) -> Result<(), ResubmissionRefused> {
    let own = &existing.submission;
    let is_same_content = own.conversation_id == submission.conversation_id
        && own.text == submission.text
        && have_same_files(own, submission);
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

/// Whether the response to a repeated idempotency key may be the message that it created. A request by
/// an API key of the other kind is a different request: a client must not mistake a test for its
/// message. `requested` is the traffic of the new request, where its organization is known. A stored
/// `FailedAttempt` does not record the original kind.
#[must_use]
pub fn may_answer(made: TrafficType, requested: Option<TrafficType>) -> bool {
    made == TrafficType::FailedAttempt || requested.is_none_or(|traffic| traffic == made)
}

/// A message that was attempted is retried with the words that policy added to its text, whether or
/// not the client repeats them.
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
    if as_first_message(&submission, context).as_ref() != Some(text) {
        return submission;
    }
    Submission {
        text: text.clone(),
        segments: *segments,
        ..submission
    }
}

fn have_same_files(own: &Submission, other: &Submission) -> bool {
    let mut pairs = own.media.iter().zip(&other.media);
    own.media.len() == other.media.len() && pairs.all(|(own, other)| own.is_same_file(other))
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
