//! Transitions that must not occur, as people write them: `opted_out,blocked_compliance -> allowed`.

use std::str::FromStr;

use sms_domain::values::reason::Reason;

use crate::outcome::Outcome;
use crate::word::Gist;

/// A transition that must not occur, from any of some results to any of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Never {
    from: Vec<Named>,
    to: Vec<Named>,
}

/// A result by its outcome, or by its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Outcome(Outcome),
    Reason(Reason),
}

/// The text names no transition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeverError {
    /// There is no arrow, or nothing on one side of it.
    #[error("{0:?} is no transition: expected one such as opted_out,blocked_compliance -> allowed")]
    Form(String),
    /// A word is neither an outcome nor a reason.
    #[error(
        "{0:?} is neither an outcome nor a reason: expected {names}, or a reason such as quiet_hours",
        names = Outcome::ALL.map(Outcome::as_str).join(", ")
    )]
    Unknown(String),
}

impl Never {
    /// Whether the transition from one result to another is this one. A result that stays in a set does not pass it.
    #[must_use]
    pub fn forbids(&self, from: (Outcome, Option<Reason>), to: (Outcome, Option<Reason>)) -> bool {
        let is_in = |results: &[Named], (outcome, reason): (Outcome, Option<Reason>)| {
            results.iter().any(|one| match one {
                Named::Outcome(own) => *own == outcome,
                Named::Reason(own) => Some(*own) == reason,
            })
        };
        from != to && is_in(&self.from, from) && is_in(&self.to, to)
    }

    /// [`Never::forbids`], of two results.
    #[must_use]
    pub fn forbids_gist(&self, from: &Gist, to: &Gist) -> bool {
        self.forbids((from.outcome, from.reason), (to.outcome, to.reason))
    }
}

impl FromStr for Never {
    type Err = NeverError;

    fn from_str(text: &str) -> Result<Self, NeverError> {
        let (from, to) = text
            .split_once("->")
            .ok_or_else(|| NeverError::Form(text.to_owned()))?;
        let (from, to) = (results(from)?, results(to)?);
        if from.is_empty() || to.is_empty() {
            return Err(NeverError::Form(text.to_owned()));
        }
        Ok(Self { from, to })
    }
}

fn results(text: &str) -> Result<Vec<Named>, NeverError> {
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.map(result).collect()
}

fn result(word: &str) -> Result<Named, NeverError> {
    if let Ok(outcome) = word.parse() {
        return Ok(Named::Outcome(outcome));
    }
    let reason = word.parse().map(Named::Reason);
    reason.map_err(|_| NeverError::Unknown(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_is_forbidden_from_each_of_the_first_to_each_of_the_second() {
        let never: Never = "opted_out, blocked_compliance->allowed".parse().unwrap();
        let allowed = (Outcome::Allowed, None);
        for from in [Outcome::OptedOut, Outcome::BlockedCompliance] {
            assert!(never.forbids((from, None), allowed), "{from}");
        }
        assert!(!never.forbids((Outcome::Deferred, None), allowed));
        assert!(!never.forbids((Outcome::OptedOut, None), (Outcome::Deferred, None)));
    }

    #[test]
    fn a_result_may_be_named_by_its_reason() {
        let never: Never = "quiet_hours -> allowed".parse().unwrap();
        let waits = |reason| (Outcome::Deferred, Some(reason));
        let allowed = (Outcome::Allowed, None);
        assert!(never.forbids(waits(Reason::QuietHours), allowed));
        assert!(!never.forbids(waits(Reason::Paused), allowed));
    }

    #[test]
    fn what_stays_as_it_is_passes_nothing() {
        let never: Never = "allowed -> allowed".parse().unwrap();
        assert!(!never.forbids((Outcome::Allowed, None), (Outcome::Allowed, None)));
    }

    #[test]
    fn a_text_without_an_arrow_or_with_an_unknown_word_is_refused() {
        for text in ["opted_out", "-> allowed", "opted_out -> ", ""] {
            let error = text.parse::<Never>().unwrap_err();
            assert!(matches!(error, NeverError::Form(_)), "{text}");
        }
        let error = "opted_out -> send".parse::<Never>().unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with("\"send\" is neither"), "{said}");
        assert!(said.contains("opted_out, or a reason"), "{said}");
    }
}
