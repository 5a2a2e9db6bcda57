//! The health of a number and how receipts change it: one ordered table of transitions. This module
//! must not know how receipts are counted or where health is stored.
//!
//! Hysteresis: health worsens at a higher failure rate than the one at which it recovers, only
//! receipts since the last change count, and a number stays limited for a day before it recovers.
//! One bad hour therefore does not make health oscillate, and old problems do not count twice.

use chrono::{DateTime, TimeDelta, Utc};

use crate::values::Health;
use crate::values::wire::wire_enum;

wire_enum! {
    /// Why a number's health changed.
    HealthReason {
        /// A carrier permanently blocked the number as spam (Telnyx 40003).
        PermanentSpamBlock = "permanent_spam_block",
        /// A carrier blocked the number as spam again although it was already limited (Telnyx
        /// 40002).
        RepeatedSpamBlock = "repeated_spam_block",
        /// A carrier temporarily blocked the number as spam (Telnyx 40002).
        TemporarySpamBlock = "temporary_spam_block",
        /// The opt-out rate is very high.
        OptOutsVeryHigh = "opt_outs_very_high",
        /// The failure rate is very high.
        FailuresVeryHigh = "failures_very_high",
        /// The opt-out rate is high.
        OptOutsHigh = "opt_outs_high",
        /// The failure rate is high.
        FailuresHigh = "failures_high",
        /// The number's rest has ended.
        RestOver = "rest_over",
        /// The warm-up ended with good receipts.
        WarmUpOver = "warm_up_over",
        /// Messages are delivered normally.
        GoodReceipts = "good_receipts",
    }
}

/// A number's health with the receipts since it last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthReport {
    /// The current health.
    pub health: Health,
    /// When the health last changed.
    pub since: DateTime<Utc>,
    /// The end of the number's rest, if it is resting.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Whether the number is under warm-up.
    pub is_warming_up: bool,
    /// The receipts since the last change, at most of the last 24 hours.
    pub receipts: ReceiptCounts,
}

/// Counts of one number's receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiptCounts {
    /// Messages with a final receipt: delivered, failed, undeliverable.
    pub finished: u32,
    /// The finished messages that were not delivered.
    pub failures: u32,
    /// Replies that were opt-outs.
    pub opt_outs: u32,
    pub temporary_spam_blocks: u32,
    pub permanent_spam_blocks: u32,
}

/// A change of health, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthChange {
    /// The new health.
    pub to: Health,
    /// The reason to record.
    pub reason: HealthReason,
    /// The end of the number's rest, if it is resting.
    pub cooling_until: Option<DateTime<Utc>>,
}

/// One row of the table: the health before, the condition and the health after.
#[derive(Debug)]
pub struct Transition {
    /// The health values to which the row applies.
    pub from: &'static [Health],
    /// The new health.
    pub to: Health,
    /// The reason to record.
    pub reason: HealthReason,
    when: fn(&HealthReport, DateTime<Utc>) -> bool,
    rest: Option<TimeDelta>,
}

/// Every health value except those that only an operator ends.
const IN_USE: &[Health] = &[
    Health::Unknown,
    Health::New,
    Health::Healthy,
    Health::Warmup,
    Health::Limited,
    Health::CoolingDown,
];
const NOT_RESTING: &[Health] = &[
    Health::Unknown,
    Health::New,
    Health::Healthy,
    Health::Warmup,
    Health::Limited,
];
const NOT_LIMITED: &[Health] = &[Health::Unknown, Health::New, Health::Healthy];

/// The transitions; the first that applies is used. Only an operator ends suspended and disabled.
/// Rates are in hundredths of a percent and require a sample. In practice, opt-out rates of 2 to 3
/// % and any spam block indicate problems; the exact thresholds are our choice.
#[rustfmt::skip]
pub const TRANSITIONS: [Transition; 10] = [
    step(IN_USE, Health::Suspended, HealthReason::PermanentSpamBlock, permanent_block, None),
    step(&[Health::Limited], Health::Suspended, HealthReason::RepeatedSpamBlock, temporary_block, None),
    step(NOT_RESTING, Health::CoolingDown, HealthReason::TemporarySpamBlock, temporary_block, Some(TimeDelta::hours(4))),
    step(NOT_RESTING, Health::CoolingDown, HealthReason::OptOutsVeryHigh, opt_outs_very_high, Some(TimeDelta::hours(24))),
    step(NOT_RESTING, Health::CoolingDown, HealthReason::FailuresVeryHigh, failures_very_high, Some(TimeDelta::hours(4))),
    step(NOT_LIMITED, Health::Limited, HealthReason::OptOutsHigh, opt_outs_high, None),
    step(NOT_LIMITED, Health::Limited, HealthReason::FailuresHigh, failures_high, None),
    step(&[Health::CoolingDown], Health::Limited, HealthReason::RestOver, rest_over, None),
    step(&[Health::Warmup], Health::Healthy, HealthReason::WarmUpOver, warm_up_over, None),
    step(&[Health::Unknown, Health::New, Health::Limited], Health::Healthy, HealthReason::GoodReceipts, good_for_a_day, None),
];

const fn step(
    from: &'static [Health],
    to: Health,
    reason: HealthReason,
    when: fn(&HealthReport, DateTime<Utc>) -> bool,
    rest: Option<TimeDelta>,
) -> Transition {
    Transition {
        from,
        to,
        reason,
        when,
        rest,
    }
}

impl HealthReport {
    /// The smallest sample of finished messages for a rate.
    const SAMPLE: u32 = 50;

    /// How long a number must have good receipts before it recovers.
    const PROBATION: TimeDelta = TimeDelta::hours(24);

    /// The change that follows from the receipts, if any.
    #[must_use]
    pub fn change(&self, now: DateTime<Utc>) -> Option<HealthChange> {
        let applies =
            |step: &&Transition| step.from.contains(&self.health) && (step.when)(self, now);
        let step = TRANSITIONS.iter().find(applies)?;
        Some(HealthChange {
            to: step.to,
            reason: step.reason,
            cooling_until: step
                .rest
                .map(|rest| now.checked_add_signed(rest).unwrap_or(now)),
        })
    }

    /// Whether `part` is at least the given share of the finished messages, in hundredths of a
    /// percent.
    fn is_at_least(&self, part: u32, rate: u64) -> bool {
        let finished = u64::from(self.receipts.finished);
        self.receipts.finished >= Self::SAMPLE
            && u64::from(part).saturating_mul(10_000) >= finished.saturating_mul(rate)
    }

    /// Whether a sufficient sample has negligible failures and opt-outs.
    fn is_good(&self) -> bool {
        let ReceiptCounts {
            finished,
            failures,
            opt_outs,
            ..
        } = self.receipts;
        finished >= Self::SAMPLE
            && !self.is_at_least(failures, 500)
            && !self.is_at_least(opt_outs, 100)
    }
}

const fn permanent_block(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.receipts.permanent_spam_blocks > 0
}

const fn temporary_block(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.receipts.temporary_spam_blocks > 0
}

fn opt_outs_very_high(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.is_at_least(report.receipts.opt_outs, 600)
}

fn opt_outs_high(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.is_at_least(report.receipts.opt_outs, 300)
}

fn failures_very_high(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.is_at_least(report.receipts.failures, 4_000)
}

fn failures_high(report: &HealthReport, _: DateTime<Utc>) -> bool {
    report.is_at_least(report.receipts.failures, 1_500)
}

fn rest_over(report: &HealthReport, now: DateTime<Utc>) -> bool {
    report.cooling_until.is_some_and(|until| until <= now)
}

fn warm_up_over(report: &HealthReport, _: DateTime<Utc>) -> bool {
    !report.is_warming_up && report.is_good()
}

fn good_for_a_day(report: &HealthReport, now: DateTime<Utc>) -> bool {
    report.is_good() && now.signed_duration_since(report.since) >= HealthReport::PROBATION
}

#[cfg(test)]
mod tests;
