//! Readers of what people state about themselves and about others: lines of text, amounts, dates, addresses.
//! A text of spaces alone states nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;
use sms_domain::values::LeadTag;
use sms_domain::values::billing::Money;
use sms_domain::values::phone::PhoneNumber;

use super::{Parsed, string};

/// The most characters of a line.
const LONGEST_LINE: usize = 500;

/// The most characters of a text of several lines.
const LONGEST_TEXT: usize = 10_000;

/// The most bytes of an address of a page.
const LONGEST_ADDRESS: usize = 2000;

/// The most bytes of an address of electronic mail (RFC 5321, 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// The most lines of a list, and the most members of an object.
const MOST: usize = 200;

/// The most of an amount: a hundred million dollars.
const MOST_MICROS: i64 = 100_000_000_000_000;

/// The decimals of a dollar that are kept.
const DECIMALS: usize = 6;

/// A line of text without spaces around it; `None` where nothing is stated.
pub(crate) fn line(raw: &str) -> Parsed<Option<String>> {
    checked(&string(raw)?)
}

fn checked(text: &str) -> Parsed<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().count() > LONGEST_LINE || text.chars().any(char::is_control) {
        let expected = format!(
            "must have at most {LONGEST_LINE} characters, none of them a control character"
        );
        return Err(expected.into());
    }
    Ok(Some(text.to_owned()))
}

/// A text that may have several lines; `None` where nothing is stated.
pub(crate) fn text(raw: &str) -> Parsed<Option<String>> {
    let text = string(raw)?;
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().count() > LONGEST_TEXT || text.chars().any(is_control) {
        let expected =
            format!("must have at most {LONGEST_TEXT} characters, without NUL and the like");
        return Err(expected.into());
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// An IP address.
pub(crate) fn ip_address(raw: &str) -> Parsed<IpAddr> {
    let address = string(raw)?.trim().parse();
    address.map_err(|_| "must be an IP address, such as 192.0.2.7 or 2001:db8::7".into())
}

/// A list of lines; those of spaces alone are left out.
pub(crate) fn lines(raw: &str) -> Parsed<Vec<String>> {
    let texts: Vec<String> = serde_json::from_str(raw).map_err(|_| "must be a list of strings")?;
    if texts.len() > MOST {
        return Err(format!("must have at most {MOST} entries").into());
    }
    let lines: Result<Vec<_>, _> = texts.iter().map(|text| checked(text)).collect();
    Ok(lines?.into_iter().flatten().collect())
}

/// A list of tags, each once.
pub(crate) fn tags(raw: &str) -> Parsed<Vec<LeadTag>> {
    let names = lines(raw)?;
    if names.len() > LeadTag::MOST {
        return Err(format!("must have at most {} tags", LeadTag::MOST).into());
    }
    let mut tags = Vec::new();
    for name in names {
        let tag = LeadTag::parse(&name);
        let tag =
            tag.ok_or_else(|| format!("must be tags of at most {} characters", LeadTag::LONGEST))?;
        LeadTag::add(&mut tags, &[tag]);
    }
    Ok(tags)
}

/// An object of texts.
pub(crate) fn flat_object(raw: &str) -> Parsed<BTreeMap<String, String>> {
    let members: BTreeMap<String, String> =
        serde_json::from_str(raw).map_err(|_| "must be an object whose members are strings")?;
    if members.len() > MOST {
        return Err(format!("must have at most {MOST} members").into());
    }
    let stated = |(name, text): (String, String)| Ok(checked(&text)?.map(|text| (name, text)));
    let stated: Result<Vec<_>, std::borrow::Cow<'static, str>> =
        members.into_iter().map(stated).collect();
    Ok(stated?.into_iter().flatten().collect())
}

/// An amount of US dollars that is not negative, as a number or as its text.
pub(crate) fn amount(raw: &str) -> Parsed<Money> {
    let expected = "must be an amount of US dollars, such as 12.50, with at most 6 decimals";
    let value: Value = serde_json::from_str(raw).map_err(|_| expected)?;
    let text = match value {
        // The text itself: a number of floating point would lose digits.
        Value::Number(_) => raw.trim().to_owned(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(expected.into());
        }
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    let is_fine = is_number(whole)
        && whole.len() <= 12
        && fraction.len() <= DECIMALS
        && fraction.bytes().all(|b| b.is_ascii_digit());
    let micros = is_fine.then(|| format!("{whole}{fraction:0<DECIMALS$}").parse::<i64>().ok());
    let micros = micros.flatten().ok_or(expected)?;
    if micros > MOST_MICROS {
        return Err("must be at most 100000000".into());
    }
    Ok(Money::from_micros(micros))
}

/// A day of the calendar that has been; `None` where nothing is stated.
pub(crate) fn date(raw: &str) -> Parsed<Option<NaiveDate>> {
    let text = string(raw)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let date = date.filter(|date| (1890..=2099).contains(&date.year()) && text.len() == 10);
    date.map(Some)
        .ok_or_else(|| "must be a date, as in 1980-02-29".into())
}

/// The address of a page; `None` where nothing is stated.
pub(crate) fn address(raw: &str) -> Parsed<Option<String>> {
    let text = string(raw)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    let has_gap = text.chars().any(|c| c.is_whitespace() || c.is_control());
    if host.is_none_or(str::is_empty) || has_gap || text.len() > LONGEST_ADDRESS {
        return Err("must be an address that begins with https:// or http://".into());
    }
    Ok(Some(text.to_owned()))
}

/// An address of electronic mail; `None` where nothing is stated. Whether it exists is not known.
pub(crate) fn email(raw: &str) -> Parsed<Option<String>> {
    let text = string(raw)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_fine = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let is_domain = !domain.starts_with('.') && !domain.ends_with('.') && domain.contains('.');
        !local.is_empty() && !local.contains('@') && is_domain
    });
    let has_gap = text.chars().any(|c| c.is_whitespace() || c.is_control());
    if !is_fine || has_gap || text.len() > LONGEST_EMAIL {
        return Err("must be an address such as ann@example.com".into());
    }
    Ok(Some(text.to_owned()))
}

/// A number of the US or Canada in any usual form.
pub(crate) fn national_phone(raw: &str) -> Parsed<PhoneNumber> {
    PhoneNumber::read(&string(raw)?).map_err(|error| error.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_as_numbers_and_as_texts() {
        for (raw, micros) in [
            ("12.5", 12_500_000),
            ("\"12.50\"", 12_500_000),
            ("0", 0),
            ("0.000001", 1),
            ("12.5000000", 12_500_000),
            ("100000000", MOST_MICROS),
        ] {
            assert_eq!(amount(raw), Ok(Money::from_micros(micros)), "{raw}");
        }
        for bad in [
            "-1",
            "1e3",
            "0.0000001",
            "100000000.000001",
            "\"\"",
            "\".5\"",
            "\"1,000\"",
            "true",
            "\"$5\"",
            "99999999999999",
        ] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spaces_alone_state_nothing() {
        for raw in ["\"\"", "\"  \""] {
            assert_eq!(line(raw), Ok(None));
            assert_eq!(date(raw), Ok(None));
            assert_eq!(address(raw), Ok(None));
            assert_eq!(email(raw), Ok(None));
        }
        assert_eq!(line("\" Ann \""), Ok(Some("Ann".to_owned())));
        assert_eq!(lines("[\"a\", \" \"]"), Ok(vec!["a".to_owned()]));
    }

    #[test]
    fn what_is_no_date_or_address_is_refused() {
        assert!(date("\"1980-02-29\"").is_ok());
        for bad in [
            "\"1981-02-29\"",
            "\"02/29/1980\"",
            "\"0000-01-01\"",
            "\"1980-2-9\"",
            "5",
        ] {
            assert!(date(bad).is_err(), "{bad}");
        }
        assert!(email("\"ann+x@mail.example.com\"").is_ok());
        for bad in [
            "\"ann\"",
            "\"ann@\"",
            "\"@example.com\"",
            "\"a b@example.com\"",
            "\"a@b@c.d\"",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(address("\"https://example.com/a?b\"").is_ok());
        for bad in ["\"example.com\"", "\"https://\"", "\"javascript:alert(1)\""] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_and_objects_hold_texts_alone() {
        assert!(lines("[1]").is_err());
        assert!(lines("\"a\"").is_err());
        assert!(lines(&format!("[{}\"a\"]", "\"a\",".repeat(MOST))).is_err());
        assert!(flat_object("{\"a\": 1}").is_err());
        let members = flat_object("{\"a\": \"1\", \"b\": \"\"}").unwrap();
        assert_eq!(members, BTreeMap::from([("a".to_owned(), "1".to_owned())]));
        let names: Vec<_> = tags("[\"Web\", \"web\", \"New\"]").unwrap();
        assert_eq!(names.len(), 2);
    }
}
