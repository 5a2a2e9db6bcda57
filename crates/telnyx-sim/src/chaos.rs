//! Random faults, drawn from a seed. The same seed gives the same faults regardless of the order of
//! arrival: a draw depends on the recipient and the number of earlier requests to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::script::{Answer, Fate, Outcome, Receipts, Reply, Script, Told};

/// Fault rates. A rate is a probability from 0 to 1; by default there are no faults. At most one fault of
/// each group (answer, outcome, receipts) happens to a send, so the rates of a group must not exceed 1
/// together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// Seed of the random draws.
    pub seed: u64,
    /// Shortest latency of an answer, in milliseconds.
    pub latency_min_ms: u64,
    /// Longest latency of an answer, in milliseconds; latencies are uniformly distributed.
    pub latency_max_ms: u64,
    /// Answer: refused with 429, code 10011.
    pub rate_limited: f64,
    /// Answer: refused with 500, code 10007; nothing left.
    pub server_error: f64,
    /// Answer: 500, although the message was accepted.
    pub accepted_server_error: f64,
    /// Answer: refused with 503, code 10037.
    pub unavailable: f64,
    /// Answer: refused, code 40318.
    pub queue_full: f64,
    /// Answer: accepted, then the connection closes without an answer.
    pub lost_response: f64,
    /// Answer: accepted, but the 200 carries no JSON.
    pub rubbish_answer: f64,
    /// Answer: the connection closes and nothing left.
    pub hang_up: f64,
    /// Outcome: `delivery_failed` with 40008.
    pub undeliverable: f64,
    /// Outcome: `delivery_unconfirmed`.
    pub unconfirmed: f64,
    /// Outcome: `delivery_failed`, then `delivered`.
    pub delivered_after_failed: f64,
    /// Receipts: none.
    pub no_receipt: f64,
    /// Receipts: delayed until after everything else.
    pub late_receipt: f64,
    /// Receipts: each delivered three times.
    pub duplicate_receipts: f64,
    /// Receipts: the last one first.
    pub shuffled_receipts: f64,
    /// The person answers STOP.
    pub stop_reply: f64,
}

/// Why a [`Chaos`] is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChaosError {
    /// A rate is not a probability.
    #[error("rate `{0}` is not between 0 and 1")]
    RateOutOfRange(&'static str),
    /// The rates of a group exceed 1 together.
    #[error("the rates of the group `{0}` exceed 1 together")]
    GroupExceedsOne(&'static str),
    /// The minimum latency exceeds the maximum.
    #[error("latency_min_ms exceeds latency_max_ms")]
    LatencyRange,
}

impl Chaos {
    /// Checks rates and latencies.
    ///
    /// # Errors
    /// The first invalid rate, group or range.
    pub fn validate(&self) -> Result<(), ChaosError> {
        group(
            "answer",
            &self.answer_rates().map(|(name, rate, _)| (name, rate)),
        )?;
        group(
            "outcome",
            &self.outcome_rates().map(|(name, rate, _)| (name, rate)),
        )?;
        group(
            "receipts",
            &self.receipt_rates().map(|(name, rate, _)| (name, rate)),
        )?;
        group("reply", &[("stop_reply", self.stop_reply)])?;
        if self.latency_min_ms > self.latency_max_ms {
            return Err(ChaosError::LatencyRange);
        }
        Ok(())
    }

    /// Whether every send is accepted at once and delivered, so that no draw is needed.
    pub(crate) fn is_calm(&self) -> bool {
        *self
            == Self {
                seed: self.seed,
                ..Self::default()
            }
    }

    /// The script of the `nth` request to `to`, counted from 0.
    pub(crate) fn script_for(&self, to: &str, nth: u32) -> Script {
        let mut draws = Draws::new(self.seed, to, nth);
        let latency = draws.between(self.latency_min_ms, self.latency_max_ms);
        Script {
            answer: pick(draws.rate(), &self.answer_rates())
                .unwrap_or(Answer::Accept(Told::Plainly)),
            latency: Duration::from_millis(latency),
            fate: Fate {
                outcome: pick(draws.rate(), &self.outcome_rates()).unwrap_or(Outcome::Delivered),
                receipts: pick(draws.rate(), &self.receipt_rates()).unwrap_or(Receipts::Normal),
                reply: (draws.rate() < self.stop_reply).then_some(Reply::Stop),
            },
        }
    }

    fn answer_rates(&self) -> [(&'static str, f64, Answer); 8] {
        [
            ("rate_limited", self.rate_limited, Answer::Refuse(10011)),
            ("server_error", self.server_error, Answer::Refuse(10007)),
            (
                "accepted_server_error",
                self.accepted_server_error,
                Answer::Accept(Told::AsFailure),
            ),
            ("unavailable", self.unavailable, Answer::Refuse(10037)),
            ("queue_full", self.queue_full, Answer::Refuse(40318)),
            (
                "lost_response",
                self.lost_response,
                Answer::Accept(Told::Nothing),
            ),
            (
                "rubbish_answer",
                self.rubbish_answer,
                Answer::Accept(Told::Garbled),
            ),
            ("hang_up", self.hang_up, Answer::HangUp),
        ]
    }

    fn outcome_rates(&self) -> [(&'static str, f64, Outcome); 3] {
        [
            (
                "undeliverable",
                self.undeliverable,
                Outcome::DeliveryFailed(40008),
            ),
            ("unconfirmed", self.unconfirmed, Outcome::Unconfirmed),
            (
                "delivered_after_failed",
                self.delivered_after_failed,
                Outcome::DeliveredAfterFailed,
            ),
        ]
    }

    fn receipt_rates(&self) -> [(&'static str, f64, Receipts); 4] {
        [
            ("no_receipt", self.no_receipt, Receipts::None),
            ("late_receipt", self.late_receipt, Receipts::Late),
            (
                "duplicate_receipts",
                self.duplicate_receipts,
                Receipts::Duplicated,
            ),
            (
                "shuffled_receipts",
                self.shuffled_receipts,
                Receipts::Shuffled,
            ),
        ]
    }
}

fn group(name: &'static str, rates: &[(&'static str, f64)]) -> Result<(), ChaosError> {
    if let Some((rate, _)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
        return Err(ChaosError::RateOutOfRange(rate));
    }
    // People type these rates: ten times 0.1 is slightly more than 1 in binary.
    if rates.iter().map(|(_, rate)| rate).sum::<f64>() > 1.0 + 1e-9 {
        return Err(ChaosError::GroupExceedsOne(name));
    }
    Ok(())
}

fn pick<T: Copy>(draw: f64, rates: &[(&'static str, f64, T)]) -> Option<T> {
    let mut below = 0.0;
    rates.iter().find_map(|(_, rate, what)| {
        below += rate;
        (draw < below).then_some(*what)
    })
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seedable, and identical on every machine.
struct Draws(u64);

impl Draws {
    fn new(seed: u64, to: &str, nth: u32) -> Self {
        // FNV-1a, because the result of the standard hasher may change with the compiler.
        let name = to.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(seed ^ mix(name)).wrapping_add(u64::from(nth).wrapping_mul(0xd134_2543_de82_ef95)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A uniformly distributed value in [0, 1).
    fn rate(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    fn between(&mut self, min: u64, max: u64) -> u64 {
        let draw = self.next();
        let span = max.saturating_sub(min).saturating_add(1);
        min + draw % span
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stormy() -> Chaos {
        Chaos {
            seed: 7,
            latency_min_ms: 10,
            latency_max_ms: 20,
            rate_limited: 0.2,
            lost_response: 0.2,
            undeliverable: 0.5,
            no_receipt: 0.3,
            stop_reply: 0.1,
            ..Chaos::default()
        }
    }

    fn scripts(chaos: &Chaos, count: u32) -> Vec<Script> {
        (0..count)
            .map(|n| chaos.script_for(&format!("+1202555{n:04}"), 0))
            .collect()
    }

    #[test]
    fn a_seed_gives_the_same_scripts_again_and_another_seed_gives_others() {
        let other = Chaos {
            seed: 8,
            ..stormy()
        };
        assert_eq!(scripts(&stormy(), 200), scripts(&stormy(), 200));
        assert_ne!(scripts(&stormy(), 200), scripts(&other, 200));
    }

    #[test]
    fn a_repeated_request_to_one_recipient_draws_anew() {
        let chaos = Chaos {
            rate_limited: 0.5,
            ..Chaos::default()
        };
        let answers: Vec<_> = (0..64)
            .map(|nth| chaos.script_for("+12025550123", nth).answer)
            .collect();
        assert!(answers.contains(&Answer::Accept(Told::Plainly)));
        assert!(answers.contains(&Answer::Refuse(10011)));
    }

    #[test]
    fn faults_come_about_as_often_as_their_rates() {
        let scripts = scripts(&stormy(), 5_000);
        let share = |hit: fn(&Script) -> bool| {
            let hits = u32::try_from(scripts.iter().filter(|script| hit(script)).count()).unwrap();
            f64::from(hits) / 5_000.0
        };
        assert!((share(|s| s.answer == Answer::Refuse(10011)) - 0.2).abs() < 0.03);
        assert!((share(|s| s.answer == Answer::Accept(Told::Nothing)) - 0.2).abs() < 0.03);
        assert!((share(|s| s.fate.outcome == Outcome::Delivered) - 0.5).abs() < 0.03);
        assert!((share(|s| s.fate.receipts == Receipts::None) - 0.3).abs() < 0.03);
        assert!((share(|s| s.fate.reply.is_some()) - 0.1).abs() < 0.03);
        assert!(share(|s| (10..=20).contains(&s.latency.as_millis())) >= 1.0);
    }

    #[test]
    fn rates_that_are_no_probabilities_are_refused() {
        let negative = Chaos {
            hang_up: -0.1,
            ..Chaos::default()
        };
        let not_a_number = Chaos {
            late_receipt: f64::NAN,
            ..Chaos::default()
        };
        let crowded = Chaos {
            undeliverable: 0.6,
            unconfirmed: 0.6,
            ..Chaos::default()
        };
        let reversed = Chaos {
            latency_min_ms: 2,
            latency_max_ms: 1,
            ..Chaos::default()
        };
        assert_eq!(
            negative.validate(),
            Err(ChaosError::RateOutOfRange("hang_up"))
        );
        assert_eq!(
            not_a_number.validate(),
            Err(ChaosError::RateOutOfRange("late_receipt"))
        );
        assert_eq!(
            crowded.validate(),
            Err(ChaosError::GroupExceedsOne("outcome"))
        );
        assert_eq!(reversed.validate(), Err(ChaosError::LatencyRange));
        assert_eq!(stormy().validate(), Ok(()));
    }
}
