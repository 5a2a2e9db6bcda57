//! The result of `decide`.

use chrono::{DateTime, Utc};

use super::trace::{DecisionRecord, Trace};
use crate::message::Decision;

/// A decision with its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The outcome.
    pub decision: Decision,
    /// The verdicts of all rules and the results for all numbers.
    pub trace: Trace,
}

impl Decided {
    /// The most losing numbers in a record.
    const RECORDED_LOSERS: usize = 20;

    /// The decision as it is stored.
    #[must_use]
    pub fn record(&self, at: DateTime<Utc>) -> DecisionRecord {
        let (outcome, reason) = self.decision.outcome();
        let others_count = u32::try_from(self.trace.others.len()).unwrap_or(u32::MAX);
        let mut trace = self.trace.clone();
        trace.others.truncate(Self::RECORDED_LOSERS);
        DecisionRecord {
            at,
            outcome: outcome.to_owned(),
            reason,
            trace,
            others_count,
        }
    }
}
