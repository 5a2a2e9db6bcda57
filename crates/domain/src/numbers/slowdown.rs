//! How a pace is lowered after a carrier's rate limit, and raised again. Must not know how paces
//! are stored or how a carrier reports a rate limit.
//!
//! Hysteresis: a pace is halved at once and doubled only after minutes without a complaint. Messages
//! sent before the pace was lowered do not lower it further. A lowered pace stays above zero, so that
//! the number remains in use.

use chrono::{DateTime, TimeDelta, Utc};

use crate::values::ids::{CampaignId, OrganizationId, PhoneNumberId};

/// A lane whose pace carriers may limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PacedLane {
    /// A number.
    Number(OrganizationId, PhoneNumberId),
    /// All numbers of a campaign.
    Campaign(OrganizationId, CampaignId),
}

/// A temporarily lowered pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowdown {
    /// The pace in messages a minute, at least 1.
    pub per_minute: u32,
    /// When the pace was set or last complained about, whichever is later.
    pub since: DateTime<Utc>,
}

/// The pace of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanePace {
    pub lane: PacedLane,
    /// The usual pace in messages a minute; `None` = no limit.
    pub usual: Option<u32>,
    /// The lowered pace, if one applies.
    pub slowdown: Option<Slowdown>,
}

/// The first lowered pace of a lane without a limit. Carriers allow a low-volume campaign about one
/// message a second (AT&T's class T); half of that is safe for a number.
const FIRST: u32 = 30;

/// The lowest pace: one message every ten seconds.
const LOWEST: u32 = 6;

/// A pace raised beyond this is removed, where there is no usual pace.
const NO_LIMIT_FROM: u32 = 60;

impl Slowdown {
    /// Complaints this soon after the last step refer to messages sent before it.
    pub const SETTLES_WITHIN: TimeDelta = TimeDelta::seconds(30);

    /// How long a lane must be without complaints before its pace is raised.
    pub const EASES_AFTER: TimeDelta = TimeDelta::minutes(2);

    /// A complaint that becomes known later than this is ignored.
    const STALE_AFTER: TimeDelta = TimeDelta::minutes(10);

    /// Whether a complaint about the instant `at` is too old at `now` to lower a pace.
    #[must_use]
    pub fn is_stale(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(at) > Self::STALE_AFTER
    }
}

impl LanePace {
    /// The pace after a complaint at `now`; `None` when it does not change.
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

    /// The next higher pace at `now`: `None` when it is too early or the pace is not lowered,
    /// `Some(None)` when the usual pace is reached.
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
