//! The names of members that nobody asked for, so that a client sees which of its own had no effect.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Fields;

/// The most names that are told.
const MOST_NAMES: usize = 20;

/// The most characters that are told of a name.
const MOST_CHARACTERS: usize = 64;

/// What a header cannot hold, what separates names, and what escapes begin with.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b',').add(b'%');

impl Fields<'_> {
    /// The names of members that were not asked for, as a header tells them: in their order, separated by commas,
    /// in visible ASCII with percent escapes of UTF-8 for everything else. `None` = every member was asked for.
    pub(in crate::http::payload) fn ignored(&self) -> Option<String> {
        let names = self.members.iter().map(|(name, _)| name.as_str());
        let ignored = names.filter(|name| !self.asked.contains(name));
        let told: Vec<_> = ignored.take(MOST_NAMES).map(escaped).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

fn escaped(name: &str) -> String {
    let end = name.char_indices().nth(MOST_CHARACTERS);
    let name = &name[..end.map_or(name.len(), |(end, _)| end)];
    utf8_percent_encode(name, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderMap, HeaderValue};
    use sms_testkit::fixtures::{noon, organization_id};

    use super::super::{Fields, parse};

    fn ignored(body: &str) -> Option<String> {
        let headers = HeaderMap::new();
        let organization = organization_id();
        let fields = Fields::parse(body.as_bytes(), &headers, organization, noon());
        let mut fields = fields.unwrap();
        fields.optional("text", parse::string);
        fields.ignored()
    }

    #[test]
    fn what_nobody_asked_for_is_told_in_its_order() {
        assert_eq!(ignored(r#"{"text": "x"}"#), None);
        let told = ignored(r#"{"when": 1, "text": "x", "how": {"text": 2}}"#);
        assert_eq!(told.as_deref(), Some("when, how"));
    }

    #[test]
    fn a_header_can_hold_any_name() {
        let told = ignored(r#"{"a b,c%\n\u0000é😀": 1, "": 2}"#).unwrap();
        assert_eq!(told, "a%20b%2Cc%25%0A%00%C3%A9%F0%9F%98%80, ");
        assert!(HeaderValue::from_str(&told).is_ok());
    }

    #[test]
    fn what_is_told_is_bounded() {
        let names: Vec<_> = (0..1000).map(|n| format!("\"{n}\": 1")).collect();
        let told = ignored(&format!("{{{}}}", names.join(","))).unwrap();
        assert!(told.ends_with(", 19"), "{told}");
        let long = ignored(&format!("{{\"{}\": 1}}", "é".repeat(1000))).unwrap();
        assert_eq!(long, "%C3%A9".repeat(64));
    }
}
