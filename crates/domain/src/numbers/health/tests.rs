//! How receipts change a number's health, and that it does not oscillate.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-12-15T12:00:00Z".parse().unwrap()
}

/// A number that has been in a health for two days, with a hundred good receipts.
fn report(health: Health) -> HealthReport {
    HealthReport {
        health,
        since: now() - TimeDelta::days(2),
        cooling_until: None,
        is_warming_up: false,
        receipts: ReceiptCounts {
            finished: 100,
            ..ReceiptCounts::default()
        },
    }
}

fn with(health: Health, receipts: ReceiptCounts) -> HealthReport {
    HealthReport {
        receipts,
        ..report(health)
    }
}

fn outcome(report: HealthReport) -> Option<(Health, HealthReason)> {
    report
        .change(now())
        .map(|change| (change.to, change.reason))
}

const fn failures(finished: u32, failures: u32) -> ReceiptCounts {
    ReceiptCounts {
        finished,
        failures,
        opt_outs: 0,
        temporary_spam_blocks: 0,
        permanent_spam_blocks: 0,
    }
}

const fn opt_outs(finished: u32, opt_outs: u32) -> ReceiptCounts {
    ReceiptCounts {
        opt_outs,
        ..failures(finished, 0)
    }
}

#[rstest]
#[case::a_little_below(failures(100, 14), None)]
#[case::many(failures(100, 15), Some((Health::Limited, HealthReason::FailuresHigh)))]
#[case::very_many(failures(100, 40), Some((Health::CoolingDown, HealthReason::FailuresVeryHigh)))]
#[case::too_few_to_tell(failures(49, 49), None)]
#[case::just_enough_to_tell(failures(50, 50), Some((Health::CoolingDown, HealthReason::FailuresVeryHigh)))]
#[case::few_opt_outs(opt_outs(100, 2), None)]
#[case::many_opt_outs(opt_outs(100, 3), Some((Health::Limited, HealthReason::OptOutsHigh)))]
#[case::very_many_opt_outs(opt_outs(100, 6), Some((Health::CoolingDown, HealthReason::OptOutsVeryHigh)))]
fn a_healthy_number_gets_worse_at_a_rate_of_a_sample(
    #[case] receipts: ReceiptCounts,
    #[case] expected: Option<(Health, HealthReason)>,
) {
    assert_eq!(outcome(with(Health::Healthy, receipts)), expected);
}

#[rstest]
#[case::between_the_thresholds(failures(100, 10), None)]
#[case::at_the_lower_threshold(failures(100, 5), None)]
#[case::below_it(failures(100, 4), Some((Health::Healthy, HealthReason::GoodReceipts)))]
#[case::an_opt_out(opt_outs(100, 1), None)]
#[case::too_few_to_tell(failures(49, 0), None)]
fn a_limited_number_gets_better_at_a_lower_rate_than_it_got_worse(
    #[case] receipts: ReceiptCounts,
    #[case] expected: Option<(Health, HealthReason)>,
) {
    assert_eq!(outcome(with(Health::Limited, receipts)), expected);
}

#[test]
fn a_limited_number_stays_so_for_a_day() {
    let day_ago = now() - TimeDelta::hours(24);
    let since = |since| HealthReport {
        since,
        ..report(Health::Limited)
    };
    assert_eq!(outcome(since(day_ago + TimeDelta::seconds(1))), None);
    let better = Some((Health::Healthy, HealthReason::GoodReceipts));
    assert_eq!(outcome(since(day_ago)), better);
}

#[test]
fn a_spam_block_rests_a_number_and_a_second_one_suspends_it() {
    let blocked = ReceiptCounts {
        temporary_spam_blocks: 1,
        ..ReceiptCounts::default()
    };
    let first = with(Health::Healthy, blocked).change(now()).unwrap();
    assert_eq!(first.reason, HealthReason::TemporarySpamBlock);
    assert_eq!(first.cooling_until, Some(now() + TimeDelta::hours(4)));
    let second = outcome(with(Health::Limited, blocked));
    assert_eq!(
        second,
        Some((Health::Suspended, HealthReason::RepeatedSpamBlock))
    );
    // A message that was in flight when the rest began.
    assert_eq!(outcome(with(Health::CoolingDown, blocked)), None);
}

#[test]
fn a_permanent_spam_block_suspends_at_once() {
    let blocked = ReceiptCounts {
        permanent_spam_blocks: 1,
        ..ReceiptCounts::default()
    };
    for health in IN_USE {
        let expected = Some((Health::Suspended, HealthReason::PermanentSpamBlock));
        assert_eq!(outcome(with(*health, blocked)), expected, "{health}");
    }
}

#[test]
fn a_rest_ends_in_limited_use() {
    let resting = |until| HealthReport {
        cooling_until: until,
        ..report(Health::CoolingDown)
    };
    assert_eq!(outcome(resting(Some(now() + TimeDelta::seconds(1)))), None);
    assert_eq!(outcome(resting(None)), None);
    let over = Some((Health::Limited, HealthReason::RestOver));
    assert_eq!(outcome(resting(Some(now()))), over);
}

#[test]
fn a_warm_up_ends_when_its_curve_does_and_the_receipts_are_good() {
    let warming = HealthReport {
        is_warming_up: true,
        ..report(Health::Warmup)
    };
    assert_eq!(outcome(warming), None);
    let over = Some((Health::Healthy, HealthReason::WarmUpOver));
    assert_eq!(outcome(report(Health::Warmup)), over);
    assert_eq!(outcome(with(Health::Warmup, failures(100, 5))), None);
}

proptest! {
    #[test]
    fn only_a_person_ends_a_suspension(
        finished in 0_u32..200, failures in 0_u32..200, opt_outs in 0_u32..200, blocks in 0_u32..3,
    ) {
        let receipts = ReceiptCounts {
            finished,
            failures,
            opt_outs,
            temporary_spam_blocks: blocks,
            permanent_spam_blocks: blocks,
        };
        for health in [Health::Suspended, Health::Disabled] {
            prop_assert_eq!(outcome(with(health, receipts)), None);
        }
    }

    #[test]
    fn receipts_that_changed_a_number_do_not_change_it_again_at_once(
        finished in 0_u32..200, failures in 0_u32..200, opt_outs in 0_u32..200, blocks in 0_u32..2,
    ) {
        let receipts = ReceiptCounts {
            finished,
            failures: failures.min(finished),
            opt_outs,
            temporary_spam_blocks: blocks,
            permanent_spam_blocks: 0,
        };
        for health in Health::ALL {
            if let Some(change) = with(*health, receipts).change(now()) {
                let after = HealthReport {
                    health: change.to,
                    since: now(),
                    cooling_until: change.cooling_until,
                    is_warming_up: false,
                    receipts: ReceiptCounts::default(),
                };
                prop_assert_eq!(after.change(now() + TimeDelta::minutes(1)), None);
            }
        }
    }
}
