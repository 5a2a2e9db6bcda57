//! Pacing: rate limits in the lanes of a message's number, the number's campaign and the account.
//! Must not know where lanes are stored, who claims messages, or in which order they come.
//!
//! A lane admits one message per step, and after an idle period at most a short burst. The step is the
//! window plus twice the burst, divided by the messages per window, so no window has more messages than
//! the pace allows. Carriers count messages per minute for a number and a campaign, and per second for
//! an account.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// The rate at which a lane admits messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The most messages in any minute; 0 counts as 1.
    PerMinute(u32),
    /// The most messages in any second; 0 counts as 1.
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

    /// The longest idle time for which a lane catches up.
    #[must_use]
    pub const fn at_once(self) -> TimeDelta {
        match self {
            Self::PerMinute(_) => TimeDelta::seconds(1),
            // A worker polls the queue about every 25 ms.
            Self::PerSecond(_) => TimeDelta::milliseconds(50),
        }
    }
}

/// A lane: its pace and its progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// The pace; `None` = the lane admits every message.
    pub pace: Pace,
    /// When the next message may pass.
    pub next_at: DateTime<Utc>,
    /// When the last bulk message at the tail of the lane is due; `None` = the lane has no tail,
    /// because several organizations share it and none may queue ahead of another.
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

/// A message that waits to pass its lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<K> {
    /// Whether the message is bulk: a refused bulk message goes to the tail of the lane, any other
    /// message is next.
    pub is_bulk: bool,
    /// The lanes of the message, in the order in which it passes them, without lanes that have no
    /// pace.
    pub lanes: Vec<K>,
}

/// When a message may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// All lanes admit the message.
    Now,
    /// A lane refuses the message until this instant.
    At(DateTime<Utc>),
}

/// Passes messages in their order and advances the lanes. Only a message that passes all its lanes
/// advances them, so that a message that waits for its number uses no capacity of shared lanes. A key
/// without a lane admits every message.
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

/// When a message that a lane refuses is due again; `before` is the number of messages that wait
/// for the lane's next openings.
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
