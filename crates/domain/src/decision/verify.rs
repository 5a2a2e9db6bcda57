//! Whether a stored decision comes out the same when it is judged again. Must not know where decisions are
//! stored.

use super::snapshot::{OrganizationSnapshot, Snapshot};
use super::trace::{DecisionRecord, is_by_these_rules};
use crate::law::RuleData;

/// The result of judging a stored decision again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The decision and its trace are identical.
    Same,
    /// This build and law decide otherwise on the same facts, or the facts are not those of the decision.
    Different {
        /// The decision as this build makes it.
        judged: Box<DecisionRecord>,
    },
    /// Another build, law or version of the zone data decided; nothing is judged.
    OtherRules,
    /// The snapshots do not belong together.
    Unreadable,
}

impl Verified {
    /// Judges a stored decision again by this build and `rules`.
    #[must_use]
    pub fn of(
        record: &DecisionRecord,
        snapshot: &Snapshot,
        organization: &OrganizationSnapshot,
        rules: &'static RuleData,
    ) -> Self {
        if !is_by_these_rules(&record.trace.rules_version, rules) {
            return Self::OtherRules;
        }
        let Ok(restored) = snapshot.restore(organization, rules) else {
            return Self::Unreadable;
        };
        let judged = DecisionRecord {
            // What followed after the decision is not judged.
            waits_for: record.waits_for,
            ..restored.judge().record(restored.now)
        };
        if judged == *record {
            Self::Same
        } else {
            Self::Different {
                judged: Box::new(judged),
            }
        }
    }
}
