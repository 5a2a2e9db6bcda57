//! Phone numbers in E.164. This module must not know which area codes exist or where they are: that
//! is data, in [`crate::law`].

mod reading;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::reading::UnreadablePhone;

/// A phone number in E.164: `+` and 7 to 15 digits, the first not zero (ITU-T E.164).
///
/// `Debug` masks all but the last two digits, so that a number may appear in a log line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(Box<str>);

/// The text is not a phone number in E.164.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number in E.164: expected `+` and 7 to 15 digits")]
pub struct InvalidPhoneNumber;

/// The number begins with `+1` but does not fit the North American Numbering Plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no number of the US or Canada: expected +1 and ten digits, of which the first three and the \
     next three begin with 2 to 9 and do not end in 11"
)]
pub struct OutsideNumberingPlan;

/// The area code of a number in the North American Numbering Plan: its first three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AreaCode(u16);

/// What the rules read of a phone number: its area code, or why it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberPrefix {
    /// A number of the North American Numbering Plan with this area code.
    Area(AreaCode),
    /// A number that begins with `+1` and does not have the form of the plan.
    Malformed,
    /// A number of another country.
    Abroad,
}

impl NumberPrefix {
    /// The prefix of a number.
    #[must_use]
    pub fn of(number: &PhoneNumber) -> Self {
        match number.area_code() {
            Some(code) => Self::Area(code),
            None if number.0.starts_with("+1") => Self::Malformed,
            None => Self::Abroad,
        }
    }

    /// A number with this prefix, for use where the number itself is not kept. It may belong to somebody:
    /// nothing is sent to it.
    #[must_use]
    pub fn placeholder(self) -> PhoneNumber {
        PhoneNumber(match self {
            Self::Area(code) => format!("+1{code}2000000").into(),
            Self::Malformed => "+10000000000".into(),
            Self::Abroad => "+9990000000".into(),
        })
    }
}

impl PhoneNumber {
    /// Parses E.164 text.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] when the text is not E.164.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(InvalidPhoneNumber)
        }
    }

    /// Checks that a `+1` number has the form that the North American Numbering Plan requires (NANPA:
    /// NXX-NXX-XXXX, excluding codes that end in 11). Apply it to newly entered numbers; stored
    /// numbers may predate the check.
    ///
    /// # Errors
    /// [`OutsideNumberingPlan`].
    pub fn check(&self) -> Result<(), OutsideNumberingPlan> {
        let Some(national) = self.0.strip_prefix("+1") else {
            return Ok(());
        };
        let is_code = |from: usize| {
            let code = national
                .get(from..from.saturating_add(3))
                .unwrap_or_default();
            code.starts_with(|digit| ('2'..='9').contains(&digit)) && !code.ends_with("11")
        };
        if national.len() == 10 && is_code(0) && is_code(3) {
            Ok(())
        } else {
            Err(OutsideNumberingPlan)
        }
    }

    /// The number in E.164: `+` and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The area code, when the number has the form of the North American Numbering Plan: `+1` and
    /// ten digits, with an area code and an exchange that begin with 2 to 9. The code need not be
    /// in use.
    #[must_use]
    pub fn area_code(&self) -> Option<AreaCode> {
        let national = self
            .0
            .strip_prefix("+1")
            .filter(|digits| digits.len() == 10)?;
        let leads_with_2_to_9 = |from: usize| {
            national
                .get(from..=from)
                .is_some_and(|digit| ("2"..="9").contains(&digit))
        };
        if !(leads_with_2_to_9(0) && leads_with_2_to_9(3)) {
            return None;
        }
        national.get(..3)?.parse().ok().and_then(AreaCode::new)
    }

    /// The number with all but the last two digits masked, for logs and messages to people.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.0.len().saturating_sub(2);
        self.0
            .char_indices()
            .map(|(at, c)| if at == 0 || at >= shown { c } else { '*' })
            .collect()
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0.into()
    }
}

impl AreaCode {
    /// An area code from its number, 200 to 999.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        if code >= 200 && code <= 999 {
            Some(Self(code))
        } else {
            None
        }
    }

    /// The code as a number, 200 to 999.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    #[test]
    fn only_e164_is_a_phone_number() {
        for bad in [
            "",
            "+",
            "3055550100",
            "+0305555010",
            "+1 305",
            "+123456",
            "+1234567890123456",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(InvalidPhoneNumber), "{bad}");
        }
        assert_eq!(number("+13055550100").as_str(), "+13055550100");
    }

    #[test]
    fn the_area_code_is_read_from_north_american_numbers_only() {
        assert_eq!(number("+13055550100").area_code(), AreaCode::new(305));
        for other in [
            "+442071838750",
            "+11055550100",
            "+13051550100",
            "+130555501",
        ] {
            assert_eq!(number(other).area_code(), None, "{other}");
        }
    }

    #[test]
    fn a_number_behind_1_has_the_shape_of_the_numbering_plan() {
        for good in [
            "+14045550190",
            "+12122119999",
            "+18005550100",
            "+18882345678",
        ] {
            let expected = if good == "+12122119999" {
                Err(OutsideNumberingPlan)
            } else {
                Ok(())
            };
            assert_eq!(number(good).check(), expected, "{good}");
        }
        for bad in [
            "+1404555019",
            "+140455501900",
            "+10045550190",
            "+11045550190",
            "+14040550190",
            "+14041550190",
            "+19115550190",
            "+14049110190",
            "+1404555",
        ] {
            assert_eq!(number(bad).check(), Err(OutsideNumberingPlan), "{bad}");
        }
        for elsewhere in ["+442071838750", "+5215512345678"] {
            assert_eq!(number(elsewhere).check(), Ok(()), "{elsewhere}");
        }
    }

    #[test]
    fn debug_hides_all_but_the_last_two_digits() {
        assert_eq!(
            format!("{:?}", number("+13055550142")),
            "PhoneNumber(+*********42)"
        );
    }
}
