//! Judges stored decisions again and demands the same results. It reads in bounded steps and writes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sms_domain::decision::{DecisionRecord, Verified, WhatWasDecided};
use sms_domain::law::RuleData;
use sms_domain::ports::{DecisionArchive, StoredDecision, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};

use super::pages::DecisionPages;

/// The most examples of differences that are kept.
const EXAMPLES: usize = 10;

/// Judges stored decisions again.
#[derive(Clone)]
pub struct VerifyDecisions {
    archive: Arc<dyn DecisionArchive>,
    rules: &'static RuleData,
}

/// The result of judging stored decisions again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Decisions that came out the same, trace included.
    pub same: u64,
    /// Those among them that confirmed an earlier decision when an attempt began.
    pub confirmations: u64,
    /// Decisions that came out otherwise.
    pub different: u64,
    /// Decisions whose snapshots do not belong together.
    pub unreadable: u64,
    /// Decisions of other builds, laws or zone data, which are not judged.
    pub other_rules: u64,
    /// Decisions of which no facts are kept.
    pub without_facts: u64,
    /// The first ten decisions that came out otherwise.
    pub examples: Vec<DifferentDecision>,
    /// Among those that came out the same: how often each rule had each verdict.
    pub verdicts: BTreeMap<(String, &'static str), u64>,
    /// How often each strategy chose the number.
    pub strategies: BTreeMap<&'static str, u64>,
    /// How often a number failed each gate.
    pub gates: BTreeMap<String, u64>,
}

/// A decision that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferentDecision {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// The stored record; `None` for a decision that confirmed another, of which a digest is kept.
    pub stored: Option<Box<DecisionRecord>>,
    /// The decision as this build makes it.
    pub judged: Box<DecisionRecord>,
}

impl VerifyDecisions {
    /// The use case over its port, under this law.
    #[must_use]
    pub const fn new(archive: Arc<dyn DecisionArchive>, rules: &'static RuleData) -> Self {
        Self { archive, rules }
    }

    /// Judges all decisions about messages that were created since; `None` = all.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn run(&self, since: Option<DateTime<Utc>>) -> Result<Verification, Unavailable> {
        let mut found = Verification::default();
        let mut pages = DecisionPages::new(Arc::clone(&self.archive), since, None);
        while let Some(decisions) = pages.next().await? {
            for decision in &decisions {
                found.add(decision, self.rules);
            }
        }
        Ok(found)
    }
}

impl Verification {
    /// Whether every decision that could be judged came out the same.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.different == 0 && self.unreadable == 0
    }

    fn add(&mut self, decision: &StoredDecision, rules: &'static RuleData) {
        let Some(basis) = &decision.basis else {
            self.without_facts += 1;
            return;
        };
        let decided = &decision.decided;
        match Verified::of(decided, &basis.snapshot, &basis.organization, rules) {
            Verified::Same { judged } => {
                let is_confirmation = matches!(decided, WhatWasDecided::Digest(_));
                self.confirmations += u64::from(is_confirmation);
                self.add_same(&judged);
            }
            Verified::OtherRules => self.other_rules += 1,
            Verified::Unreadable => self.unreadable += 1,
            Verified::Different { judged } => {
                self.different += 1;
                if self.examples.len() < EXAMPLES {
                    self.examples.push(DifferentDecision {
                        organization_id: decision.organization_id,
                        message_id: decision.message_id,
                        stored: match decided {
                            WhatWasDecided::Record(record) => Some(record.clone()),
                            WhatWasDecided::Digest(_) => None,
                        },
                        judged,
                    });
                }
            }
        }
    }

    fn add_same(&mut self, record: &DecisionRecord) {
        self.same += 1;
        for verdict in &record.trace.rules {
            let key = (verdict.rule.to_string(), verdict.verdict.as_str());
            *self.verdicts.entry(key).or_default() += 1;
        }
        if let Some(number) = &record.trace.number {
            *self
                .strategies
                .entry(number.selection.as_str())
                .or_default() += 1;
        }
        for gate in record
            .trace
            .others
            .iter()
            .flat_map(|other| &other.failed_gates)
        {
            *self.gates.entry(gate.to_string()).or_default() += 1;
        }
    }
}
