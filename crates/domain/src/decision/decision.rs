//! The result of `decide`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::digest::RecordDigest;
use super::snapshot::Snapshot;
use super::trace::{DecisionRecord, Trace};
use crate::case::features::TextFeatures;
use crate::facts::{Context, OrgFacts};
use crate::message::{Decision, Submission};

/// A decision with its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub decision: Decision,
    /// The verdicts of all rules and the results for all numbers.
    pub trace: Trace,
    /// What the decision read of the text.
    pub features: TextFeatures,
}

/// What a decision rested on: with it, the decision can be judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The facts of this decision.
    pub snapshot: Snapshot,
    /// The organization's facts, of which [`super::OrganizationSnapshot`] keeps what changes seldom.
    pub organization: Arc<OrgFacts>,
}

/// A decision that confirmed the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Stands for its record.
    pub digest: RecordDigest,
    /// What it rested on.
    pub basis: Basis,
}

impl Decided {
    /// What the decision about `submission` rested on.
    #[must_use]
    pub fn basis(&self, submission: &Submission, context: &Context, now: DateTime<Utc>) -> Basis {
        Basis {
            snapshot: Snapshot::of(submission, &self.features, context, now),
            organization: Arc::clone(&context.org),
        }
    }

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
            waits_for: None,
        }
    }
}
