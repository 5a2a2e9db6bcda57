//! Postal codes of the US and Canada, as ranges that lie in one state.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::table::{DataError, Line, Located, rows};
use crate::compliance::jurisdiction::{Country, Jurisdiction, JurisdictionRules};

const FILE: &str = "postal_codes.csv";

/// Ranges in the order of their codes; none overlaps another.
#[derive(Debug)]
pub(super) struct PostalCodes(Vec<Range>);

#[derive(Debug, Clone, Copy)]
struct Range {
    first: Key,
    last: Key,
    jurisdiction: Jurisdiction,
}

/// What tells the place: the five digits of a ZIP code, or the three characters of a Canadian
/// forward sortation area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Zip([u8; 5]),
    SortationArea([u8; 3]),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    first: String,
    last: String,
    country: Country,
    state_or_province: String,
    source: String,
}

impl PostalCodes {
    pub(super) fn read(
        text: &str,
        rules: &BTreeMap<Jurisdiction, JurisdictionRules>,
    ) -> Result<Self, DataError> {
        let mut ranges: Vec<Range> = Vec::new();
        for Located { line, row } in rows::<Row>(FILE, text)? {
            line.not_empty("source", &row.source)?;
            let range = row.range(line)?;
            let country = rules
                .get(&range.jurisdiction)
                .and_then(|rules| rules.country);
            if country != Some(row.country) {
                return Err(line.error(format!("no quiet hours of {} there", range.jurisdiction)));
            }
            if ranges
                .last()
                .is_some_and(|before| before.last >= range.first)
            {
                return Err(line.error("the range does not begin after the one before"));
            }
            ranges.push(range);
        }
        Ok(Self(ranges))
    }

    /// The state of a code as people write it.
    pub(super) fn find(&self, text: &str) -> Option<Jurisdiction> {
        let key = Key::parse_stated(text)?;
        let before = self.0.partition_point(|range| range.last < key);
        self.0
            .get(before)
            .filter(|range| range.first <= key)
            .map(|range| range.jurisdiction)
    }
}

impl Row {
    fn range(&self, line: Line) -> Result<Range, DataError> {
        let key = |text: &str| {
            Key::parse(text.as_bytes())
                .filter(|key| key.country() == self.country)
                .ok_or_else(|| line.error(format!("`{text}` is not the begin of a postal code")))
        };
        let (first, last) = (key(&self.first)?, key(&self.last)?);
        if first > last {
            return Err(line.error("the range ends before it begins"));
        }
        let jurisdiction = line.jurisdiction(&self.state_or_province)?;
        Ok(Range {
            first,
            last,
            jurisdiction,
        })
    }
}

impl Key {
    /// `12345`, or `A1A` in capitals.
    fn parse(text: &[u8]) -> Option<Self> {
        match *text {
            [a, b, c, d, e] if [a, b, c, d, e].iter().all(u8::is_ascii_digit) => {
                Some(Self::Zip([a, b, c, d, e]))
            }
            [a, b, c] if a.is_ascii_uppercase() && b.is_ascii_digit() && c.is_ascii_uppercase() => {
                Some(Self::SortationArea([a, b, c]))
            }
            _ => None,
        }
    }

    /// `12345`, `12345-6789`, `A1A`, `A1A 1A1` or `a1a1a1`; space around it does not matter.
    fn parse_stated(text: &str) -> Option<Self> {
        match *text.trim().as_bytes() {
            [a, b, c, d, e] => Self::parse(&[a, b, c, d, e]),
            [a, b, c, d, e, ref rest @ ..] if is_zip_extension(rest) => {
                Self::parse(&[a, b, c, d, e])
            }
            [a, b, c, ref rest @ ..] if rest.is_empty() || is_delivery_unit(rest) => {
                Self::parse(&[a, b, c].map(|letter| letter.to_ascii_uppercase()))
            }
            _ => None,
        }
    }

    const fn country(self) -> Country {
        match self {
            Self::Zip(_) => Country::UnitedStates,
            Self::SortationArea(_) => Country::Canada,
        }
    }
}

/// The four further digits of a ZIP code, with or without their hyphen.
fn is_zip_extension(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    digits.len() == 4 && digits.iter().all(u8::is_ascii_digit)
}

/// The second half of a Canadian postal code, with or without the space before it.
fn is_delivery_unit(text: &[u8]) -> bool {
    let unit = text.strip_prefix(b" ").unwrap_or(text);
    matches!(unit, [a, b, c] if a.is_ascii_digit() && b.is_ascii_alphabetic() && c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        for text in ["33101", " 33101 ", "33101-1234", "331011234"] {
            assert_eq!(Key::parse_stated(text), Some(Key::Zip(*b"33101")), "{text}");
        }
        for text in ["K1A", "k1a 0b1", "K1A0B1", " K1A 0B1"] {
            assert_eq!(
                Key::parse_stated(text),
                Some(Key::SortationArea(*b"K1A")),
                "{text}"
            );
        }
    }

    #[test]
    fn another_text_is_no_postal_code() {
        for text in [
            "",
            "3310",
            "331012",
            "33101-",
            "33101-12345",
            "33101 1234",
            "SW1A 1AA",
            "K1",
            "K1A 0B",
            "K1A-0B1",
            "KIA 0B1",
            "K1A 0BB",
            "33１01",
        ] {
            assert_eq!(Key::parse_stated(text), None, "{text}");
        }
    }
}
