//! Readers of single values: JSON text in, a value out, or what is wrong in words that follow a field's
//! name. Must not know which field is read.

mod stated;

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Utc};
use serde_json::Value;
use sms_domain::values::phone::PhoneNumber;

pub(crate) use stated::{
    address, amount, date, email, flat_object, ip_address, line, lines, national_phone, tags, text,
};

/// Years in UTC that an instant may have. The year 1 is a mistake, and no table of the law covers the year
/// 3000.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

pub(crate) type Parsed<T> = Result<T, Cow<'static, str>>;

/// The JSON text itself.
pub(crate) fn raw(raw: &str) -> Parsed<String> {
    Ok(raw.to_owned())
}

/// A string.
pub(crate) fn string(raw: &str) -> Parsed<String> {
    serde_json::from_str(raw).map_err(|_| {
        let is_string = raw.starts_with('"');
        if is_string {
            "holds an unpaired surrogate"
        } else {
            "must be a string"
        }
        .into()
    })
}

/// `true` or `false`.
pub(crate) fn boolean(raw: &str) -> Parsed<bool> {
    serde_json::from_str(raw).map_err(|_| "must be true or false".into())
}

/// A whole number, as a JSON number or a text of its digits.
pub(crate) fn whole(raw: &str) -> Parsed<i64> {
    let digits = if raw.starts_with('"') {
        string(raw)?
    } else {
        raw.to_owned()
    };
    let whole = digits
        .split_once('.')
        .map_or(digits.as_str(), |(whole, fraction)| {
            // To JSON Schema a number without a fraction is whole, however it is written.
            let is_zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
            if is_zero { whole } else { &digits }
        });
    whole.parse().map_err(|_| "must be a whole number".into())
}

/// A text, a number, or `true` or `false`.
pub(crate) fn scalar(raw: &str) -> Parsed<Value> {
    let value = serde_json::from_str(raw).ok();
    let is_scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    value
        .filter(is_scalar)
        .ok_or_else(|| "must be a text, a number, or true or false".into())
}

/// A list of strings.
pub(crate) fn strings(raw: &str) -> Parsed<Vec<String>> {
    serde_json::from_str(raw).map_err(|_| "must be a list of strings".into())
}

/// A whole number from 1 up, as a number or as text.
pub(crate) fn count(raw: &str) -> Parsed<u32> {
    let number = whole(raw)
        .ok()
        .and_then(|number| u32::try_from(number).ok());
    number
        .filter(|number| (1..=i32::MAX.unsigned_abs()).contains(number))
        .ok_or_else(|| "must be a whole number from 1 to 2147483647".into())
}

/// An identifier.
pub(crate) fn id<T: FromStr>(raw: &str) -> Parsed<T> {
    string(raw)?
        .parse()
        .map_err(|_| "must be an id: a UUID".into())
}

/// A phone number.
pub(crate) fn phone(raw: &str) -> Parsed<PhoneNumber> {
    PhoneNumber::parse(&string(raw)?).map_err(|_| "must be a phone number in E.164".into())
}

/// An instant with its offset from UTC, cut to whole microseconds, in a year of [`YEARS`]. A leap
/// second is the first instant after it.
pub(crate) fn instant(raw: &str) -> Parsed<DateTime<Utc>> {
    let text = string(raw)?;
    let instant = DateTime::parse_from_rfc3339(&text).ok();
    let instant = instant
        .and_then(|instant| DateTime::from_timestamp_micros(instant.timestamp_micros()))
        .ok_or("must be a date and time with offset, as in 2026-11-24T15:00:00Z")?;
    if !YEARS.contains(&instant.year()) {
        return Err("must lie in the years 2000 to 2099".into());
    }
    Ok(instant)
}

/// One of the published names of an enum.
pub(crate) fn name<T: FromStr + crate::http::dto::Names>(raw: &str) -> Parsed<T> {
    string(raw)?
        .parse()
        .map_err(|_| format!("must be one of {}", T::names().join(", ")).into())
}

#[cfg(test)]
mod tests {
    use sms_testkit::fixtures::noon;

    use super::*;

    #[test]
    fn any_offset_is_taken_and_a_missing_one_is_not() {
        let noon = Ok(noon());
        assert_eq!(instant(r#""2026-03-03T17:00:00Z""#), noon);
        assert_eq!(instant(r#""2026-03-03T22:30:00.0000009+05:30""#), noon);
        assert!(instant(r#""2026-03-03T17:00:00""#).is_err());
    }

    #[test]
    fn a_number_may_be_a_text_of_its_digits() {
        assert_eq!(whole("50"), Ok(50));
        assert_eq!(whole(r#""-7""#), Ok(-7));
        for bad in ["5.5", r#""5 ""#, r#""""#, "true", "[5]", "1e3"] {
            assert!(whole(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn instants_lie_in_a_year_that_somebody_can_mean() {
        for good in [
            "2000-01-01T00:00:00Z",
            "1999-12-31T23:00:00-01:00",
            "2099-12-31T23:59:59.999999Z",
            "2016-12-31t23:59:59z",
        ] {
            assert!(instant(&format!("\"{good}\"")).is_ok(), "{good}");
        }
        for bad in [
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "1999-12-31T23:59:59.999999Z",
            "2000-01-01T00:00:00+00:01",
            "2099-12-31T23:59:60Z",
            "2100-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "12026-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+24:00",
        ] {
            assert!(instant(&format!("\"{bad}\"")).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_leap_second_is_the_first_instant_after_it() {
        let after = instant(r#""2017-01-01T00:00:00Z""#);
        assert_eq!(instant(r#""2016-12-31T23:59:60Z""#), after);
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_nothing() {
        assert_eq!((whole("7.0"), whole("-7.00")), (Ok(7), Ok(-7)));
        for bad in ["7.5", "7.", "7.0.0", "7e1", "x", "true"] {
            assert!(whole(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_count_is_a_number_or_a_text_and_never_nothing() {
        assert_eq!((count("7.0"), count(r#""7""#)), (Ok(7), Ok(7)));
        for bad in ["0", "-1", "1.5", r#""x""#, "true", "2147483648", "[]"] {
            assert!(count(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = name::<sms_domain::message::Direction>(r#""up""#).unwrap_err();
        assert_eq!(message, "must be one of outbound, inbound");
    }
}
