//! The members of one JSON object, read one by one, so that all faults are found in one pass.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use sms_domain::ids::OrganizationId;

use crate::problem::{FieldErrors, Problem, ProblemKind};

/// The members of an object, the headers beside it, and what was found wrong so far.
pub(crate) struct Fields<'a> {
    members: Vec<(String, &'a RawValue)>,
    /// The request's headers: one of them means the same as a member.
    pub(crate) headers: &'a HeaderMap,
    /// The instant of the request.
    pub(crate) now: DateTime<Utc>,
    /// Whose request it is.
    pub(crate) organization_id: OrganizationId,
    /// Stands before the names of members in errors.
    path: &'static str,
    errors: FieldErrors,
}

/// Reads one member from its JSON text; says what is wrong in words that follow the field's name.
pub(crate) type Parser<T> = fn(&str) -> Result<T, Cow<'static, str>>;

impl<'a> Fields<'a> {
    /// Reads an object. Values are looked at when they are asked for.
    ///
    /// # Errors
    /// A body that is not one JSON object in UTF-8; duplicate names are reported as field errors.
    pub(crate) fn parse(
        body: &'a [u8],
        headers: &'a HeaderMap,
        organization_id: OrganizationId,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let malformed = |detail| Problem::with_detail(ProblemKind::MalformedBody, detail);
        let text = std::str::from_utf8(body)
            .map_err(|_| malformed("The body is not valid UTF-8.".to_owned()))?;
        let members = members(text).map_err(malformed)?;
        let mut fields = Self {
            members,
            headers,
            now,
            organization_id,
            path: "",
            errors: FieldErrors::default(),
        };
        fields.refuse_duplicates();
        Ok(fields)
    }

    fn refuse_duplicates(&mut self) {
        let mut seen = HashSet::new();
        for (name, _) in &self.members {
            if !seen.insert(name.as_str()) {
                let name = format!("{}{name}", self.path);
                self.errors.add(name, "is given more than once");
            }
        }
    }

    /// A member that must be there and must not be null.
    pub(crate) fn required<T>(&mut self, name: &'static str, parser: Parser<T>) -> Option<T> {
        match self.raw(name) {
            None | Some("null") => {
                self.reject(name, "is required");
                None
            }
            Some(raw) => self.read(name, raw, parser),
        }
    }

    /// A member that may be absent or null.
    pub(crate) fn optional<T>(&mut self, name: &'static str, parser: Parser<T>) -> Option<T> {
        match self.raw(name) {
            None | Some("null") => None,
            Some(raw) => self.read(name, raw, parser),
        }
    }

    /// A member that may be absent but not null.
    pub(crate) fn absent_or<T>(&mut self, name: &'static str, parser: Parser<T>) -> Option<T> {
        let raw = self.raw(name)?;
        self.read(name, raw, parser)
    }

    /// A member that is an object itself; its faults are reported under `path`, which ends in a dot.
    pub(crate) fn object<T>(
        &mut self,
        name: &'static str,
        path: &'static str,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        let raw = self.required(name, parse::raw)?;
        let Ok(members) = members(&raw) else {
            self.reject(name, "must be an object");
            return None;
        };
        let mut inner = Fields {
            members,
            path,
            errors: std::mem::take(&mut self.errors),
            ..*self
        };
        inner.refuse_duplicates();
        let value = read(&mut inner);
        self.errors = inner.errors;
        Some(value)
    }

    /// Reports a fault.
    pub(crate) fn reject(&mut self, name: &'static str, message: impl Into<String>) {
        let name = if self.path.is_empty() {
            Cow::Borrowed(name)
        } else {
            format!("{}{name}", self.path).into()
        };
        self.errors.add(name, message);
    }

    /// Whether a fault of the field was reported.
    pub(crate) fn is_rejected(&self, name: &str) -> bool {
        self.errors.has(name)
    }

    /// What was found wrong.
    pub(crate) fn into_errors(self) -> FieldErrors {
        self.errors
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        self.members
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.get())
    }

    fn read<T>(&mut self, name: &'static str, raw: &str, parser: Parser<T>) -> Option<T> {
        match parser(raw) {
            Ok(value) => Some(value),
            Err(message) => {
                self.reject(name, message);
                None
            }
        }
    }
}

/// The members of one JSON object, in order; why the text is not one.
fn members(text: &str) -> Result<Vec<(String, &RawValue)>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members);
    members
        .and_then(|members| deserializer.end().map(|()| members))
        .map_err(|error| {
            if error.is_data() {
                "The body is JSON, but not an object.".to_owned()
            } else {
                let (line, column) = (error.line(), error.column());
                format!("The body is not valid JSON: see line {line}, column {column}.")
            }
        })
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(10);
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// Readers of single values.
pub(crate) mod parse {
    use std::borrow::Cow;
    use std::str::FromStr;

    use chrono::{DateTime, Utc};
    use sms_domain::phone::PhoneNumber;

    type Parsed<T> = Result<T, Cow<'static, str>>;

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

    /// An instant with its offset from UTC, cut to whole microseconds.
    pub(crate) fn instant(raw: &str) -> Parsed<DateTime<Utc>> {
        let text = string(raw)?;
        let instant = DateTime::parse_from_rfc3339(&text).ok();
        instant
            .and_then(|instant| DateTime::from_timestamp_micros(instant.timestamp_micros()))
            .ok_or_else(|| "must be a date and time with offset, as in 2026-11-24T15:00:00Z".into())
    }

    /// One of the published names of an enum.
    pub(crate) fn name<T: FromStr + crate::dto::Names>(raw: &str) -> Parsed<T> {
        string(raw)?
            .parse()
            .map_err(|_| format!("must be one of {}", T::names().join(", ")).into())
    }
}

#[cfg(test)]
mod tests {
    use sms_testkit::fixtures::{noon, organization_id};

    use super::*;

    fn errors(body: &str, read: impl FnOnce(&mut Fields<'_>)) -> String {
        let headers = HeaderMap::new();
        let mut fields =
            Fields::parse(body.as_bytes(), &headers, organization_id(), noon()).unwrap();
        read(&mut fields);
        serde_json::to_string(&fields.into_errors()).unwrap()
    }

    #[test]
    fn null_is_nothing_where_a_member_is_optional_and_a_fault_elsewhere() {
        let found = errors(r#"{"a": null, "b": null, "c": null}"#, |fields| {
            assert_eq!(fields.optional("a", parse::string), None);
            fields.required("b", parse::string);
            fields.absent_or("c", parse::boolean);
        });
        assert_eq!(
            found,
            r#"{"b":["is required"],"c":["must be true or false"]}"#
        );
    }

    #[test]
    fn nothing_is_coerced() {
        let found = errors(r#"{"a": 5, "b": "true"}"#, |fields| {
            fields.optional("a", parse::string);
            fields.optional("b", parse::boolean);
        });
        assert_eq!(
            found,
            r#"{"a":["must be a string"],"b":["must be true or false"]}"#
        );
    }

    #[test]
    fn members_of_a_nested_object_are_named_by_their_path() {
        let found = errors(r#"{"a": {"b": 1, "b": 2}}"#, |fields| {
            fields.object("a", "a.", |inner| {
                inner.required("b", parse::string);
            });
        });
        assert_eq!(
            found,
            r#"{"a.b":["is given more than once","must be a string"]}"#
        );
    }

    #[test]
    fn any_offset_is_taken_and_a_missing_one_is_not() {
        let noon = Ok(noon());
        assert_eq!(parse::instant(r#""2026-03-03T17:00:00Z""#), noon);
        assert_eq!(
            parse::instant(r#""2026-03-03T22:30:00.0000009+05:30""#),
            noon
        );
        assert!(parse::instant(r#""2026-03-03T17:00:00""#).is_err());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = parse::name::<sms_domain::message::Direction>(r#""up""#).unwrap_err();
        assert_eq!(message, "must be one of outbound, inbound");
    }

    #[test]
    fn values_that_nobody_asks_for_are_not_looked_at() {
        let deep = format!(r#"{{"x": {}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(errors(&deep, |_| {}), "{}");
        assert_eq!(errors(r#"{"x": "\ud800"}"#, |_| {}), "{}");
    }
}
