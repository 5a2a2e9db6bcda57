//! Phone numbers of the US and Canada as people, forms and spreadsheets write them. Must not know
//! which area codes exist.

use unicode_normalization::UnicodeNormalization;

use super::PhoneNumber;

/// The most characters of a text that is looked at.
const LONGEST: usize = 60;

/// The digits of a number of the US or Canada without its country code.
const NATIONAL: usize = 10;

/// What people dial before a number from abroad: `00` from most countries, `011` from the US.
const INTERNATIONAL: [&str; 2] = ["00", "011"];

/// Why a text is not read as a number of the US or Canada. It is refused rather than guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadablePhone {
    /// It has characters that no phone number has, or no digit at all.
    #[error("must be a phone number, such as (404) 555-0142 or +14045550142")]
    NoNumber,
    /// It has an extension, which no text message reaches.
    #[error("must have no extension: a text message cannot reach one")]
    Extension,
    /// It has seven digits.
    #[error("lacks the area code: expected ten digits, such as (404) 555-0142")]
    NoAreaCode,
    /// It has another number of digits, or another country's code.
    #[error("must be a number of the US or Canada: ten digits, with or without +1 before them")]
    NotOfUsOrCanada,
    /// The digits do not fit the North American Numbering Plan.
    #[error(
        "is no number of the US or Canada: the area code and the next three digits begin with 2 to 9 \
         and do not end in 11"
    )]
    OutsidePlan,
}

impl PhoneNumber {
    /// Reads a number of the US or Canada in any usual form: with or without the country code, with
    /// spaces, hyphens, dots, slashes and brackets, in any digits of Unicode, as a `tel:` address, and
    /// as a spreadsheet exports it. A text that may mean something else is refused.
    ///
    /// # Errors
    /// [`UnreadablePhone`].
    pub fn read(text: &str) -> Result<Self, UnreadablePhone> {
        let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
        let is_quote = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=');
        let plain = without_scheme(plain.trim_matches(is_quote));
        if plain.chars().count() > LONGEST {
            return Err(UnreadablePhone::NoNumber);
        }
        let (digits, has_plus) = digits(without_fraction(plain))?;
        let national = national(&digits, has_plus)?;
        let number = Self(format!("+1{national}").into());
        match number.check() {
            Ok(()) => Ok(number),
            Err(_) => Err(UnreadablePhone::OutsidePlan),
        }
    }
}

/// Marks of direction and width that come along when a number is copied from a page.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

fn without_scheme(text: &str) -> &str {
    let scheme = ["tel:", "sms:"].into_iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    scheme.unwrap_or(text).trim()
}

/// A spreadsheet that takes a number for an amount adds a fraction.
fn without_fraction(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(whole) if whole.chars().all(|c| c.is_ascii_digit()) => whole,
        _ => text,
    }
}

/// The digits, and whether a `+` stands before them.
fn digits(text: &str) -> Result<(String, bool), UnreadablePhone> {
    let (mut digits, mut has_plus) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            c if c.is_ascii_digit() => digits.push(c),
            '+' if digits.is_empty() && !has_plus => has_plus = true,
            c if is_between(c) => {}
            _ if !digits.is_empty() && is_extension(text.get(at..).unwrap_or_default()) => {
                return Err(UnreadablePhone::Extension);
            }
            _ => return Err(UnreadablePhone::NoNumber),
        }
    }
    Ok((digits, has_plus))
}

/// What stands between groups of digits.
const fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '/' | '(' | ')' | '[' | ']' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

fn is_extension(rest: &str) -> bool {
    let rest = rest.to_ascii_lowercase();
    rest.starts_with(['x', '#', ',', ';', '*']) || rest.starts_with("ext")
}

fn national(digits: &str, has_plus: bool) -> Result<&str, UnreadablePhone> {
    let prefixes = INTERNATIONAL.iter().filter(|_| !has_plus);
    let abroad = prefixes.filter_map(|prefix| digits.strip_prefix(prefix));
    let forms = std::iter::once(digits).chain(abroad);
    let mut forms = forms.filter_map(behind_country);
    if let Some(national) = forms.next() {
        return Ok(national);
    }
    match digits.len() {
        NATIONAL if !has_plus => Ok(digits),
        0 => Err(UnreadablePhone::NoNumber),
        7 if !has_plus => Err(UnreadablePhone::NoAreaCode),
        _ => Err(UnreadablePhone::NotOfUsOrCanada),
    }
}

fn behind_country(digits: &str) -> Option<&str> {
    digits
        .strip_prefix('1')
        .filter(|rest| rest.len() == NATIONAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_form_is_the_same_number() {
        for text in [
            "+14045550142",
            "4045550142",
            "14045550142",
            "(404) 555-0142",
            "1 (404) 555-0142",
            "+1 (404) 555 - 0142",
            "(+1) 404 555 0142",
            "404.555.0142",
            "404/555/0142",
            " 404-555-0142\n",
            "1-404-555-0142",
            "001 404 555 0142",
            "011 1 404 555 0142",
            "tel:+1-404-555-0142",
            "TEL:4045550142",
            "\"4045550142\"",
            "'4045550142",
            "4045550142.0",
            "14045550142.0",
            "404\u{2011}555\u{2013}0142",
            "\u{202D}404\u{A0}555\u{A0}0142\u{202C}",
            "４０４５５５０１４２",
        ] {
            let read = PhoneNumber::read(text);
            assert_eq!(
                read,
                Ok(PhoneNumber::parse("+14045550142").unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_mean_something_else_is_refused_with_the_reason() {
        use UnreadablePhone::{Extension, NoAreaCode, NoNumber, NotOfUsOrCanada, OutsidePlan};
        for (text, reason) in [
            ("", NoNumber),
            ("none", NoNumber),
            ("404-555-01O2", NoNumber),
            ("1-800-FLOWERS", NoNumber),
            ("4.04555E+09", NoNumber),
            ("++14045550142", NoNumber),
            ("404+5550142", NoNumber),
            ("404-555-0142 x12", Extension),
            ("404-555-0142 ext. 12", Extension),
            ("404-555-0142,,12", Extension),
            ("404-555-0142#12", Extension),
            ("555-0142", NoAreaCode),
            ("+4045550142", NotOfUsOrCanada),
            ("+442071838750", NotOfUsOrCanada),
            ("442071838750", NotOfUsOrCanada),
            ("011 44 20 7183 8750", NotOfUsOrCanada),
            ("404-555-014", NotOfUsOrCanada),
            ("404-555-0142 / 404-555-0143", NotOfUsOrCanada),
            ("24045550142", NotOfUsOrCanada),
            ("1404555014.0", OutsidePlan),
            ("1404555014", OutsidePlan),
            ("004-555-0142", OutsidePlan),
            ("404-155-0142", OutsidePlan),
            ("911-555-0142", OutsidePlan),
            (&"4".repeat(100), NoNumber),
        ] {
            assert_eq!(PhoneNumber::read(text), Err(reason), "{text}");
        }
    }
}
