//! How a pace is lowered when a carrier takes too much at once, and raised again. Must not know how
//! paces are kept or what a carrier's words for "too much" are.
//!
//! Hysteresis: a pace is halved at once and doubled only after minutes without a complaint; what left
//! before the pace was lowered lowers it no further. A lowered pace is never a rest: it stays above
//! nothing, so that whoever uses the number goes on.

use chrono::{DateTime, TimeDelta, Utc};

use crate::values::ids::{CampaignId, OrganizationId, PhoneNumberId};

/// What has a pace that carriers may find too high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacedLane {
    /// A number.
    Number(OrganizationId, PhoneNumberId),
    /// All numbers of a campaign together.
    Campaign(OrganizationId, CampaignId),
}

/// A pace below the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowdown {
    /// Messages a minute, at least 1.
    pub per_minute: u32,
    /// When it was set, or complained about last.
    pub since: DateTime<Utc>,
}

/// What is known of a lane's pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanePace {
    /// Whose.
    pub lane: PacedLane,
    /// Its usual pace, messages a minute; `None` = without a limit.
    pub usual: Option<u32>,
    /// The pace it is kept to for the time being.
    pub slowdown: Option<Slowdown>,
}

/// The first pace of what had no limit: carriers allow a campaign with little traffic about one
/// message a second (AT&T's class T), a number half of that is safe.
const FIRST: u32 = 30;

/// No pace is lowered further by halving: one message every ten seconds.
const LOWEST: u32 = 6;

/// A raised pace beyond this is none any more, where there is no usual one.
const NO_LIMIT_FROM: u32 = 60;

impl Slowdown {
    /// Complaints this soon after the last step are about what left before it.
    pub const SETTLES_WITHIN: TimeDelta = TimeDelta::seconds(30);

    /// A pace is raised after as long without a complaint.
    pub const EASES_AFTER: TimeDelta = TimeDelta::minutes(2);

    /// A complaint that is known later than this says nothing about the present.
    const STALE_AFTER: TimeDelta = TimeDelta::minutes(10);

    /// Whether a complaint of `at` comes too late at `now` to lower a pace.
    #[must_use]
    pub fn is_stale(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(at) > Self::STALE_AFTER
    }
}

impl LanePace {
    /// The pace after a complaint at `now`; `None` when it stays as it is.
    #[must_use]
    pub fn lowered(&self, now: DateTime<Utc>) -> Option<Slowdown> {
        let lowest = self.usual.map_or(LOWEST, |usual| usual.min(LOWEST)).max(1);
        let halved = match (self.slowdown, self.usual) {
            (Some(slowdown), _) if is_within(slowdown, now, Slowdown::SETTLES_WITHIN) => {
                return None;
            }
            (Some(slowdown), _) => slowdown.per_minute.div_ceil(2),
            (None, Some(usual)) => usual.div_ceil(2),
            (None, None) => FIRST,
        };
        Some(Slowdown {
            per_minute: halved.max(lowest),
            since: now,
        })
    }

    /// The next step up at `now`: `None` while it is too early or nothing is lowered, `Some(None)`
    /// when the usual pace is reached.
    #[must_use]
    pub fn raised(&self, now: DateTime<Utc>) -> Option<Option<Slowdown>> {
        let slowdown = self.slowdown?;
        if is_within(slowdown, now, Slowdown::EASES_AFTER) {
            return None;
        }
        let per_minute = slowdown.per_minute.saturating_mul(2);
        let is_usual = per_minute >= self.usual.unwrap_or(NO_LIMIT_FROM);
        Some((!is_usual).then_some(Slowdown {
            per_minute,
            since: now,
        }))
    }
}

fn is_within(slowdown: Slowdown, now: DateTime<Utc>, span: TimeDelta) -> bool {
    now.signed_duration_since(slowdown.since) < span
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn lane(usual: Option<u32>, slowdown: Option<(u32, i64)>) -> LanePace {
        let organization = OrganizationId::new(Uuid::nil());
        LanePace {
            lane: PacedLane::Number(organization, PhoneNumberId::new(Uuid::nil())),
            usual,
            slowdown: slowdown.map(|(per_minute, since)| Slowdown {
                per_minute,
                since: at(since),
            }),
        }
    }

    fn lowered(usual: Option<u32>, slowdown: Option<(u32, i64)>, now: i64) -> Option<u32> {
        lane(usual, slowdown)
            .lowered(at(now))
            .map(|slowdown| slowdown.per_minute)
    }

    #[test]
    fn a_complaint_halves_the_pace_down_to_a_lowest_one_that_is_not_nothing() {
        assert_eq!(lowered(None, None, 0), Some(30));
        assert_eq!(lowered(Some(4_500), None, 0), Some(2_250));
        assert_eq!(lowered(None, Some((30, 0)), 60), Some(15));
        assert_eq!(lowered(None, Some((7, 0)), 60), Some(6));
        assert_eq!(lowered(None, Some((6, 0)), 60), Some(6));
        assert_eq!(lowered(Some(3), None, 0), Some(3));
        assert_eq!(lowered(Some(1), Some((1, 0)), 60), Some(1));
        assert_eq!(lowered(Some(0), None, 0), Some(1));
    }

    #[test]
    fn a_burst_of_complaints_is_one_step() {
        assert_eq!(lowered(None, Some((30, 0)), 29), None);
        assert_eq!(lowered(None, Some((30, 0)), 30), Some(15));
    }

    #[test]
    fn a_pace_is_raised_in_steps_after_minutes_without_a_complaint() {
        let mut pace = lane(None, Some((6, 0)));
        let mut steps = Vec::new();
        for minute in 0..10 {
            match pace.raised(at(60 * minute)) {
                None => {}
                Some(None) => {
                    steps.push((minute, 0));
                    break;
                }
                Some(Some(slowdown)) => {
                    steps.push((minute, slowdown.per_minute));
                    pace.slowdown = Some(slowdown);
                }
            }
        }
        assert_eq!(steps, [(2, 12), (4, 24), (6, 48), (8, 0)]);
    }

    #[test]
    fn a_pace_is_raised_to_the_usual_one_and_not_beyond() {
        let raised = |usual, now| lane(Some(usual), Some((100, 0))).raised(at(now));
        assert_eq!(raised(200, 119), None);
        assert_eq!(raised(200, 120), Some(None));
        let still = raised(201, 120).flatten().map(|step| step.per_minute);
        assert_eq!(still, Some(200));
        assert_eq!(lane(None, None).raised(at(0)), None);
    }

    #[test]
    fn a_complaint_that_comes_late_lowers_nothing() {
        assert!(!Slowdown::is_stale(at(0), at(600)));
        assert!(Slowdown::is_stale(at(0), at(601)));
    }

    #[test]
    fn a_new_complaint_puts_the_raise_off() {
        let pace = lane(None, Some((30, 0)));
        let lower = pace.lowered(at(110));
        let pace = LanePace {
            slowdown: lower,
            ..pace
        };
        assert_eq!(pace.raised(at(200)), None);
    }
}
