//! Postal codes of the US and Canada, as ranges that each lie in one state.

mod written;

use std::collections::BTreeMap;

use serde::Deserialize;
use sms_text::{fold, plain_marks};

use crate::law::data::table::{DataError, Line, Located, rows};
use crate::law::jurisdiction::{Country, Jurisdiction, JurisdictionRules};

pub(super) const FILE: &str = "postal_codes.csv";

/// Ranges in the order of their codes, without overlaps.
#[derive(Debug, Clone)]
pub(super) struct PostalCodes(Vec<Range>);

#[derive(Debug, Clone, Copy)]
struct Range {
    first: Key,
    last: Key,
    jurisdiction: Jurisdiction,
}

/// The part of a postal code that determines the place: the five digits of a ZIP code, or the three
/// characters of a Canadian forward sortation area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Zip([u8; 5]),
    SortationArea([u8; 3]),
}

/// The location of a postal code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::law) struct PostalPlace {
    pub(in crate::law) jurisdiction: Jurisdiction,
    /// False for three digits, which may be a ZIP code without two leading zeros or something else,
    /// such as an area code. Such a code counts only where it agrees with the stated state.
    pub(in crate::law) is_sure: bool,
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
            let is_nowhere = range.jurisdiction == Jurisdiction::DEFAULT_STRICT;
            if country != Some(row.country) && !is_nowhere {
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

    /// The place of each range.
    pub(super) fn rows(&self) -> impl Iterator<Item = (String, String)> {
        let ranges = self.0.iter();
        ranges.map(|range| {
            let (first, last) = (range.first.text(), range.last.text());
            (format!("{first}-{last}"), range.jurisdiction.to_string())
        })
    }

    /// A code that is in use, as its post office writes it: `01234`, `33101-1234`, `K1A 0B1`. `None`
    /// where the text is not surely one code.
    pub(super) fn written(&self, text: &str) -> Option<String> {
        let place = self.find(text).filter(|place| place.is_sure)?;
        let written = Stated::parse(text)?.written(&groups(text)?)?;
        // The text that is kept means what was stated.
        (self.find(&written) == Some(place)).then_some(written)
    }

    /// The place of a code in any usual spelling.
    pub(super) fn find(&self, text: &str) -> Option<PostalPlace> {
        let Stated { key, is_sure } = Stated::parse(text)?;
        let before = self.0.partition_point(|range| range.last < key);
        let range = self.0.get(before).filter(|range| range.first <= key)?;
        Some(PostalPlace {
            jurisdiction: range.jurisdiction,
            is_sure,
        })
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
    fn text(&self) -> String {
        match self {
            Self::Zip(digits) => String::from_utf8_lossy(digits).into_owned(),
            Self::SortationArea(letters) => String::from_utf8_lossy(letters).into_owned(),
        }
    }

    /// `12345`, or `A1A` in upper case.
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

    const fn country(self) -> Country {
        match self {
            Self::Zip(_) => Country::UnitedStates,
            Self::SortationArea(_) => Country::Canada,
        }
    }
}

/// Canada Post does not use D, F, I, O, Q and U, because they resemble digits or other letters.
const fn is_postal_letter(c: u8) -> bool {
    c.is_ascii_uppercase() && !matches!(c, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U')
}

/// A code as written by people and spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stated {
    key: Key,
    is_sure: bool,
}

impl Stated {
    /// Parses a ZIP code with or without the +4 digits, even where a spreadsheet dropped leading
    /// zeros or added a decimal fraction, and a Canadian code or its first half. Spaces, hyphens,
    /// quotes and case do not matter. The letters O and I (and l in a ZIP code) count as digits
    /// where only a digit can stand.
    fn parse(text: &str) -> Option<Self> {
        let groups = groups(text)?;
        let all: Vec<u8> = groups.concat();
        zip(&groups).or_else(|| {
            let key = sortation_area(&all)?;
            Some(Self { key, is_sure: true })
        })
    }
}

/// The runs of letters and digits, in upper case; `None` where characters other than spaces and
/// hyphens separate them, or where there are too many.
fn groups(text: &str) -> Option<Vec<Vec<u8>>> {
    let plain = plain_marks(&fold(text));
    let is_around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=');
    let plain = plain.trim_matches(is_around);
    let plain = plain.strip_suffix(".0").unwrap_or(plain);
    let mut groups = vec![Vec::new()];
    for c in plain.chars() {
        if c.is_whitespace() || matches!(c, '-' | '_') {
            groups.push(Vec::new());
        } else if c.is_ascii_alphanumeric() {
            let letter = u8::try_from(c).ok()?;
            groups.last_mut()?.push(letter.to_ascii_uppercase());
        } else {
            return None;
        }
    }
    groups.retain(|group| !group.is_empty());
    (1..=6).contains(&groups.len()).then_some(groups)
}

fn zip(groups: &[Vec<u8>]) -> Option<Stated> {
    let digits = |group: &[u8]| group.iter().all(u8::is_ascii_digit);
    let code = match groups {
        [code] if code.len() == 5 => repaired(code)?,
        // With the +4 digits and no separator.
        [all] if digits(all) && (7..=9).contains(&all.len()) => {
            all.get(..all.len().checked_sub(4)?)?.to_vec()
        }
        [code] if digits(code) => code.clone(),
        [code, extension] if extension.len() == 4 && digits(extension) => repaired(code)?,
        _ => return None,
    };
    let (zeros, is_sure): (&[u8], bool) = match code.len() {
        5 => (b"", true),
        // A spreadsheet treats a code as a number and drops leading zeros; a short code that still
        // begins with zero lost its end instead.
        4 if !code.starts_with(b"0") => (b"0", true),
        3 if !code.starts_with(b"0") => (b"00", false),
        _ => return None,
    };
    let key = Key::parse(&[zeros, &code].concat())?;
    Some(Stated { key, is_sure })
}

/// The digits, with look-alike letters replaced, as long as most characters are digits.
fn repaired(code: &[u8]) -> Option<Vec<u8>> {
    let written = code.iter().filter(|c| c.is_ascii_digit()).count();
    let digit = |c: &u8| match c {
        b'O' => Some(b'0'),
        b'I' | b'L' => Some(b'1'),
        c => c.is_ascii_digit().then_some(*c),
    };
    let digits: Vec<u8> = code.iter().map(digit).collect::<Option<_>>()?;
    (written >= 3).then_some(digits)
}

/// The digit that a letter of a Canadian code stands for where only a digit can stand.
const fn look_alike(written: u8) -> u8 {
    match written {
        b'O' => b'0',
        b'I' => b'1',
        other => other,
    }
}

/// The first half of a Canadian code that is given in full or as its first half.
fn sortation_area(code: &[u8]) -> Option<Key> {
    match *code {
        [a, _, c] if is_postal_letter(a) && is_postal_letter(c) => Key::parse(code),
        [a, b, c, d, e, f] if is_postal_letter(a) && is_postal_letter(c) => {
            let [x, y, z] = [b, d, f].map(look_alike);
            let any_is_written = [b, d, f].iter().any(u8::is_ascii_digit);
            let is_unit = y.is_ascii_digit() && is_postal_letter(e) && z.is_ascii_digit();
            (any_is_written && is_unit)
                .then(|| Key::parse(&[a, x, c]))
                .flatten()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<Key> {
        Stated::parse(text).map(|stated| stated.key)
    }

    #[test]
    fn a_zip_code_is_read_as_people_write_it() {
        for text in [
            "33101",
            " 33101 ",
            "33101-1234",
            "331011234",
            "33101 1234",
            "33101 - 1234",
            "33101\u{2013}1234",
            "33101-",
            "33101.0",
            "\u{FF13}\u{FF13}\u{FF11}\u{FF10}\u{FF11}",
            "33\u{200B}101",
            "'33101",
            "=\"33101\"",
            "33IO1",
            "3310l",
            "3310l-1234",
        ] {
            assert_eq!(key(text), Some(Key::Zip(*b"33101")), "{text}");
        }
    }

    #[test]
    fn zeros_that_a_spreadsheet_took_come_back() {
        for text in ["2134", "02134", "2134.0", "2134-1234", "21341234", "O2134"] {
            let stated = Stated::parse(text).unwrap();
            assert_eq!(stated.key, Key::Zip(*b"02134"), "{text}");
            assert!(stated.is_sure, "{text}");
        }
        for text in ["926", "926-1234", "9261234"] {
            let stated = Stated::parse(text).unwrap();
            assert_eq!(stated.key, Key::Zip(*b"00926"), "{text}");
            assert!(!stated.is_sure, "{text}");
        }
    }

    #[test]
    fn a_canadian_code_is_read_as_people_write_it() {
        for text in [
            "K1A",
            "k1a",
            "k1a 0b1",
            "K1A0B1",
            " K1A 0B1",
            "K1A-0B1",
            "K1A  0B1",
            "K 1 A 0 B 1",
            "K1A\u{A0}0B1",
            "k1a ob1",
            "KIA 0B1",
            "K1A OBI",
        ] {
            assert_eq!(key(text), Some(Key::SortationArea(*b"K1A")), "{text}");
        }
    }

    #[test]
    fn another_text_is_no_postal_code() {
        for text in [
            "",
            " ",
            "-",
            "0",
            "12",
            "0213",
            "013",
            "123456",
            "1234567890",
            "33101-12345",
            "33101-123",
            "33101.5",
            "33101x",
            "SW1A 1AA",
            "K1",
            "K1A 0B",
            "KIA",
            "BOB",
            "VIA OBI",
            "TOMATO",
            "K1A 0BB",
            "D1A 0B1",
            "K1O 0B1",
            "K1A 0O1",
            "OOOOO",
            "LOL10",
            "75008 Paris",
            "33101/33102",
            "+33101",
            "#33101",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
