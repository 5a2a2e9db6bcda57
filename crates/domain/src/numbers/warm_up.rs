//! How many messages a day a new number may carry: a curve, as data. This module must not know what
//! is sent, or from which number.
//!
//! No carrier publishes a schedule. Practice is to begin with tens of messages a day and to double
//! every few days while nobody complains (industry guides; the steps are our choice).

use chrono::NaiveDate;

use super::number::WarmUp;

/// From a day of the warm-up on (the first is 0), at most so many messages a day.
pub const CURVE: [(i64, u32); 7] = [
    (0, 20),
    (3, 40),
    (6, 80),
    (9, 160),
    (12, 320),
    (15, 640),
    (18, 1_000),
];

/// The first day that the curve does not limit any more.
pub const CURVE_ENDS_ON_DAY: i64 = 21;

impl WarmUp {
    /// The most messages on a civil day of the capacity zone; `None` once the warm-up is over. Before
    /// its first day the first step applies.
    #[must_use]
    pub fn daily_limit(&self, on: NaiveDate) -> Option<u32> {
        let day = on.signed_duration_since(self.started_on).num_days();
        if day >= CURVE_ENDS_ON_DAY {
            return None;
        }
        let step = CURVE
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .or(CURVE.first());
        step.map(|(_, limit)| *limit)
    }

    /// Whether the curve still limits the number on a day.
    #[must_use]
    pub fn is_under_way(&self, on: NaiveDate) -> bool {
        self.daily_limit(on).is_some()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_day_before("2026-11-30", Some(20))]
    #[case::the_first_day("2026-12-01", Some(20))]
    #[case::the_last_of_the_first_step("2026-12-03", Some(20))]
    #[case::the_second_step("2026-12-04", Some(40))]
    #[case::the_last_day("2026-12-21", Some(1_000))]
    #[case::after_it("2026-12-22", None)]
    fn the_limit_of_a_day_follows_the_curve(#[case] on: &str, #[case] limit: Option<u32>) {
        let warm_up = WarmUp {
            started_on: "2026-12-01".parse().unwrap(),
        };
        assert_eq!(warm_up.daily_limit(on.parse().unwrap()), limit);
        assert_eq!(warm_up.is_under_way(on.parse().unwrap()), limit.is_some());
    }

    #[test]
    fn the_curve_only_rises() {
        assert!(CURVE.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        assert!(CURVE.last().unwrap().0 < CURVE_ENDS_ON_DAY);
    }
}
