//! Amounts of money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in millionths of a US dollar, the one currency of all wallets. Sums saturate at the
/// ends of `i64` (about ±9.2 trillion dollars) rather than wrap.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Zero dollars.
    pub const ZERO: Self = Self(0);

    /// An amount given in millionths of a dollar.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// An amount given in dollars, in digits with up to six decimals: `25`, `0.0079`. `None` for anything else,
    /// for an amount below zero, and for one that is too large.
    #[must_use]
    pub fn from_dollars(text: &str) -> Option<Self> {
        let (dollars, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
        if !are_digits(dollars) || !are_digits(decimals) || decimals.len() > 6 {
            return None;
        }
        let whole: i64 = dollars.parse().ok()?;
        let part: i64 = format!("{decimals:0<6}").parse().ok()?;
        whole
            .checked_mul(1_000_000)?
            .checked_add(part)
            .map(Self::from_micros)
    }

    /// The amount in millionths of a dollar.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Adds an amount, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Subtracts an amount, saturating.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Multiplies the amount by `count`, saturating.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count as i64))
    }

    /// Negates the amount, saturating.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// Dollars with four decimals, as on the wire: `0.0200`. The remaining two are rounded half away
/// from zero.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ten_thousandths = self.0.unsigned_abs().saturating_add(50) / 100;
        let sign = if self.0 < 0 && ten_thousandths > 0 {
            "-"
        } else {
            ""
        };
        let (dollars, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
        write!(f, "{sign}{dollars}.{rest:04}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_with_four_decimals() {
        for (micros, text) in [
            (0, "0.0000"),
            (20_000, "0.0200"),
            (-20_000, "-0.0200"),
            (1_234_567_890, "1234.5679"),
            (49, "0.0000"),
            (-49, "0.0000"),
            (50, "0.0001"),
        ] {
            assert_eq!(Money::from_micros(micros).to_string(), text);
        }
    }

    #[test]
    fn an_amount_in_dollars_is_read_exactly_or_not_at_all() {
        for (text, micros) in [
            ("25", Some(25_000_000)),
            ("0.0079", Some(7_900)),
            ("1.000001", Some(1_000_001)),
            ("9223372036854", Some(9_223_372_036_854_000_000)),
            ("9223372036855", None),
            ("1.0000001", None),
            ("-1", None),
            ("+1", None),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("$5", None),
            ("", None),
        ] {
            assert_eq!(
                Money::from_dollars(text).map(Money::micros),
                micros,
                "{text:?}"
            );
        }
    }

    #[test]
    fn sums_saturate_instead_of_wrapping() {
        let most = Money::from_micros(i64::MAX);
        assert_eq!(most.plus(most), most);
        assert_eq!(most.times(3), most);
    }
}
