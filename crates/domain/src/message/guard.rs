//! The conditions of transitions, in addition to the status.

use super::attempt::Attempt;
use super::content::TrafficType;
use super::event::Event;
use super::message::{Message, SendingPhase, State};
use crate::values::reason::Reason;

/// A condition of a transition, in addition to the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// No condition.
    Always,
    /// The message is not a system reply, such as an opt-out confirmation.
    NotSystemInternal,
    /// No attempt was made.
    NeverTried,
    /// The outcome of the last attempt is known, or an operator forces the resubmission.
    OutcomeIsKnownOrForced,
    /// The call ended without a usable response.
    OutcomeIsUnknown,
    /// The evidence is about the attempt that the message shows.
    NewestAttempt,
    /// The same, and the next retry falls within the message's validity.
    NextTryIsValid,
    /// The same, and the next retry falls after the message's validity.
    NoTryIsValid,
    /// The same, and the outcome of the attempt was already reported as unknown.
    WasGivenUp,
}

/// What guards check in addition to the message.
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
    /// The condition for people; empty when there is none.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::NotSystemInternal => "the message is not a system reply",
            Self::NeverTried => "no attempt was made",
            Self::OutcomeIsKnownOrForced => "the outcome is known, or an operator forces it",
            Self::OutcomeIsUnknown => "the outcome is unknown",
            Self::NewestAttempt => "about the newest attempt",
            Self::NextTryIsValid => "about the newest attempt; a retry falls within the validity",
            Self::NoTryIsValid => "about the newest attempt; the validity ends before a retry",
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

/// Failed with an unknown outcome.
pub(super) fn is_given_up(message: &Message) -> bool {
    matches!(&message.state, State::Failed(error) if error.code == Reason::OutcomeUnknown.as_str())
}
