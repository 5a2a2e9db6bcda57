//! Whether a stored decision comes out the same when it is judged again. Must not know where decisions are
//! stored.

use super::digest::RecordDigest;
use super::snapshot::{OrganizationSnapshot, Snapshot};
use super::trace::{DecisionRecord, is_by_these_rules};
use crate::law::RuleData;

/// What is stored of a decision besides what it rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatWasDecided {
    /// The whole record.
    Record(Box<DecisionRecord>),
    /// The digest of a record, of a decision that confirmed the one before it.
    Digest(RecordDigest),
}

/// The result of judging a stored decision again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The decision and its trace are identical.
    Same { judged: Box<DecisionRecord> },
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
        stored: &WhatWasDecided,
        snapshot: &Snapshot,
        organization: &OrganizationSnapshot,
        rules: &'static RuleData,
    ) -> Self {
        if let WhatWasDecided::Record(record) = stored
            && !is_by_these_rules(&record.trace.rules_version, rules)
        {
            return Self::OtherRules;
        }
        let Ok(restored) = snapshot.restore(organization, rules) else {
            return Self::Unreadable;
        };
        let judged = Box::new(restored.judge().record(restored.now));
        match stored {
            WhatWasDecided::Record(record) => {
                // What followed after the decision is not judged.
                let waits_for = record.waits_for;
                let judged = Box::new(DecisionRecord {
                    waits_for,
                    ..*judged
                });
                Self::compared(judged == *record, judged)
            }
            WhatWasDecided::Digest(digest) if digest.is_by_the_rules_of(&judged) => {
                Self::compared(judged.digest() == *digest, judged)
            }
            WhatWasDecided::Digest(_) => Self::OtherRules,
        }
    }

    fn compared(is_same: bool, judged: Box<DecisionRecord>) -> Self {
        if is_same {
            Self::Same { judged }
        } else {
            Self::Different { judged }
        }
    }
}
