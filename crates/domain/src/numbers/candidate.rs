//! A number in a selection, with the result of each gate. This module must not know any gate or
//! strategy.

use chrono::{DateTime, Utc};

use super::gates::{GATES, GateCode, Obstacle};
use crate::case::Case;
use crate::facts::NumberFacts;
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;

/// A number with the gates that it fails.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    pub number: &'a NumberFacts,
    /// The failed gates, in the order of the table; empty = the number is eligible.
    pub failures: Vec<(GateCode, Obstacle)>,
}

impl<'a> Candidate<'a> {
    /// Evaluates every gate.
    pub(super) fn examine(case: &Case<'a>, number: &'a NumberFacts) -> Self {
        let failures = GATES
            .iter()
            .filter_map(|gate| (gate.obstacle)(case, number).map(|found| (gate.code, found)))
            .collect();
        Self { number, failures }
    }

    /// Whether the number passed all gates.
    #[must_use]
    pub fn is_survivor(&self) -> bool {
        self.failures.is_empty()
    }

    /// When the number can send, with the reason, if all its obstacles are temporary and end by the
    /// horizon.
    pub(super) fn not_now(
        &self,
        horizon: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, Reason, PhoneNumberId)> {
        let mut latest = None;
        for (_, obstacle) in &self.failures {
            match *obstacle {
                Obstacle::NotNow { reason, until } => latest = latest.max(Some((until, reason))),
                Obstacle::Lasting(_)
                | Obstacle::Registration
                | Obstacle::OptedOut
                | Obstacle::Paused => return None,
            }
        }
        let (until, reason) = latest?;
        (until <= horizon).then_some((until, reason, self.number.id))
    }

    /// Whether all lasting obstacles, at least one, are of the given kind.
    pub(super) fn fails_only(&self, only: Obstacle) -> bool {
        let mut lasting = self
            .failures
            .iter()
            .map(|(_, obstacle)| *obstacle)
            .filter(|obstacle| !matches!(obstacle, Obstacle::NotNow { .. } | Obstacle::Paused))
            .peekable();
        lasting.peek().is_some() && lasting.all(|obstacle| obstacle == only)
    }

    /// Whether the number could send, now or later, if it were not paused.
    pub(super) fn is_only_paused(&self) -> bool {
        let is_passing =
            |obstacle: &Obstacle| matches!(obstacle, Obstacle::NotNow { .. } | Obstacle::Paused);
        let mut obstacles = self.failures.iter().map(|(_, obstacle)| obstacle);
        obstacles
            .clone()
            .any(|obstacle| *obstacle == Obstacle::Paused)
            && obstacles.all(is_passing)
    }

    /// The code of the first failed gate.
    pub(super) fn first_failure(&self) -> &'static str {
        self.failures
            .first()
            .map_or("none", |(code, _)| code.as_str())
    }
}
