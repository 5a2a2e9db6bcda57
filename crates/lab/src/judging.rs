//! One case, judged again.

use std::fmt;

use chrono::{DateTime, Utc};
use sms_domain::decision::{Decided, Trace};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::LeadId;

use crate::candidate::Candidate;
use crate::case::{NotReplayable, Recorded, StoredCase};
use crate::outcome::Outcome;
use crate::word::{Aspect, Gist, Word};

/// How what an earlier decision would have changed is taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Not at all: each decision rests on its recorded facts.
    Independent,
}

/// Which two decisions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The record, and this build under the recorded law and policy: what the code changes.
    Code,
    /// This build under the recorded law and policy, and under the candidate: what the candidate changes.
    Candidate,
}

/// Judges cases again.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    pub candidate: Candidate,
}

/// A case, judged again.
#[derive(Debug)]
pub struct Replayed {
    /// This build against the record.
    pub code: Result<Option<Box<Change>>, NotReplayable>,
    /// The candidate against this build; `None` without a candidate.
    pub candidate: Option<Result<Option<Box<Change>>, NotReplayable>>,
    /// What the message amounts to.
    pub tally: Tally,
}

/// What a message amounts to, in a sum over messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// The person, if known.
    pub person: Option<LeadId>,
    /// The segments of the text.
    pub segments: u32,
    /// The price, whatever the outcome.
    pub price: Money,
}

/// Two decisions about the same case that differ.
#[derive(Debug, Clone)]
pub struct Change {
    /// The instant of both.
    pub at: DateTime<Utc>,
    pub from: Word,
    pub to: Word,
    /// The first thing in which they differ.
    pub aspect: Aspect,
    /// The former trace; `None` where only the word of it is kept.
    pub before: Option<Trace>,
    pub after: Trace,
}

impl Replay {
    /// Judges a case by this build, and then by the candidate.
    #[must_use]
    pub fn judge(&self, case: &StoredCase) -> Replayed {
        match self.judged(case) {
            Ok(replayed) => replayed,
            Err(reason) => Replayed {
                code: Err(reason),
                candidate: (!self.candidate.is_none()).then_some(Err(reason)),
                tally: Tally::default(),
            },
        }
    }

    fn judged(&self, case: &StoredCase) -> Result<Replayed, NotReplayable> {
        let basis = case.basis.as_ref().map_err(|reason| *reason)?;
        let mut restored = basis.restore()?;
        let baseline = restored.judge();
        let at = restored.now;
        let code = against_record(&case.recorded, &baseline, at);
        let tally = Tally {
            person: Some(basis.snapshot.lead_id()),
            segments: restored.segments(),
            price: baseline.trace.price,
        };
        let candidate = (!self.candidate.is_none()).then(|| {
            self.candidate.replace(&mut restored)?;
            Ok(between(baseline, restored.judge(), at))
        });
        Ok(Replayed {
            code: Ok(code),
            candidate,
            tally,
        })
    }
}

/// What this build decides otherwise than is recorded.
fn against_record(recorded: &Recorded, judged: &Decided, at: DateTime<Utc>) -> Option<Box<Change>> {
    let gist = Gist::of(judged);
    let recorded_gist = match recorded {
        Recorded::Word(word) => word.gist,
        Recorded::Confirmed if gist.outcome == Outcome::Allowed => return None,
        Recorded::Confirmed => Gist {
            outcome: Outcome::Allowed,
            reason: None,
            until: None,
            ..gist
        },
    };
    let aspect = recorded_gist.difference(&gist)?;
    let rules = match recorded {
        Recorded::Word(word) => word.rules.clone(),
        Recorded::Confirmed => Vec::new(),
    };
    let from = Word {
        gist: recorded_gist,
        rules,
    };
    Some(Box::new(Change {
        at,
        from,
        to: Word::of(gist, &judged.trace),
        aspect,
        before: None,
        after: judged.trace.clone(),
    }))
}

fn between(before: Decided, after: Decided, at: DateTime<Utc>) -> Option<Box<Change>> {
    let (from, to) = (Gist::of(&before), Gist::of(&after));
    let aspect = from.difference(&to)?;
    Some(Box::new(Change {
        at,
        from: Word::of(from, &before.trace),
        to: Word::of(to, &after.trace),
        aspect,
        before: Some(before.trace),
        after: after.trace,
    }))
}

impl Change {
    /// The rule that makes the difference.
    #[must_use]
    pub fn tipped_by(&self) -> String {
        self.from.tipped_by(&self.to, self.aspect).into_owned()
    }
}

impl Mode {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Independent => "independent",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
