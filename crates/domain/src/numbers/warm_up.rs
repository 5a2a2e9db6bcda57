//! The daily message limit of a new number: a curve, as data. This module must not know what is
//! sent, or from which number.
//!
//! No carrier publishes a schedule. The usual practice is to begin with tens of messages a day and
//! to double the volume every few days without complaints (industry guides; the steps are our
//! choice).

use chrono::NaiveDate;

use crate::facts::{NumberFacts, WarmUp};
use crate::values::Health;

/// Each step: the day of the warm-up from which it applies (the first is 0), and the most messages
/// a day.
pub const CURVE: [(i64, u32); 7] = [
    (0, 20),
    (3, 40),
    (6, 80),
    (9, 160),
    (12, 320),
    (15, 640),
    (18, 1_000),
];

/// The first day after the curve, on which it no longer limits.
pub const CURVE_ENDS_ON_DAY: i64 = 21;

/// The limit of a warm-up on a civil day of the capacity zone, in messages; `None` once it is over.
/// Before the first day, the first step applies.
#[must_use]
pub fn daily_limit(warm_up: WarmUp, on: NaiveDate) -> Option<u32> {
    let day = on.signed_duration_since(warm_up.started_on).num_days();
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

/// Whether the curve still limits a number on a day.
#[must_use]
pub fn is_under_way(warm_up: WarmUp, on: NaiveDate) -> bool {
    daily_limit(warm_up, on).is_some()
}

/// Whether a number is under warm-up on a civil day of the capacity zone.
#[must_use]
pub fn is_warming_up(number: &NumberFacts, on: NaiveDate) -> bool {
    number.health == Health::Warmup
        || (number.warm_up).is_some_and(|warm_up| is_under_way(warm_up, on))
}

/// The limit of a number on a civil day, in messages: the smaller of its own limit and the
/// warm-up's.
#[must_use]
pub fn day_limit(number: &NumberFacts, on: NaiveDate) -> Option<u32> {
    let warm_up = number.warm_up.and_then(|warm_up| daily_limit(warm_up, on));
    number.daily_limit.into_iter().chain(warm_up).min()
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
        assert_eq!(daily_limit(warm_up, on.parse().unwrap()), limit);
        assert_eq!(is_under_way(warm_up, on.parse().unwrap()), limit.is_some());
    }

    #[test]
    fn the_curve_only_rises() {
        assert!(CURVE.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        assert!(CURVE.last().unwrap().0 < CURVE_ENDS_ON_DAY);
    }
}
