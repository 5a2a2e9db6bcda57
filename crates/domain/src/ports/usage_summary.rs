//! What the messages of a period cost, summed for people.

use async_trait::async_trait;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, Utc};

use super::{LONGEST_SEARCH, Unavailable};
use crate::message::TrafficType;
use crate::values::billing::{BillingStatus, Money};
use crate::values::ids::OrganizationId;

/// The messages that were accepted from an instant on and before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsagePeriod {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub to: DateTime<Utc>,
}

/// Why two instants are no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodFault {
    /// The end is not later than the start.
    Reversed,
    /// It is longer than [`LONGEST_SEARCH`].
    TooLong,
}

impl UsagePeriod {
    /// The period between two instants. Where one is missing, the longest period to or from the other; where both
    /// are, the calendar month of `now` in UTC.
    ///
    /// # Errors
    /// [`PeriodFault`].
    pub fn of(
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, PeriodFault> {
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, from + LONGEST_SEARCH),
            (None, Some(to)) => (to - LONGEST_SEARCH, to),
            (None, None) => return Ok(Self::month(now)),
        };
        if from >= to {
            Err(PeriodFault::Reversed)
        } else if to - from > LONGEST_SEARCH {
            Err(PeriodFault::TooLong)
        } else {
            Ok(Self { from, to })
        }
    }

    fn month(now: DateTime<Utc>) -> Self {
        let first = now.date_naive().with_day(1).unwrap_or_default();
        let next = first.checked_add_months(Months::new(1)).unwrap_or_default();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        Self {
            from: midnight(first),
            to: midnight(next),
        }
    }
}

/// Messages of one kind that stand alike with money, summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageTotal {
    pub traffic: TrafficType,
    pub status: BillingStatus,
    /// Whether they have files; what is erased is no longer known.
    pub is_mms: bool,
    /// How many messages.
    pub messages: u32,
    /// The segments of their texts.
    pub segments: u64,
    /// The sum of the prices that were quoted, charged or not.
    pub quoted: Money,
}

impl UsageTotal {
    /// The most messages that one summary reads.
    pub const MOST_SUMMED: u32 = 500_000;

    /// What is priced: messages with files, and the segments of others.
    #[must_use]
    pub fn units(&self) -> u64 {
        if self.is_mms {
            u64::from(self.messages)
        } else {
            self.segments
        }
    }
}

/// Sums of what messages cost.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UsageRepository: Send + Sync {
    /// What the messages of a period that were priced, or refused for money, come to: one total for each kind of
    /// traffic and each status. `None` = the period has more than [`UsageTotal::MOST_SUMMED`] messages, which
    /// MUST be the most that are read.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn summed(
        &self,
        organization_id: OrganizationId,
        period: UsagePeriod,
    ) -> Result<Option<Vec<UsageTotal>>, Unavailable>;
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn without_instants_it_is_the_month_of_now() {
        for (now, from, to) in [
            (
                "2026-02-28T23:59:59Z",
                "2026-02-01T00:00:00Z",
                "2026-03-01T00:00:00Z",
            ),
            (
                "2026-12-31T12:00:00Z",
                "2026-12-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                "2028-02-29T12:00:00Z",
                "2028-02-01T00:00:00Z",
                "2028-03-01T00:00:00Z",
            ),
            (
                "2026-03-01T00:00:00Z",
                "2026-03-01T00:00:00Z",
                "2026-04-01T00:00:00Z",
            ),
        ] {
            let period = UsagePeriod::of(None, None, at(now)).unwrap();
            assert_eq!((period.from, period.to), (at(from), at(to)));
        }
    }

    #[test]
    fn one_instant_stands_for_the_longest_period_at_it() {
        let (now, longest) = (at("2026-03-03T17:00:00Z"), LONGEST_SEARCH);
        let (from, to) = (now, now + longest);
        let period = Ok(UsagePeriod { from, to });
        assert_eq!(UsagePeriod::of(Some(from), None, now), period);
        assert_eq!(UsagePeriod::of(None, Some(to), now), period);
    }

    #[test]
    fn a_period_has_a_length_and_not_more_than_the_longest() {
        let now = at("2026-03-03T17:00:00Z");
        let of = |length| UsagePeriod::of(Some(now), Some(now + length), now).map(|_| ());
        let least = TimeDelta::microseconds(1);
        assert_eq!(of(TimeDelta::zero()), Err(PeriodFault::Reversed));
        assert_eq!(of(-least), Err(PeriodFault::Reversed));
        assert_eq!(of(least), Ok(()));
        assert_eq!(of(LONGEST_SEARCH), Ok(()));
        assert_eq!(of(LONGEST_SEARCH + least), Err(PeriodFault::TooLong));
    }
}
