//! When the kills of a seed come.

use std::time::Duration;

/// A moment to kill in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kill {
    pub(crate) when: When,
    /// The database server dies in the same instant, not a moment later by itself.
    pub(crate) with_database: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// Once so many requests were answered, and a little later.
    Answered(usize, Duration),
    /// So long after the start, ready or not.
    Started(Duration),
}

/// The kills of a seed, in their order, while `messages` are sent.
pub(crate) fn kills(seed: u64, messages: usize) -> Vec<Kill> {
    let mut draws = Draws(seed);
    let count = 3 + draws.below(3);
    let messages = u64::try_from(messages).unwrap_or(u64::MAX);
    let mut answered: Vec<_> = (0..count).map(|_| draws.below(messages)).collect();
    answered.sort_unstable();
    let kill = |answered: u64| {
        let when = if draws.below(4) == 0 {
            When::Started(Duration::from_millis(draws.below(1500)))
        } else {
            let little = Duration::from_millis(draws.below(40));
            When::Answered(usize::try_from(answered).unwrap_or(usize::MAX), little)
        };
        let with_database = draws.below(2) == 0;
        Kill {
            when,
            with_database,
        }
    };
    answered.into_iter().map(kill).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same on every machine.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (value ^ (value >> 31)) % limit.max(1)
    }
}
