//! What differs, summed up: how many decisions, messages and people pass from which result to which other, by which
//! rule, and the most telling examples. Summaries of parts of a history can be put together; the order does not
//! matter, but for messages whose decisions stand in several parts, which count in each.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId};
use sms_domain::values::reason::Reason;

use crate::case::{NotReplayable, StoredCase};
use crate::judging::{Change, Replayed, Tally};
use crate::never::Never;
use crate::outcome::Outcome;
use crate::word::Aspect;

/// The most examples of a transition that are kept.
const OF_A_CELL: usize = 10;

/// The most examples that are shown.
const SHOWN: usize = 10;

/// The most people that are told apart in a transition.
const PEOPLE: usize = 1_000_000;

/// What came of judging decisions again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The decisions that were looked at.
    pub decisions: u64,
    /// This build against the records.
    pub code: Comparison,
    /// The candidate against this build.
    pub candidate: Comparison,
}

/// What came of comparing decisions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Decisions with the same result.
    pub same: u64,
    /// The others, by what became of them.
    pub changed: BTreeMap<Transition, Cell>,
    /// Those that could not be judged, by the reason.
    pub not_replayable: BTreeMap<NotReplayable, u64>,
}

/// From which result to which, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transition {
    pub from: (Outcome, Option<Reason>),
    pub to: (Outcome, Option<Reason>),
    /// The first thing that differs.
    pub aspect: Aspect,
    /// The rule that makes the difference.
    pub rule: String,
}

/// What passes by one transition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    pub decisions: u64,
    pub messages: u64,
    /// The people to whom the messages go.
    pub people: People,
    pub organizations: BTreeSet<OrganizationId>,
    /// The segments of the messages.
    pub segments: u64,
    /// The price of the messages.
    pub price: Money,
    examples: BTreeMap<u64, Example>,
    last: Option<MessageId>,
}

/// A number of different people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct People(HashSet<u64>);

/// A changed decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// The instant of the decision.
    pub at: DateTime<Utc>,
    /// What the traces say differently, the results first.
    pub lines: Vec<String>,
}

impl Summary {
    /// Adds a case that was judged again.
    pub fn add(&mut self, case: &StoredCase, replayed: Replayed) {
        let Replayed {
            code,
            candidate,
            tally,
        } = replayed;
        self.decisions += 1;
        self.code.add(case, code, tally);
        if let Some(candidate) = candidate {
            self.candidate.add(case, candidate, tally);
        }
    }

    /// Adds the summary of another part of the history.
    pub fn merge(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.code.merge(other.code);
        self.candidate.merge(other.candidate);
    }

    /// Whether a result differs anywhere.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !(self.code.changed.is_empty() && self.candidate.changed.is_empty())
    }

    /// Whether a decision could not be judged.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !(self.code.not_replayable.is_empty() && self.candidate.not_replayable.is_empty())
    }

    /// Whether one of the transitions occurs that must not.
    #[must_use]
    pub fn has(&self, never: &[Never]) -> bool {
        let mut transitions = self
            .code
            .changed
            .keys()
            .chain(self.candidate.changed.keys());
        transitions.any(|one| never.iter().any(|never| never.forbids(one.from, one.to)))
    }
}

impl Comparison {
    fn add(
        &mut self,
        case: &StoredCase,
        result: Result<Option<Box<Change>>, NotReplayable>,
        tally: Tally,
    ) {
        match result {
            Ok(None) => self.same += 1,
            Ok(Some(change)) => {
                let cell = self.changed.entry(Transition::of(&change)).or_default();
                cell.add(case, &change, tally);
            }
            Err(reason) => *self.not_replayable.entry(reason).or_default() += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.same += other.same;
        for (transition, cell) in other.changed {
            self.changed.entry(transition).or_default().merge(cell);
        }
        for (reason, count) in other.not_replayable {
            *self.not_replayable.entry(reason).or_default() += count;
        }
    }

    /// The decisions that differ.
    #[must_use]
    pub fn differing(&self) -> u64 {
        self.changed.values().map(|cell| cell.decisions).sum()
    }

    /// The most telling examples: at most ten, of each transition in turn, first those of messages that were refused
    /// and would leave, then those of messages that would leave no longer, and of those the more frequent.
    #[must_use]
    pub fn examples(&self) -> Vec<(&Transition, &Example)> {
        let mut cells: Vec<_> = self.changed.iter().collect();
        cells.sort_by_key(|(transition, cell)| {
            (transition.weight(), std::cmp::Reverse(cell.decisions))
        });
        let nth = |n| {
            let found = cells.iter().filter_map(move |&(transition, cell)| {
                Some((transition, cell.examples.values().nth(n)?))
            });
            found.collect::<Vec<_>>()
        };
        (0..OF_A_CELL).flat_map(nth).take(SHOWN).collect()
    }
}

impl Transition {
    /// The transition of a change.
    #[must_use]
    pub fn of(change: &Change) -> Self {
        Self {
            from: (change.from.gist.outcome, change.from.gist.reason),
            to: (change.to.gist.outcome, change.to.gist.reason),
            aspect: change.aspect,
            rule: change.tipped_by(),
        }
    }

    /// The smaller, the more telling.
    fn weight(&self) -> u8 {
        match (self.from.0, self.to.0) {
            _ if self.aspect != Aspect::Outcome => 4,
            (Outcome::Allowed, Outcome::Allowed) => 4,
            (Outcome::Deferred, Outcome::Allowed) => 1,
            (_, Outcome::Allowed) => 0,
            (Outcome::Allowed, _) => 2,
            _ => 3,
        }
    }
}

impl Cell {
    fn add(&mut self, case: &StoredCase, change: &Change, tally: Tally) {
        self.decisions += 1;
        self.organizations.insert(case.organization_id);
        if let Some(person) = tally.person {
            self.people.add(person);
        }
        if self.last != Some(case.message_id) {
            self.last = Some(case.message_id);
            self.messages += 1;
            self.segments += u64::from(tally.segments);
            self.price = self.price.plus(tally.price);
        }
        let key = mixed(case.message_id.as_uuid().as_u64_pair());
        let is_kept = self.examples.len() < OF_A_CELL
            || self
                .examples
                .last_key_value()
                .is_some_and(|(last, _)| key < *last);
        if is_kept && !self.examples.contains_key(&key) {
            let example = Example {
                organization_id: case.organization_id,
                message_id: case.message_id,
                at: change.at,
                lines: change.lines(),
            };
            self.keep([(key, example)]);
        }
    }

    fn merge(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.messages += other.messages;
        self.segments += other.segments;
        self.price = self.price.plus(other.price);
        self.organizations.extend(other.organizations);
        self.people.merge(other.people);
        self.keep(other.examples);
        self.last = other.last.or(self.last);
    }

    /// Keeps those with the smallest keys, so that the choice does not depend on the order.
    fn keep(&mut self, examples: impl IntoIterator<Item = (u64, Example)>) {
        self.examples.extend(examples);
        while self.examples.len() > OF_A_CELL {
            self.examples.pop_last();
        }
    }
}

impl People {
    fn add(&mut self, person: LeadId) {
        if self.0.len() < PEOPLE {
            self.0.insert(mixed(person.as_uuid().as_u64_pair()));
        }
    }

    fn merge(&mut self, other: Self) {
        for person in other.0 {
            if self.0.len() < PEOPLE {
                self.0.insert(person);
            }
        }
    }

    /// How many there are, at most a million.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there may be more than are counted.
    #[must_use]
    pub fn is_at_least(&self) -> bool {
        self.0.len() >= PEOPLE
    }
}

/// A number that looks random, of an id.
fn mixed((high, low): (u64, u64)) -> u64 {
    let mut value = high.rotate_left(32) ^ low;
    for _ in 0..2 {
        value = (value ^ (value >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    value ^ (value >> 29)
}
