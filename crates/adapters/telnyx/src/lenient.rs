//! A lenient JSON reader: what cannot be read becomes null. A rejected event would be lost after a few
//! delivery attempts, and a person's STOP with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// Nesting levels that are read; deeper values become null. We use no member of an event below level
/// seven.
const DEPTH: usize = 16;

/// The JSON of a body; `None` if the body is not JSON. Invalid UTF-8 and unpaired surrogates become
/// U+FFFD, control characters become spaces, and a number that no type can hold becomes null. Of
/// duplicate keys the last one counts.
pub(crate) fn read(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let text = pair_surrogates(text.trim_start_matches('\u{feff}'));
    parse(&text).or_else(|| parse(&text.replace(|c: char| c < ' ', " ")))
}

fn parse(text: &str) -> Option<Value> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    Some(value(raw, 0))
}

/// Reads each value separately, so that an unreadable one does not affect the others.
fn value(raw: &RawValue, depth: usize) -> Value {
    let text = raw.get();
    let inner = |raw: &RawValue| value(raw, depth + 1);
    match text.bytes().next() {
        Some(b'{' | b'[') if depth == DEPTH => Value::Null,
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> =
                serde_json::from_str(text).unwrap_or_default();
            let members = members.into_iter().map(|(name, raw)| (name, inner(raw)));
            Value::Object(members.collect())
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            items.into_iter().map(inner).collect()
        }
        _ => serde_json::from_str(text).unwrap_or_default(),
    }
}

/// The text with unpaired surrogate escapes (`\ud83d`) replaced by `\ufffd`: JSON allows them, but they
/// are not characters.
fn pair_surrogates(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return text.into();
    }
    let mut paired = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.find('\\').map(|at| rest.split_at(at)) {
        paired.push_str(before);
        let (kept, length) = escape_sequence(escape);
        paired.push_str(kept);
        rest = escape.get(length..).unwrap_or_default();
    }
    paired.push_str(rest);
    paired.into()
}

/// The replacement for the escape sequence at the start of a text, and the length of that sequence.
fn escape_sequence(text: &str) -> (&str, usize) {
    let is_low = |unit: &u16| (0xDC00..=0xDFFF).contains(unit);
    let length = match code_unit(text) {
        Some(0xD800..=0xDBFF)
            if text
                .get(6..)
                .and_then(code_unit)
                .is_some_and(|low| is_low(&low)) =>
        {
            12
        }
        Some(0xD800..=0xDFFF) => return ("\\ufffd", 6),
        Some(_) => 6,
        None => text.chars().take(2).map(char::len_utf8).sum(),
    };
    (text.get(..length).unwrap_or(text), length)
}

/// The code unit of `\uXXXX`.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ordinary_json_is_read_as_it_is() {
        for text in [
            r#"{"a": [1, -2.5, true, null, "x\n\u00e9\ud83d\ude00\\ud83d"], "b": {}}"#,
            "[]",
            " 7 ",
            r#""\"""#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn half_a_character_is_replaced_and_the_rest_is_read() {
        for (text, expected) in [
            (r#""STOP \ud83d""#, "STOP \u{fffd}"),
            (r#""\uDE00 STOP""#, "\u{fffd} STOP"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\\\ud83d\\""#, "\\\u{fffd}\\"),
        ] {
            assert_eq!(read(text.as_bytes()), Some(json!(expected)), "{text}");
        }
        let key = read(br#"{"\ud83d": 1, "text": "STOP"}"#).unwrap();
        assert_eq!(key["text"], "STOP");
    }

    #[test]
    fn what_cannot_be_read_costs_only_itself() {
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let text = format!(
            "\u{feff}{{\"n\": 1e999, \"deep\": {deep}, \"text\": \"STOP\", \"text\": \"END\"}}"
        );
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(value["n"], Value::Null);
        assert_eq!(value["text"], "END");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(read(b"\"ST\xffOP\""), Some(json!("ST\u{fffd}OP")));
        assert_eq!(read(b"\"STOP\nSTOP\""), Some(json!("STOP STOP")));
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for text in [
            "",
            "STOP",
            "{",
            r#"{"a": 1} x"#,
            r#"{"a": "\u12"}"#,
            "\\ud83d",
            "\"\\",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
