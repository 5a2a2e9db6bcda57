//! The number that a user chose.

use crate::case::Case;
use crate::message::TrafficType;
use crate::numbers::candidate::Candidate;
use crate::numbers::gates::Obstacle;
use crate::numbers::selection::{Field, Outcome, Pick};
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;

/// A user's choice, for this message or stored for the conversation. It overrides preference but
/// not compliance or capacity, and is never replaced silently: if the number fails a gate, that is
/// the result.
pub(crate) fn manual_override<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let Some(chosen) = instructed_number(field.case) else {
        return Pick::Pass;
    };
    match field.find(chosen) {
        Some(candidate) if candidate.is_survivor() => Pick::Number(candidate.number, None),
        Some(candidate) => Pick::Stop(refusal(field, candidate)),
        None => Pick::Stop(Outcome::NoNumber(Reason::NoEligiblePhoneNumber)),
    }
}

/// The number that a user chose for the message, or else for the conversation. System replies and
/// warm-up messages ignore the choice for the conversation.
pub(crate) fn instructed_number(case: &Case<'_>) -> Option<PhoneNumberId> {
    let of_message = case
        .submission
        .requested_number
        .filter(|_| case.submission.is_manual);
    let of_conversation = match case.traffic() {
        TrafficType::RealLead | TrafficType::Test | TrafficType::FailedAttempt => {
            case.context.message.conversation.override_number
        }
        TrafficType::Warmup | TrafficType::SystemInternal => None,
    };
    of_message.or(of_conversation)
}

fn refusal<'a>(field: &Field<'_, 'a>, candidate: &Candidate<'a>) -> Outcome<'a> {
    if candidate
        .failures
        .iter()
        .any(|(_, obstacle)| *obstacle == Obstacle::OptedOut)
    {
        return Outcome::OptedOut;
    }
    if candidate.fails_only(Obstacle::Registration) {
        return Outcome::Unregistered;
    }
    if candidate.is_only_paused() {
        return Outcome::Paused {
            number: candidate.number.id,
        };
    }
    if let Some((until, reason, number)) = candidate.not_now(field.case.horizon) {
        return Outcome::NotNow {
            number,
            reason,
            until,
        };
    }
    let named = candidate
        .failures
        .iter()
        .find_map(|(_, obstacle)| match obstacle {
            Obstacle::Lasting(reason) => Some(*reason),
            Obstacle::Registration
            | Obstacle::OptedOut
            | Obstacle::NotNow { .. }
            | Obstacle::Paused => None,
        });
    Outcome::NoNumber(named.unwrap_or(Reason::NoEligiblePhoneNumber))
}
