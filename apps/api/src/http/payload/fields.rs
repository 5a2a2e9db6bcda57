//! The members of one JSON object, read one by one, so that all faults are found in one pass.

mod ignored;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use sms_domain::values::ids::OrganizationId;

use super::parse;
use crate::http::problem::{FieldErrors, Problem, ProblemKind};

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
    path: Cow<'static, str>,
    /// The names that were asked for.
    asked: Vec<&'static str>,
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
            path: Cow::Borrowed(""),
            asked: Vec::new(),
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
            path: path.into(),
            asked: Vec::new(),
            errors: std::mem::take(&mut self.errors),
            ..*self
        };
        inner.refuse_duplicates();
        let value = read(&mut inner);
        self.errors = inner.into_errors();
        Some(value)
    }

    /// A member that is an object itself and may be absent or null.
    pub(crate) fn optional_object<T>(
        &mut self,
        name: &'static str,
        path: &'static str,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        match self.raw(name) {
            None | Some("null") => None,
            Some(_) => self.object(name, path, read),
        }
    }

    /// A member that is a list of at most `most` objects; absent and null mean the empty list. Faults are
    /// reported under `name[0].` and so on.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        most: usize,
        mut read: impl FnMut(&mut Fields<'_>) -> T,
    ) -> Vec<T> {
        let Some(raw) = self.optional(name, parse::raw) else {
            return Vec::new();
        };
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(&raw) else {
            self.reject(name, "must be a list of objects");
            return Vec::new();
        };
        if items.len() > most {
            self.reject(name, format!("must have at most {most} entries"));
            return Vec::new();
        }
        let mut values = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let path = format!("{}{name}[{place}]", self.path);
            let Ok(members) = members(item.get()) else {
                self.errors.add(path, "must be an object");
                continue;
            };
            let mut inner = Fields {
                members,
                path: format!("{path}.").into(),
                asked: Vec::new(),
                errors: std::mem::take(&mut self.errors),
                ..*self
            };
            inner.refuse_duplicates();
            values.push(read(&mut inner));
            self.errors = inner.into_errors();
        }
        values
    }

    /// A member that would change what the request means and that nothing here can do: it is refused
    /// unless it is null or an empty list. To ignore it would do something else than was asked for.
    pub(crate) fn unsupported(&mut self, name: &'static str, message: &'static str) {
        let is_empty = |raw: &str| {
            let list = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']'));
            raw == "null" || list.is_some_and(|items| items.trim().is_empty())
        };
        if self.raw(name).is_some_and(|raw| !is_empty(raw)) {
            self.reject(name, message);
        }
    }

    /// Reports members that only their spelling tells from one that was asked for: `scheduled_for`
    /// would be ignored, and the message leave at once. One that is missed for it is enough to say.
    fn refuse_misspelt(&mut self) {
        let folded = |name: &str| name.replace(['_', '-', ' '], "").to_ascii_lowercase();
        for (name, _) in &self.members {
            // As nearly every member; to fold all names takes as long as to parse the request.
            if self.asked.contains(&name.as_str()) {
                continue;
            }
            let other = folded(name);
            let meant = self.asked.iter().find(|known| folded(known) == other);
            if let Some(meant) = meant
                && !self.errors.has(&format!("{}{meant}", self.path))
            {
                let name = format!("{}{name}", self.path);
                self.errors
                    .add(name, format!("is not known: it is spelt {meant}"));
            }
        }
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

    /// What was found wrong, once everything was asked for.
    pub(crate) fn into_errors(mut self) -> FieldErrors {
        self.refuse_misspelt();
        self.errors
    }

    fn raw(&mut self, name: &'static str) -> Option<&'a str> {
        self.asked.push(name);
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
    fn members_of_a_list_are_named_by_their_place() {
        let found = errors(r#"{"a": [{"b": "x"}, 5, {"b": 1}], "c": {}}"#, |fields| {
            let read = fields.list("a", 3, |inner| inner.required("b", parse::string));
            assert_eq!(read, [Some("x".to_owned()), None]);
            assert!(
                fields.list("c", 3, |_| ()).is_empty() && fields.list("d", 3, |_| ()).is_empty()
            );
        });
        assert_eq!(
            found,
            r#"{"a[1]":["must be an object"],"a[2].b":["must be a string"],"c":["must be a list of objects"]}"#
        );
        let many = errors(r#"{"a": [{}, {}]}"#, |fields| {
            drop(fields.list("a", 1, |_| ()));
        });
        assert_eq!(many, r#"{"a":["must have at most 1 entries"]}"#);
    }

    #[test]
    fn what_is_not_supported_is_refused_unless_it_asks_for_nothing() {
        for nothing in ["{}", r#"{"a": null}"#, r#"{"a": []}"#, r#"{"a": [ ] }"#] {
            let found = errors(nothing, |fields| fields.unsupported("a", "is not there"));
            assert_eq!(found, "{}", "{nothing}");
        }
        for something in [
            r#"{"a": ["x"]}"#,
            r#"{"a": [null]}"#,
            r#"{"a": "x"}"#,
            r#"{"a": {}}"#,
            r#"{"a": ""}"#,
        ] {
            let found = errors(something, |fields| fields.unsupported("a", "is not there"));
            assert_eq!(found, r#"{"a":["is not there"]}"#, "{something}");
        }
    }

    #[test]
    fn a_member_in_another_spelling_is_not_ignored() {
        let read = |fields: &mut Fields<'_>| {
            fields.optional("scheduledFor", parse::instant);
        };
        for name in [
            "scheduled_for",
            "ScheduledFor",
            "scheduledfor",
            "scheduled-for",
        ] {
            let found = errors(&format!(r#"{{"{name}": 1, "sideNote": 2}}"#), read);
            assert_eq!(
                found,
                format!(r#"{{"{name}":["is not known: it is spelt scheduledFor"]}}"#)
            );
        }
    }

    #[test]
    fn values_that_nobody_asks_for_are_not_looked_at() {
        let deep = format!(r#"{{"x": {}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(errors(&deep, |_| {}), "{}");
        assert_eq!(errors(r#"{"x": "\ud800"}"#, |_| {}), "{}");
    }
}
