//! States, provinces and territories, each with its law. This module must not know how the law is
//! stored or how a recipient is located.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::law::history::LawHistory;
use crate::law::schedule::Zone;

/// A US state or territory, a Canadian province or territory, by its two-letter postal code; or
/// [`Jurisdiction::DEFAULT_STRICT`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Jurisdiction(Code);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Code {
    Postal([u8; 2]),
    DefaultStrict,
}

/// The text is neither a two-letter code in upper case nor `DEFAULT_STRICT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a jurisdiction: expected a two-letter postal code")]
pub struct InvalidJurisdiction;

/// The countries that messages are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Country {
    /// The United States, with its territories.
    #[serde(rename = "US")]
    UnitedStates,
    /// Canada.
    #[serde(rename = "CA")]
    Canada,
}

/// A jurisdiction with its law since 2021, from its rows of the data files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JurisdictionRules {
    pub jurisdiction: Jurisdiction,
    /// The country; `None` for [`Jurisdiction::DEFAULT_STRICT`], which is not a real place.
    pub country: Option<Country>,
    /// The time zones in use there; empty for [`Jurisdiction::DEFAULT_STRICT`].
    pub zones: Box<[Zone]>,
    /// What the law says, and since when.
    pub law: LawHistory,
}

impl Jurisdiction {
    /// The strictest combination of all rules, for a stated place that cannot be interpreted.
    pub const DEFAULT_STRICT: Self = Self(Code::DefaultStrict);

    /// The US territories. The federal rule applies to those without a row.
    pub const TERRITORIES: [Self; 5] = [
        Self(Code::Postal(*b"AS")),
        Self(Code::Postal(*b"GU")),
        Self(Code::Postal(*b"MP")),
        Self(Code::Postal(*b"PR")),
        Self(Code::Postal(*b"VI")),
    ];

    /// Parses `FL` or `DEFAULT_STRICT`. The rule data determines whether the code is in use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == Self::DEFAULT_STRICT.as_str() {
            return Some(Self::DEFAULT_STRICT);
        }
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(Code::Postal(letters)))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Code::Postal(letters) => str::from_utf8(letters).unwrap_or_default(),
            Code::DefaultStrict => "DEFAULT_STRICT",
        }
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Jurisdiction {
    type Error = InvalidJurisdiction;

    fn try_from(text: String) -> Result<Self, InvalidJurisdiction> {
        Self::parse(&text).ok_or(InvalidJurisdiction)
    }
}

impl From<Jurisdiction> for String {
    fn from(jurisdiction: Jurisdiction) -> Self {
        jurisdiction.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_two_capital_letters_or_the_strict_default() {
        for code in ["FL", "QC", "DEFAULT_STRICT"] {
            assert_eq!(Jurisdiction::parse(code).unwrap().as_str(), code);
        }
        for text in ["", "F", "FLA", "fl", "F1", " FL", "Ð", "default_strict"] {
            assert_eq!(Jurisdiction::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_jurisdiction_is_written_as_its_code() {
        let florida = Jurisdiction::parse("FL").unwrap();
        assert_eq!(serde_json::to_string(&florida).unwrap(), r#""FL""#);
        assert_eq!(
            serde_json::from_str::<Jurisdiction>(r#""FL""#).unwrap(),
            florida
        );
        assert!(serde_json::from_str::<Jurisdiction>(r#""Florida""#).is_err());
    }
}
