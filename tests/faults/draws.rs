//! Random draws from a seed.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014), which gives the same values on every machine.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A uniformly distributed value from 0 to `limit`, exclusive.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from((value ^ (value >> 31)) % limit).unwrap_or(0)
    }

    /// True once in `times` draws on average.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A duration in milliseconds, from `least` to `limit`, exclusive.
    pub(crate) fn millis(&mut self, least: usize, limit: usize) -> Duration {
        let millis = least + self.below(limit.saturating_sub(least));
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// Removes and returns a random item.
    pub(crate) fn take<T>(&mut self, several: &mut Vec<T>) -> Option<T> {
        let index = self.below(several.len());
        (index < several.len()).then(|| several.swap_remove(index))
    }
}
