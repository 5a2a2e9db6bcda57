//! Percent escapes in web addresses.

/// How many layers of escaping (`%252E`) are decoded.
const MOST_LAYERS: usize = 3;

/// The text with its percent escapes (`%2E`) decoded. Escaped percent signs are decoded again, up to
/// three layers. An invalid escape and bytes that are not UTF-8 stay as they are.
///
/// Use it to find addresses in a text, not to request them.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    let mut decoded = text.to_owned();
    for _ in 0..MOST_LAYERS {
        let next = decoded_once(&decoded);
        if next == decoded {
            break;
        }
        decoded = next;
    }
    decoded
}

fn decoded_once(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let (bytes, length) = escaped_bytes(after);
        match std::str::from_utf8(&bytes) {
            Ok(characters) if !bytes.is_empty() => {
                decoded.push_str(characters);
                rest = after.get(length..).unwrap_or_default();
            }
            Ok(_) | Err(_) => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// The bytes of a run of escapes whose first percent sign is already consumed, and the length of the
/// run in bytes of `text`.
fn escaped_bytes(text: &str) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut length: usize = 0;
    let mut rest = Some(text);
    while let Some(byte) = rest.and_then(hexadecimal) {
        bytes.push(byte);
        let separator = usize::from(length > 0);
        length = length.saturating_add(2).saturating_add(separator);
        rest = text.get(length..).and_then(|rest| rest.strip_prefix('%'));
    }
    (bytes, length)
}

fn hexadecimal(text: &str) -> Option<u8> {
    let digits = text.get(..2)?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok()?;
    are_digits.then_some(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_the_characters_that_they_stand_for() {
        for (text, meant) in [
            ("bit%2Ely/a", "bit.ly/a"),
            ("bit%2ely%2Fa", "bit.ly/a"),
            ("%62%69%74.ly", "bit.ly"),
            ("bit%252Ely", "bit.ly"),
            ("bit%EF%BC%8Ely", "bit．ly"),
        ] {
            assert_eq!(percent_decoded(text), meant, "{text}");
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in ["100% sure", "5%", "%", "%zz", "50%+1", "%C3", "a%F", ""] {
            assert_eq!(percent_decoded(text), text, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            prop_assert!(percent_decoded(&text).len() <= text.len());
        }
    }
}
