//! A number before a selection: what each gate found. This module must not know any gate or strategy.

use chrono::{DateTime, Utc};

use super::gates::{GATES, GateCode, Obstacle};
use crate::case::Case;
use crate::facts::NumberFacts;
use crate::values::ids::PhoneNumberId;
use crate::values::reason::Reason;

/// A number with everything that is against it.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// The number.
    pub number: &'a NumberFacts,
    /// The gates it fails, in the order of the table; empty = it may be chosen.
    pub failures: Vec<(GateCode, Obstacle)>,
}

impl<'a> Candidate<'a> {
    /// Asks every gate.
    pub(super) fn examine(case: &Case<'a>, number: &'a NumberFacts) -> Self {
        let failures = GATES
            .iter()
            .filter_map(|gate| (gate.obstacle)(case, number).map(|found| (gate.code, found)))
            .collect();
        Self { number, failures }
    }

    /// Passed all gates.
    #[must_use]
    pub fn is_survivor(&self) -> bool {
        self.failures.is_empty()
    }

    /// The instant from which it could send, with the reason, when it is only "not now" and the
    /// wait ends by the horizon.
    pub(super) fn not_now(
        &self,
        horizon: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, Reason, PhoneNumberId)> {
        let mut latest = None;
        for (_, obstacle) in &self.failures {
            match *obstacle {
                Obstacle::NotNow { reason, until } => latest = latest.max(Some((until, reason))),
                Obstacle::Lasting(_) | Obstacle::Registration | Obstacle::OptedOut => return None,
            }
        }
        let (until, reason) = latest?;
        (until <= horizon).then_some((until, reason, self.number.id))
    }

    /// Whether one lasting obstacle is all that is against it, apart from "not now".
    pub(super) fn fails_only(&self, only: Obstacle) -> bool {
        let mut lasting = self
            .failures
            .iter()
            .map(|(_, obstacle)| *obstacle)
            .filter(|obstacle| !matches!(obstacle, Obstacle::NotNow { .. }))
            .peekable();
        lasting.peek().is_some() && lasting.all(|obstacle| obstacle == only)
    }

    /// The code of the first gate it fails.
    pub(super) fn first_failure(&self) -> &'static str {
        self.failures
            .first()
            .map_or("none", |(code, _)| code.as_str())
    }
}
