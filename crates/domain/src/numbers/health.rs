//! How well a number's messages arrive, and what receipts make of it: one ordered table of
//! transitions. This module must not know how receipts are counted or where health is stored.
//!
//! Hysteresis: a number gets worse at a higher rate than the one at which it gets better, only the
//! receipts since its last change count, and it has to stay limited for a day before it is trusted
//! again. So one bad hour does not make it swing, and old trouble is not punished twice.

use chrono::{DateTime, TimeDelta, Utc};

use crate::values::Health;
use crate::values::wire::wire_enum;

wire_enum! {
    /// Why a number's health changed.
    HealthReason {
        /// A carrier blocks the number for good (Telnyx 40003).
        PermanentSpamBlock = "permanent_spam_block",
        /// A carrier took the number for spam again, though it was used less (Telnyx 40002).
        RepeatedSpamBlock = "repeated_spam_block",
        /// A carrier took the number for spam for a while (Telnyx 40002).
        TemporarySpamBlock = "temporary_spam_block",
        /// Very many people answered STOP.
        OptOutsVeryHigh = "opt_outs_very_high",
        /// Very many messages were not delivered.
        FailuresVeryHigh = "failures_very_high",
        /// Many people answered STOP.
        OptOutsHigh = "opt_outs_high",
        /// Many messages were not delivered.
        FailuresHigh = "failures_high",
        /// It has rested.
        RestOver = "rest_over",
        /// Its warm-up is over and went well.
        WarmUpOver = "warm_up_over",
        /// Its messages arrive.
        GoodReceipts = "good_receipts",
    }
}

/// A number's health with what receipts said since it last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthReport {
    /// The health now.
    pub health: Health,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It rests until then.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Its warm-up is under way.
    pub is_warming_up: bool,
    /// Receipts since then, of the last 24 hours at most.
    pub receipts: ReceiptCounts,
}

/// Receipts of one number, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiptCounts {
    /// Messages with a final receipt: delivered, failed, undeliverable.
    pub finished: u32,
    /// Of these, the ones that were not delivered.
    pub failures: u32,
    /// Answers that were opt-outs.
    pub opt_outs: u32,
    /// Temporary blocks as spam.
    pub temporary_spam_blocks: u32,
    /// Permanent blocks as spam.
    pub permanent_spam_blocks: u32,
}

/// A new health, with the reason to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthChange {
    /// The new health.
    pub to: Health,
    /// Why.
    pub reason: HealthReason,
    /// It rests until then.
    pub cooling_until: Option<DateTime<Utc>>,
}

/// One line of the table: from where, when and to where.
#[derive(Debug)]
pub struct Transition {
    /// Taken from these.
    pub from: &'static [Health],
    /// Leads to this.
    pub to: Health,
    /// Recorded with it.
    pub reason: HealthReason,
    when: fn(&HealthReport, DateTime<Utc>) -> bool,
    rest: Option<TimeDelta>,
}

/// All but what only a person ends.
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

/// The transitions; the first that applies is taken. Suspended and disabled are left by a person
/// only. Rates are in hundredths of a percent and need a sample. Practice puts trouble at 2 to 3 %
/// opt-outs and at any spam block; the exact steps are our choice.
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
    /// Fewer finished messages say nothing about a rate.
    const SAMPLE: u32 = 50;

    /// How long a number shows good receipts before it is trusted.
    const PROBATION: TimeDelta = TimeDelta::hours(24);

    /// The change that the receipts ask for, if any.
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

    /// Whether `part` of the finished messages is at least so many hundredths of a percent.
    fn is_at_least(&self, part: u32, rate: u64) -> bool {
        let finished = u64::from(self.receipts.finished);
        self.receipts.finished >= Self::SAMPLE
            && u64::from(part).saturating_mul(10_000) >= finished.saturating_mul(rate)
    }

    /// Whether a sample shows neither failures nor opt-outs worth speaking of.
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
