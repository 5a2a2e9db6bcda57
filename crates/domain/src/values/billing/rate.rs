//! The price of a message.

use serde::{Deserialize, Serialize};

use crate::values::billing::Money;

/// The price of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(Money);

impl Rate {
    /// The default price: 0.02 USD per segment.
    pub const DEFAULT: Self = Self(Money::from_micros(20_000));

    /// A price per segment.
    #[must_use]
    pub const fn per_segment(price: Money) -> Self {
        Self(price)
    }

    /// The price of a message of `segments` segments.
    #[must_use]
    pub const fn price(self, segments: u32) -> Money {
        self.0.times(segments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_is_segments_times_rate() {
        assert_eq!(Rate::DEFAULT.price(3), Money::from_micros(60_000));
    }
}
