//! A stored decision, ready to be judged again.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sms_domain::decision::{
    DecisionRecord, OrganizationSnapshot, OtherOrganization, Restored, Snapshot,
};
use sms_domain::law::RuleData;
use sms_domain::values::ids::{MessageId, OrganizationId};

use crate::outcome::Outcome;
use crate::word::{Gist, Word};

/// A stored decision.
#[derive(Debug, Clone)]
pub struct StoredCase {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// What was decided.
    pub recorded: Recorded,
    /// What it rested on, unless it cannot be judged again.
    pub basis: Result<CaseBasis, NotReplayable>,
}

/// What a decision rested on.
#[derive(Debug, Clone)]
pub struct CaseBasis {
    /// The law that judged.
    pub law: &'static RuleData,
    /// The facts of the decision.
    pub snapshot: Snapshot,
    /// The organization's facts.
    pub organization: Arc<OrganizationSnapshot>,
    /// Under pseudonyms: how ties between numbers fall, which depends on ids.
    pub ties: Option<Vec<u16>>,
}

/// What is recorded of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recorded {
    /// Its result and what the rules said.
    Word(Box<Word>),
    /// It confirmed, when an attempt began, that the message may leave.
    Confirmed,
}

/// Why a decision cannot be judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NotReplayable {
    /// Its facts are not kept, or no longer.
    NoFacts,
    /// The law that judged is not stored, or this build cannot read it.
    LawUnknown,
    /// Its facts do not belong together.
    Unreadable,
    /// The candidate finds other things in texts, and the text is not kept with the decision.
    TextErased,
}

impl Recorded {
    /// What a record says; `None` for an outcome that this build does not know.
    #[must_use]
    pub fn of(record: &DecisionRecord) -> Option<Self> {
        let trace = &record.trace;
        let gist = Gist {
            outcome: Outcome::of_record(&record.outcome, record.reason)?,
            reason: record.reason,
            until: trace.earliest,
            number: trace.number.as_ref().map(|number| number.id),
            price: trace.price,
        };
        Some(Self::Word(Box::new(Word::of(gist, trace))))
    }
}

impl CaseBasis {
    /// The arguments of the decision, under the recorded law.
    pub(crate) fn restore(&self) -> Result<Restored, NotReplayable> {
        let restored = self.snapshot.restore(&self.organization, self.law);
        let mut restored = restored.map_err(|OtherOrganization| NotReplayable::Unreadable)?;
        if let Some(ties) = &self.ties {
            restored.keep_ties(ties);
        }
        Ok(restored)
    }
}

impl NotReplayable {
    /// The reason, for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoFacts => "no facts are kept",
            Self::LawUnknown => "the recorded law is not stored",
            Self::Unreadable => "the facts do not belong together",
            Self::TextErased => "text erased",
        }
    }
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
