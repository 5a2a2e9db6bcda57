//! The members of a JSON object as they are written, duplicates included.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of one JSON object, in order; why the text is not one.
pub(super) fn members(text: &str) -> Result<Vec<(String, &RawValue)>, String> {
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
