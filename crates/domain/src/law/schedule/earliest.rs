//! The first instant that several time-dependent rules allow. This module must not know any rule.

use chrono::{DateTime, Utc};

/// The most rounds of a search: far more than the windows, caps and holidays of a week need, and
/// few enough that rules that advance in small steps cannot delay a decision.
const MAX_ROUNDS: usize = 1_000;

/// The first instant from `from` to `horizon`, both included, that every rule allows.
///
/// Each rule returns the first instant at or after the given one that it allows, or `None`. The
/// result is `None` when one rule returns `None`, or when no instant up to the horizon satisfies
/// all rules.
#[must_use]
pub fn earliest(
    from: DateTime<Utc>,
    horizon: DateTime<Utc>,
    rules: &[&dyn Fn(DateTime<Utc>) -> Option<DateTime<Utc>>],
) -> Option<DateTime<Utc>> {
    earliest_of(from, horizon, &rules.iter(), |rule, at| rule(at))
}

/// [`earliest`] over any items, with `next_allowed` as their rule.
#[must_use]
pub fn earliest_of<I>(
    from: DateTime<Utc>,
    horizon: DateTime<Utc>,
    rules: &I,
    next_allowed: impl Fn(I::Item, DateTime<Utc>) -> Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>>
where
    I: Iterator + Clone,
{
    let mut at = from;
    for _ in 0..MAX_ROUNDS {
        let mut agreed = at;
        for rule in rules.clone() {
            agreed = agreed.max(next_allowed(rule, agreed)?);
        }
        if agreed > horizon {
            return None;
        }
        if agreed == at {
            return Some(at);
        }
        at = agreed;
    }
    None
}

#[cfg(test)]
mod tests {
    use chrono::{DurationRound, TimeDelta};

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn start() -> DateTime<Utc> {
        utc("2026-12-15T12:00:00Z")
    }

    fn week() -> DateTime<Utc> {
        start() + TimeDelta::days(7)
    }

    /// Allows the first minute of each `period`.
    fn first_minute_of(period: TimeDelta) -> impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>> {
        move |at| {
            let begun = at.duration_trunc(period).ok()?;
            Some(if at < begun + TimeDelta::minutes(1) {
                at
            } else {
                begun + period
            })
        }
    }

    #[test]
    fn without_rules_the_start_is_allowed() {
        assert_eq!(earliest(start(), week(), &[]), Some(start()));
    }

    #[test]
    fn the_answer_is_the_first_instant_that_suits_every_rule() {
        let (three, five) = (
            first_minute_of(TimeDelta::minutes(3)),
            first_minute_of(TimeDelta::minutes(5)),
        );
        let from = start() + TimeDelta::minutes(1);
        let expected = Some(start() + TimeDelta::minutes(15));
        assert_eq!(earliest(from, week(), &[&three, &five]), expected);
        assert_eq!(earliest(from, week(), &[&five, &three]), expected);
    }

    #[test]
    fn one_rule_that_never_allows_leaves_no_instant() {
        assert_eq!(
            earliest(start(), week(), &[&|at| Some(at), &|_| None]),
            None
        );
    }

    #[test]
    fn the_horizon_itself_is_allowed_and_the_instant_after_it_is_not() {
        let horizon = start() + TimeDelta::hours(1);
        let tick = TimeDelta::microseconds(1);
        assert_eq!(
            earliest(start(), horizon, &[&|at| Some(at.max(horizon))]),
            Some(horizon)
        );
        assert_eq!(
            earliest(start(), horizon, &[&|at| Some(at.max(horizon + tick))]),
            None
        );
        assert_eq!(earliest(horizon + tick, horizon, &[]), None);
    }

    #[test]
    fn a_rule_that_answers_an_earlier_instant_does_not_move_time_back() {
        let hour_ago = start() - TimeDelta::hours(1);
        assert_eq!(
            earliest(start(), week(), &[&|_| Some(hour_ago)]),
            Some(start())
        );
    }

    #[test]
    fn a_rule_that_always_asks_for_a_little_more_ends_without_an_answer() {
        let creep = |at| Some(at + TimeDelta::microseconds(1));
        assert_eq!(earliest(start(), week(), &[&creep]), None);
    }
}
