//! Series of measurements: medians, extremes, percentiles.

use std::time::Duration;

/// The measurements of one row, one per round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The median; for an even number of values, the mean of the two in the middle.
    pub(crate) fn median(&self) -> Option<f64> {
        let middle = self.0.len() / 2;
        let upper = self.0.get(middle).copied()?;
        if self.0.len() % 2 == 1 {
            return Some(upper);
        }
        let lower = self.0.get(middle.checked_sub(1)?).copied()?;
        Some(f64::midpoint(lower, upper))
    }

    pub(crate) fn least(&self) -> Option<f64> {
        self.0.first().copied()
    }

    pub(crate) fn most(&self) -> Option<f64> {
        self.0.last().copied()
    }
}

/// Latencies, sorted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl FromIterator<Duration> for Latencies {
    fn from_iter<I: IntoIterator<Item = Duration>>(latencies: I) -> Self {
        let mut sorted: Vec<_> = latencies.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }
}

impl Latencies {
    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// A percentile of the latencies, in milliseconds.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0
            .get(index)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}
