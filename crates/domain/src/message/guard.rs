//! What must hold, besides the status, for a transition.

use super::attempt::Attempt;
use super::content::TrafficType;
use super::event::Event;
use super::message::{Message, SendingPhase, State};
use crate::values::reason::Reason;

/// What must hold, besides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Always,
    /// The message is no answer of the system's own, such as the opt-out's confirmation.
    NotSystemInternal,
    /// No attempt was made.
    NeverTried,
    /// Whether the last attempt left is known, or an operator insists although it may have.
    OutcomeIsKnownOrForced,
    /// The call ended without a usable answer.
    OutcomeIsUnknown,
    /// The evidence is about the attempt that the row shows.
    NewestAttempt,
    /// The same, and the next try falls within the message's validity.
    NextTryIsValid,
    /// The same, and the next try falls after it.
    NoTryIsValid,
    /// The same, and a person was told that nobody knows whether the attempt left.
    WasGivenUp,
}

/// What guards look at besides the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Circumstances {
    is_forced: bool,
    is_newest: bool,
    has_next_try: bool,
}

impl Circumstances {
    pub(super) const fn of_event(event: &Event) -> Self {
        Self {
            is_forced: matches!(
                event,
                Event::Resubmitted {
                    is_forced: true,
                    ..
                }
            ),
            is_newest: false,
            has_next_try: false,
        }
    }

    pub(super) fn of_evidence(message: &Message, attempt: &Attempt) -> Self {
        Self {
            is_forced: false,
            is_newest: message.attempts.is_current(attempt),
            has_next_try: message.next_try(attempt).is_some(),
        }
    }
}

impl Guard {
    /// For people; empty when nothing must hold.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::NotSystemInternal => "it is no answer of the system's own",
            Self::NeverTried => "no attempt was made",
            Self::OutcomeIsKnownOrForced => "the outcome is known, or an operator insists",
            Self::OutcomeIsUnknown => "the outcome is unknown",
            Self::NewestAttempt => "about the newest attempt",
            Self::NextTryIsValid => "about the newest attempt; validity remains for another try",
            Self::NoTryIsValid => "about the newest attempt; its validity ends before another try",
            Self::WasGivenUp => "about the newest attempt, which was given up as unknown",
        }
    }

    pub(super) fn holds(self, message: &Message, circumstances: Circumstances) -> bool {
        let Circumstances {
            is_forced,
            is_newest,
            has_next_try,
        } = circumstances;
        match self {
            Self::Always => true,
            Self::NotSystemInternal => message.submission.traffic != TrafficType::SystemInternal,
            Self::NeverTried => message.attempts.last == 0,
            Self::OutcomeIsKnownOrForced => is_forced || !is_given_up(message),
            Self::OutcomeIsUnknown => matches!(
                message.state,
                State::Sending(SendingPhase::OutcomeUnknown { .. })
            ),
            Self::NewestAttempt => is_newest,
            Self::NextTryIsValid => is_newest && has_next_try,
            Self::NoTryIsValid => is_newest && !has_next_try,
            Self::WasGivenUp => is_newest && is_given_up(message),
        }
    }
}

/// Failed, and nobody knows whether the message left.
pub(super) fn is_given_up(message: &Message) -> bool {
    matches!(&message.state, State::Failed(error) if error.code == Reason::OutcomeUnknown.as_str())
}
