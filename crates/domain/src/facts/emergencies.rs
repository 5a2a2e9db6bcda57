//! Declared emergencies, during which some laws forbid unsolicited messages. No table can know them. Must not
//! know what follows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::law::Jurisdiction;
use crate::values::ids::EmergencyId;

/// The emergencies in force, as of one version of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Emergencies {
    /// The version, which each declaration and each lifting advances.
    pub version: i64,
    /// Those that are not lifted.
    pub declared: Vec<Emergency>,
}

/// An emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Identifier of the declaration.
    pub id: EmergencyId,
    /// The state or province.
    pub jurisdiction: Jurisdiction,
    /// The beginnings of the postal codes that are concerned, in capitals without spaces; none = the whole
    /// state.
    pub postal_prefixes: Vec<String>,
    /// When it ends; `None` = not known.
    pub until: Option<DateTime<Utc>>,
}

impl Emergency {
    /// The most prefixes of postal codes.
    pub const MOST_PREFIXES: usize = 1_000;

    /// Whether it is in force at an instant at a place of the jurisdiction with this postal code, as stated.
    /// A code that is not known may be any.
    #[must_use]
    pub fn concerns(&self, postal_code: Option<&str>, at: DateTime<Utc>) -> bool {
        let is_over = self.until.is_some_and(|until| until <= at);
        let is_near = postal_code.map(normal).is_none_or(|code| {
            let prefixes = &self.postal_prefixes;
            // Leading zeros of a ZIP code may be missing.
            let padded = if code.len() == 4 && code.bytes().all(|c| c.is_ascii_digit()) {
                format!("0{code}")
            } else {
                code
            };
            prefixes.is_empty() || prefixes.iter().any(|prefix| padded.starts_with(prefix))
        });
        !is_over && is_near
    }

    /// A prefix as it is compared; `None` = it cannot begin a postal code.
    #[must_use]
    pub fn prefix(text: &str) -> Option<String> {
        let prefix = normal(text);
        let is_fine = (1..=6).contains(&prefix.len())
            && prefix
                .bytes()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        is_fine.then_some(prefix)
    }
}

/// A postal code in capitals without spaces.
fn normal(code: &str) -> String {
    let letters = code.chars().filter(|c| !c.is_whitespace());
    letters.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn emergency(prefixes: &[&str], until: Option<i64>) -> Emergency {
        Emergency {
            id: EmergencyId::new(Uuid::nil()),
            jurisdiction: Jurisdiction::parse("NY").unwrap(),
            postal_prefixes: prefixes.iter().map(|text| (*text).to_owned()).collect(),
            until: until.map(at),
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn an_emergency_is_over_at_its_end() {
        assert!(emergency(&[], Some(10)).concerns(None, at(9)));
        assert!(!emergency(&[], Some(10)).concerns(None, at(10)));
        assert!(emergency(&[], None).concerns(None, at(1_000_000)));
    }

    #[test]
    fn a_part_of_a_state_is_found_by_the_postal_code_and_an_unknown_one_may_be_in_it() {
        let part = emergency(&["068", "K1A"], None);
        for (code, expected) in [
            (Some("06820"), true),
            (Some("6820"), true),
            (Some("06820-1234"), true),
            (Some("k1a 0b1"), true),
            (Some("10001"), false),
            (None, true),
        ] {
            assert_eq!(part.concerns(code, at(0)), expected, "{code:?}");
        }
    }

    #[test]
    fn a_prefix_has_letters_and_digits() {
        assert_eq!(Emergency::prefix(" k1a "), Some("K1A".to_owned()));
        for bad in ["", "1234567", "1*", "é"] {
            assert_eq!(Emergency::prefix(bad), None, "{bad}");
        }
    }
}
