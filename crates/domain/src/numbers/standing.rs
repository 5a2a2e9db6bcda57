//! How a number stands at an instant, for people: what is left of its capacity, whether it could send, and how
//! far its warm-up is. No decision rests on it. This module must not know any message.

use chrono::{DateTime, Utc};

use super::warm_up::{CURVE_ENDS_ON_DAY, day_limit, is_warming_up};
use crate::facts::{CapacityWindows, NumberFacts, Registration};
use crate::values::wire::wire_enum;
use crate::values::{CounterKind, Health};

wire_enum! {
    /// Whether a number is ready to send, by the published names.
    Readiness {
        /// It was never used, and no warm-up has begun.
        NotStarted = "Not Started",
        /// Its warm-up is under way.
        InProgress = "In Progress",
        /// It, or everything that its organization sends, is paused.
        Paused = "Paused",
        /// It is disabled, not registered, resting or suspended.
        Blocked = "Blocked",
        /// It sends.
        Ready = "Ready",
    }
}

/// The capacity of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowStanding {
    /// The most messages; `None` = no limit.
    pub limit: Option<u32>,
    /// The messages that took capacity.
    pub used: u32,
    /// When the window ends.
    pub resets_at: DateTime<Utc>,
}

/// How a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStanding {
    pub readiness: Readiness,
    /// The clock hour.
    pub hour: WindowStanding,
    /// The day in the capacity zone, with the limit of a warm-up.
    pub day: WindowStanding,
    /// Whether its warm-up is under way.
    pub is_warming_up: bool,
    /// How far its warm-up is, 0 to 100; 100 without one.
    pub warm_up_percent: u32,
    /// Whether carriers accept its registration.
    pub is_registered: bool,
}

impl WindowStanding {
    /// The messages that are left; `None` = no limit.
    #[must_use]
    pub fn left(&self) -> Option<u32> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

impl NumberStanding {
    /// The standing of a number at `now`; days begin in the zone by this name.
    #[must_use]
    pub fn of(number: &NumberFacts, zone: &str, is_paused: bool, now: DateTime<Utc>) -> Self {
        let windows = CapacityWindows::in_zone_named(zone, now);
        let window = |kind, limit| WindowStanding {
            limit,
            used: number.usage.used(kind, windows.start(kind)),
            resets_at: windows.end(kind),
        };
        let is_registered = match number.registration {
            Registration::Approved | Registration::NotRequired => true,
            Registration::Pending
            | Registration::Rejected
            | Registration::Missing
            | Registration::Stale => false,
        };
        let is_warming_up = is_warming_up(number, windows.day);
        let elapsed = number.warm_up.map_or(CURVE_ENDS_ON_DAY, |warm_up| {
            windows
                .day
                .signed_duration_since(warm_up.started_on)
                .num_days()
        });
        let percent = elapsed.clamp(0, CURVE_ENDS_ON_DAY) * 100 / CURVE_ENDS_ON_DAY;
        Self {
            readiness: readiness(number, is_registered, is_warming_up, is_paused, now),
            hour: window(CounterKind::Hour, number.hourly_limit),
            day: window(CounterKind::Day, day_limit(number, windows.day)),
            is_warming_up,
            warm_up_percent: u32::try_from(percent).unwrap_or_default(),
            is_registered,
        }
    }

    /// How many messages could leave now; `None` = as many as there are.
    #[must_use]
    pub fn possible(&self) -> Option<u32> {
        match self.readiness {
            Readiness::Paused | Readiness::Blocked => Some(0),
            Readiness::NotStarted | Readiness::InProgress | Readiness::Ready => {
                self.hour.left().into_iter().chain(self.day.left()).min()
            }
        }
    }
}

fn readiness(
    number: &NumberFacts,
    is_registered: bool,
    is_warming_up: bool,
    is_paused: bool,
    now: DateTime<Utc>,
) -> Readiness {
    let is_healthy = match number.health {
        Health::Suspended | Health::Disabled => false,
        Health::CoolingDown => number.cooling_until.is_some_and(|until| until <= now),
        Health::Unknown | Health::New | Health::Healthy | Health::Warmup | Health::Limited => true,
    };
    let is_able = number.is_enabled && number.is_sms_capable && is_registered && is_healthy;
    if !is_able {
        Readiness::Blocked
    } else if is_paused {
        Readiness::Paused
    } else if is_warming_up {
        Readiness::InProgress
    } else if number.health == Health::Unknown && number.last_used_at.is_none() {
        Readiness::NotStarted
    } else {
        Readiness::Ready
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};

    use super::*;
    use crate::facts::{Usage, WarmUp, WindowUsage};
    use crate::values::ProviderAccount;
    use crate::values::ids::PhoneNumberId;
    use crate::values::phone::PhoneNumber;

    fn now() -> DateTime<Utc> {
        "2026-12-15T17:30:00Z".parse().unwrap()
    }

    fn number() -> NumberFacts {
        NumberFacts {
            id: PhoneNumberId::new(uuid::Uuid::nil()),
            phone: PhoneNumber::parse("+14045550199").unwrap(),
            is_enabled: true,
            is_sms_capable: true,
            is_mms_capable: true,
            destinations: Vec::new(),
            registration: Registration::Approved,
            ten_dlc_campaign_id: None,
            campaign_id: None,
            source_id: None,
            owner_id: None,
            is_reserved: false,
            health: Health::Healthy,
            cooling_until: None,
            hourly_limit: Some(10),
            daily_limit: None,
            minute_limit: None,
            warm_up: None,
            account: ProviderAccount::new("default"),
            messaging_profile_id: None,
            tie_rank: None,
            last_used_at: None,
            usage: Usage(vec![WindowUsage {
                kind: CounterKind::Hour,
                window_start: "2026-12-15T17:00:00Z".parse().unwrap(),
                used: 4,
            }]),
        }
    }

    fn of(number: &NumberFacts, is_paused: bool) -> NumberStanding {
        NumberStanding::of(number, "America/New_York", is_paused, now())
    }

    #[test]
    fn what_is_left_is_the_least_of_the_limits() {
        let standing = of(&number(), false);
        assert_eq!((standing.hour.left(), standing.day.left()), (Some(6), None));
        assert_eq!(standing.possible(), Some(6));
        let few = NumberFacts {
            daily_limit: Some(2),
            ..number()
        };
        assert_eq!(of(&few, false).possible(), Some(2));
        let free = NumberFacts {
            hourly_limit: None,
            ..number()
        };
        assert_eq!(of(&free, false).possible(), None);
    }

    #[test]
    fn readiness_names_the_first_thing_that_stands_in_the_way() {
        let resting = NumberFacts {
            health: Health::CoolingDown,
            cooling_until: Some(now() + TimeDelta::hours(1)),
            ..number()
        };
        let disabled = NumberFacts {
            is_enabled: false,
            ..number()
        };
        let new = NumberFacts {
            health: Health::Unknown,
            ..number()
        };
        for (number, is_paused, expected) in [
            (number(), false, Readiness::Ready),
            (number(), true, Readiness::Paused),
            (resting, false, Readiness::Blocked),
            (disabled, true, Readiness::Blocked),
            (new, false, Readiness::NotStarted),
        ] {
            assert_eq!(of(&number, is_paused).readiness, expected);
        }
        assert_eq!(of(&number(), true).possible(), Some(0));
    }

    #[test]
    fn a_warm_up_is_as_far_as_its_days() {
        let today = now().date_naive();
        for (days, percent, expected) in [
            (0, 0, Readiness::InProgress),
            (7, 33, Readiness::InProgress),
            (21, 100, Readiness::Ready),
            (99, 100, Readiness::Ready),
        ] {
            let warming = NumberFacts {
                warm_up: Some(WarmUp {
                    started_on: today - Days::new(days),
                }),
                ..number()
            };
            let standing = of(&warming, false);
            assert_eq!(
                (standing.warm_up_percent, standing.readiness),
                (percent, expected)
            );
        }
        assert_eq!(of(&number(), false).warm_up_percent, 100);
    }
}
