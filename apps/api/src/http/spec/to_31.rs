//! OpenAPI 3.0, as the framework writes it, to 3.1: one pure function over values, without knowledge
//! of our operations.

use serde_json::{Map, Value, json};

/// The version that comes out.
const VERSION: &str = "3.1.1";

/// Turns a document of the framework into OpenAPI 3.1:
/// - `nullable` becomes the type `null` (JSON Schema 2020-12 has no `nullable`), and one of the values
///   where these are listed: a list without it would allow none of the nulls that the type allows,
/// - a reference with siblings, which 3.0 has to wrap in `allOf`, stands for itself,
/// - the framework's name of the format `date` becomes the usual one,
/// - titles that repeat a schema's name and members that state a default are dropped,
/// - lines of a description that were broken to fit the source are joined,
/// - headers in capitals get their usual spelling, media types lose their charset.
#[must_use]
pub fn to_31(document: Value) -> Value {
    let mut document = document;
    walk(&mut document);
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".to_owned(), VERSION.into());
    }
    document
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            drop_noise(object);
            unwrap_reference(object);
            set_types(object);
            name_format(object);
            join_lines(object);
            spell_headers(object);
            spell_media_types(object);
            object.values_mut().for_each(walk);
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn drop_noise(object: &mut Map<String, Value>) {
    let is_noise = |object: &Map<String, Value>, key: &str| match (key, object.get(key)) {
        ("title", Some(Value::String(_))) => object.get("type").is_some_and(Value::is_string),
        ("deprecated", Some(value)) => *value == Value::Bool(false),
        ("explode", Some(value)) => *value == Value::Bool(true),
        _ => false,
    };
    for key in ["title", "deprecated", "explode"] {
        if is_noise(object, key) {
            object.shift_remove(key);
        }
    }
}

/// `allOf: [reference, siblings]`, with the siblings repeated beside it.
fn unwrap_reference(object: &mut Map<String, Value>) {
    let Some(reference) = object
        .get("allOf")
        .and_then(|all| all.get(0)?.get("$ref"))
        .cloned()
    else {
        return;
    };
    object.shift_remove("allOf");
    let is_nullable = object.shift_remove("nullable").is_some();
    let (key, value) = if is_nullable {
        ("oneOf", json!([{ "type": "null" }, { "$ref": reference }]))
    } else {
        ("$ref", reference)
    };
    object.shift_insert(0, key.to_owned(), value);
}

fn set_types(object: &mut Map<String, Value>) {
    let Some(Value::String(ty)) = object.get("type") else {
        return;
    };
    let types = json!(["null", ty]);
    if object.shift_remove("nullable") != Some(Value::Bool(true)) {
        return;
    }
    object.insert("type".to_owned(), types);
    if let Some(Value::Array(names)) = object.get_mut("enum") {
        names.push(Value::Null);
    }
}

fn name_format(object: &mut Map<String, Value>) {
    if object
        .get("format")
        .is_some_and(|format| format == "naive-date")
    {
        object.insert("format".to_owned(), "date".into());
    }
}

fn join_lines(object: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = object.get_mut("description") {
        let paragraphs = text
            .split("\n\n")
            .map(|paragraph| paragraph.replace('\n', " "));
        *text = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

fn spell_headers(object: &mut Map<String, Value>) {
    let Some(Value::Object(headers)) = object.get_mut("headers") else {
        return;
    };
    *headers = std::mem::take(headers)
        .into_iter()
        .map(|(name, of)| (spelled(name), of))
        .collect();
}

/// `RETRY-AFTER` as `Retry-After`; a name that is not all in capitals is kept.
fn spelled(name: String) -> String {
    if name.chars().any(|c| c.is_ascii_lowercase()) {
        return name;
    }
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{first}{}", rest.to_ascii_lowercase())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

fn spell_media_types(object: &mut Map<String, Value>) {
    const WITH_CHARSET: &str = "application/json; charset=utf-8";
    let Some(Value::Object(content)) = object.get_mut("content") else {
        return;
    };
    if let Some(media_type) = content.shift_remove(WITH_CHARSET) {
        content.insert("application/json".to_owned(), media_type);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(value: Value) -> Value {
        let document = Map::from_iter([("schema".to_owned(), value)]);
        to_31(document.into())["schema"].take()
    }

    #[test]
    fn the_version_is_set() {
        assert_eq!(
            to_31(json!({ "openapi": "3.0.0" })),
            json!({ "openapi": "3.1.1" })
        );
    }

    #[test]
    fn nullable_is_a_type() {
        let nullable = json!({ "type": "string", "format": "date-time", "nullable": true });
        assert_eq!(
            schema(nullable),
            json!({ "type": ["null", "string"], "format": "date-time" })
        );
    }

    #[test]
    fn a_day_has_the_format_of_its_name() {
        let day = json!({ "type": "string", "format": "naive-date" });
        assert_eq!(schema(day), json!({ "type": "string", "format": "date" }));
    }

    #[test]
    fn null_is_one_of_the_values_of_a_nullable_enum() {
        let values = |nullable: bool| {
            let listed = json!({ "type": "string", "enum": ["a", "b"], "nullable": nullable });
            schema(listed)["enum"].take()
        };
        assert_eq!(values(true), json!(["a", "b", null]));
        assert_eq!(values(false), json!(["a", "b"]));
    }

    #[test]
    fn a_reference_stands_for_itself_beside_its_description() {
        let wrapped =
            json!({ "description": "d", "allOf": [{ "$ref": "#/x" }, { "description": "d" }] });
        assert_eq!(
            schema(wrapped),
            json!({ "$ref": "#/x", "description": "d" })
        );
    }

    #[test]
    fn a_nullable_reference_is_one_of_two() {
        let wrapped =
            json!({ "nullable": true, "allOf": [{ "$ref": "#/x" }, { "nullable": true }] });
        assert_eq!(
            schema(wrapped),
            json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/x" }] })
        );
    }

    #[test]
    fn titles_of_schemas_go_and_properties_of_that_name_stay() {
        let object = json!({
            "type": "object", "title": "T", "properties": { "title": { "type": "string" } }
        });
        assert_eq!(
            schema(object),
            json!({ "type": "object", "properties": { "title": { "type": "string" } } })
        );
    }

    #[test]
    fn stated_defaults_go() {
        assert_eq!(
            schema(json!({ "deprecated": false, "explode": true })),
            json!({})
        );
        assert_eq!(
            schema(json!({ "deprecated": true })),
            json!({ "deprecated": true })
        );
    }

    #[test]
    fn broken_lines_are_joined_and_paragraphs_kept() {
        let text = json!({ "description": "One\nline.\n\nAnother." });
        assert_eq!(
            schema(text),
            json!({ "description": "One line.\n\nAnother." })
        );
    }

    #[test]
    fn headers_and_media_types_get_their_usual_spelling() {
        let response = json!({
            "headers": { "RETRY-AFTER": {}, "WWW-Authenticate": {} },
            "content": { "application/json; charset=utf-8": {} },
        });
        assert_eq!(
            schema(response),
            json!({
                "headers": { "Retry-After": {}, "WWW-Authenticate": {} },
                "content": { "application/json": {} },
            })
        );
    }
}
