//! Pacing: how messages pass the lanes of their number, of the number's campaign and of the account.
//! Must not know where lanes are stored, who takes messages, or in which order they come.
//!
//! A lane admits one message each step, and after a pause at most a moment's worth at once. With its
//! window and twice that moment shared among the window's messages, no window sees more than the pace.
//! Product source: carriers count messages by the minute for a number and a campaign, by the second for
//! an account.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// How many messages a lane admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many in any minute; 0 counts as 1.
    PerMinute(u32),
    /// So many in any second; 0 counts as 1.
    PerSecond(u32),
}

impl Pace {
    /// The time between two messages.
    #[must_use]
    pub fn step(self) -> TimeDelta {
        let (window, most) = match self {
            Self::PerMinute(most) => (62_000_000, most),
            Self::PerSecond(most) => (1_100_000, most),
        };
        TimeDelta::microseconds(window / i64::from(most.max(1)))
    }

    /// How much of a pause is made up for.
    #[must_use]
    pub const fn at_once(self) -> TimeDelta {
        match self {
            Self::PerMinute(_) => TimeDelta::seconds(1),
            // A worker looks at the queue about every 25 ms.
            Self::PerSecond(_) => TimeDelta::milliseconds(50),
        }
    }
}

/// What waits for a pace, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// How often it admits a message.
    pub pace: Pace,
    /// When the next message may pass.
    pub next_at: DateTime<Utc>,
    /// When the last bulk message that was sent to the tail comes back; `None` = the lane has no tail,
    /// because several organizations share it and none may queue up before another.
    pub tail_at: Option<DateTime<Utc>>,
}

impl Lane {
    /// How many messages may pass at `now`.
    #[must_use]
    pub fn room(&self, now: DateTime<Utc>) -> usize {
        let ahead = now.signed_duration_since(self.opens_at(now));
        let Some(micros) = ahead.num_microseconds().filter(|micros| *micros >= 0) else {
            return 0;
        };
        let step = self.pace.step().num_microseconds().unwrap_or(1).max(1);
        usize::try_from(micros / step).map_or(usize::MAX, |steps| steps.saturating_add(1))
    }

    fn opens_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.next_at.max(later(now, -self.pace.at_once()))
    }
}

/// A message that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<K> {
    /// A bulk message that is refused goes to the tail of the lane; any other is next.
    pub is_bulk: bool,
    /// Its lanes, in the order in which it passes them. Those without a pace are left out.
    pub lanes: Vec<K>,
}

/// When a message may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// All its lanes admit it.
    Now,
    /// One of its lanes refuses it until then.
    At(DateTime<Utc>),
}

/// Lets messages pass in their order, and moves the lanes on. A lane moves only by what passed all
/// lanes, so that what waits for its number takes no room of what others share with it. A key without
/// a lane admits everything.
pub fn pass<K: Ord>(
    lanes: &mut BTreeMap<K, Lane>,
    waiting: &[Waiting<K>],
    now: DateTime<Utc>,
) -> Vec<Turn> {
    let mut refused: BTreeMap<&K, i32> = BTreeMap::new();
    let mut turns = Vec::with_capacity(waiting.len());
    for one in waiting {
        let closed = one.lanes.iter().find(|key| {
            let lane = lanes.get(*key);
            lane.is_some_and(|lane| lane.opens_at(now) > now)
        });
        turns.push(
            match closed.and_then(|key| lanes.get_mut(key).map(|lane| (key, lane))) {
                None => {
                    advance(lanes, one, now);
                    Turn::Now
                }
                Some((key, lane)) => {
                    Turn::At(refuse(lane, one.is_bulk, refused.entry(key).or_insert(0)))
                }
            },
        );
    }
    turns
}

fn advance<K: Ord>(lanes: &mut BTreeMap<K, Lane>, one: &Waiting<K>, now: DateTime<Utc>) {
    for key in &one.lanes {
        if let Some(lane) = lanes.get_mut(key) {
            lane.next_at = later(lane.opens_at(now), lane.pace.step());
        }
    }
}

/// The turn of a message that a lane refuses; `before` counts those that wait for its next openings.
fn refuse(lane: &mut Lane, is_bulk: bool, before: &mut i32) -> DateTime<Utc> {
    let step = lane.pace.step();
    if let Some(tail_at) = lane.tail_at.as_mut().filter(|_| is_bulk) {
        *tail_at = later(*tail_at, step).max(lane.next_at);
        return *tail_at;
    }
    let wait = step.checked_mul(*before).unwrap_or(TimeDelta::MAX);
    *before = before.saturating_add(1);
    later(lane.next_at, wait)
}

fn later(at: DateTime<Utc>, wait: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(wait).unwrap_or(at)
}

#[cfg(test)]
mod tests;
