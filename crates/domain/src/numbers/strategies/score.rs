//! The score of numbers: health × remaining share of capacity × time since the last use. It uses
//! integers only, so that every machine computes the same result.

use chrono::{DateTime, Utc};

use crate::case::Case;
use crate::facts::NumberFacts;
use crate::numbers::day_limit;
use crate::values::ids::{LeadId, PhoneNumberId};
use crate::values::{CounterKind, Health};

/// The unit of a share of capacity: thousandths.
const WHOLE: u64 = 1_000;

/// A number unused for a day scores like a number never used.
const LONGEST_REST_SECONDS: i64 = 86_400;

/// The best of the given numbers, or the client's hint if it is among them; the second value is
/// `"hint"` in that case.
pub(super) fn best<'a>(
    case: &Case<'_>,
    numbers: impl Iterator<Item = &'a NumberFacts>,
) -> Option<(&'a NumberFacts, Option<&'static str>)> {
    let hint = case
        .submission
        .requested_number
        .filter(|_| !case.submission.is_manual);
    let lead = case.context.message.lead.id;
    let key = |number: &NumberFacts| {
        (
            Some(number.id) == hint,
            score(case, number),
            number
                .tie_rank
                .map_or_else(|| rendezvous(lead, number.id), u64::from),
            number.id,
        )
    };
    let winner = numbers
        .map(|number| (key(number), number))
        .max_by_key(|(key, _)| *key);
    winner.map(|((is_hint, ..), number)| (number, is_hint.then_some("hint")))
}

fn score(case: &Case<'_>, number: &NumberFacts) -> u64 {
    let share = [CounterKind::Hour, CounterKind::Day]
        .map(|kind| remaining_share(case, number, kind))
        .into_iter()
        .min()
        .unwrap_or(WHOLE);
    health_weight(number.health)
        .saturating_mul(share)
        .saturating_mul(rest_seconds(case.now, case.context.last_used_at(number)))
}

const fn health_weight(health: Health) -> u64 {
    match health {
        Health::Healthy => 100,
        Health::New => 60,
        // The rest has ended; the next receipts determine the health.
        Health::CoolingDown | Health::Warmup => 50,
        Health::Unknown => 40,
        Health::Limited => 10,
        Health::Suspended | Health::Disabled => 0,
    }
}

fn remaining_share(case: &Case<'_>, number: &NumberFacts, kind: CounterKind) -> u64 {
    let limit = match kind {
        CounterKind::Hour => number.hourly_limit,
        CounterKind::Day => day_limit(number, case.windows.day),
    };
    let Some(limit) = limit else { return WHOLE };
    let used = case.context.used(number, kind, case.windows.start(kind));
    let left = u64::from(limit.saturating_sub(used)).saturating_mul(WHOLE);
    left.checked_div(u64::from(limit)).unwrap_or(0)
}

/// Seconds since the last use, at least 1, so that a number used within this second can still be
/// chosen.
fn rest_seconds(now: DateTime<Utc>, last_used_at: Option<DateTime<Utc>>) -> u64 {
    let seconds = last_used_at
        .map_or(LONGEST_REST_SECONDS, |used| (now - used).num_seconds())
        .clamp(1, LONGEST_REST_SECONDS);
    seconds.unsigned_abs()
}

/// Rendezvous hashing (highest random weight): among equal numbers each lead keeps the same one,
/// and adding or removing a number affects only the leads on it (Thaler and Ravishankar, 1998).
pub(crate) fn rendezvous(lead: LeadId, number: PhoneNumberId) -> u64 {
    let (lead, number) = (lead.as_uuid().as_u64_pair(), number.as_uuid().as_u64_pair());
    [lead.0, lead.1, number.0, number.1]
        .into_iter()
        .fold(0, |hash, part| mixed(hash ^ part))
}

/// The finalizer of SplitMix64: each input bit changes about half of the output bits.
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of SplitMix64 from the seed 0, as published with the generator.
    #[test]
    fn numbers_are_mixed_as_by_the_published_generator() {
        let gamma = 0x9e37_79b9_7f4a_7c15_u64;
        let outputs = [0, 1, 2].map(|n| mixed(gamma.wrapping_mul(n)));
        assert_eq!(
            outputs,
            [
                0xe220_a839_7b1d_cdaf,
                0x6e78_9e6a_a1b9_65f4,
                0x06c4_5d18_8009_454f
            ]
        );
    }
}
