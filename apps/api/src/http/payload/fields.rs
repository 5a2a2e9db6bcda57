//! The members of one JSON object, read one by one, so that all faults are found in one pass.

mod ignored;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde_json::value::RawValue;
use sms_domain::values::ids::OrganizationId;

use super::members::members;
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

    /// A member that is a list of 1 to `most` objects, each with its own faults, under its own names. Headers
    /// beside the body mean nothing for an entry.
    pub(crate) fn entries<T>(
        &mut self,
        name: &'static str,
        most: usize,
        mut read: impl FnMut(&mut Fields<'_>) -> T,
    ) -> Vec<(T, FieldErrors)> {
        static NO_HEADERS: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
        let Some(raw) = self.required(name, parse::raw) else {
            return Vec::new();
        };
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(&raw) else {
            self.reject(name, "must be a list of objects");
            return Vec::new();
        };
        if items.is_empty() || items.len() > most {
            self.reject(name, format!("must have 1 to {most} entries"));
            return Vec::new();
        }
        let read_entry = |item: &RawValue| {
            let object = members(item.get());
            let is_object = object.is_ok();
            let mut entry = Fields {
                members: object.unwrap_or_default(),
                headers: &NO_HEADERS,
                path: Cow::Borrowed(""),
                asked: Vec::new(),
                errors: FieldErrors::default(),
                ..*self
            };
            entry.refuse_duplicates();
            let value = read(&mut entry);
            let faults = if is_object {
                entry.into_errors()
            } else {
                not_an_object(name)
            };
            (value, faults)
        };
        items.into_iter().map(read_entry).collect()
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

fn not_an_object(name: &'static str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.add(name, "must hold objects");
    errors
}

#[cfg(test)]
mod tests;
