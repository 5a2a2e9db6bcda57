//! The document in the form of the page of `POST /sms/send`: numbers may be JSON strings, and properties that
//! came later are left out. One pure function, as for the answers.

use serde_json::{Map, Value, json};

use crate::http::contract::is_newer;

/// Schemas that are the same under every contract: errors (RFC 9457).
const SAME: &[&str] = &["ProblemDetails"];

/// The texts of numbers.
const WHOLE: &str = r"^-?(?:0|[1-9]\d*)$";
const DECIMAL: &str = r"^-?(?:0|[1-9]\d*)(?:\.\d+)?$";

/// Turns the document of the newest contract into that of the page.
#[must_use]
pub(super) fn of_page(document: Value) -> Value {
    let mut document = document;
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if !SAME.contains(&name.as_str()) {
            leave_out(name, schema);
            allow_texts(schema);
        }
    }
    document
}

fn leave_out(name: &str, schema: &mut Value) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|property, _| !is_newer(name, property));
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|property| !is_newer(name, property.as_str().unwrap_or_default()));
    }
}

fn allow_texts(value: &mut Value) {
    match value {
        Value::Object(object) => {
            allow_text(object);
            object.values_mut().for_each(allow_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(allow_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A number may be a text of its digits.
fn allow_text(schema: &mut Map<String, Value>) {
    let types = match schema.get("type") {
        Some(Value::String(one)) => vec![Value::from(one.as_str())],
        Some(Value::Array(several)) => several.clone(),
        _ => return,
    };
    let pattern = if types.contains(&json!("integer")) {
        WHOLE
    } else if types.contains(&json!("number")) {
        DECIMAL
    } else {
        return;
    };
    let types: Vec<Value> = types.into_iter().chain([json!("string")]).collect();
    schema.insert("type".to_owned(), types.into());
    schema.insert("pattern".to_owned(), pattern.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas(value: &Value) -> Value {
        of_page(json!({ "components": { "schemas": value } }))["components"]["schemas"].take()
    }

    #[test]
    fn numbers_may_be_texts_wherever_they_stand_and_null_stays() {
        let found = schemas(&json!({ "A": { "type": "object", "properties": {
            "whole": { "type": "integer", "format": "int32" },
            "part": { "type": ["null", "number"] },
            "list": { "type": "array", "items": { "type": "integer" } },
            "type": { "type": "string" },
        } } }));
        let properties = &found["A"]["properties"];
        assert_eq!(
            properties["whole"],
            json!({ "type": ["integer", "string"], "format": "int32", "pattern": WHOLE })
        );
        assert_eq!(
            properties["part"],
            json!({ "type": ["null", "number", "string"], "pattern": DECIMAL })
        );
        assert_eq!(properties["list"]["items"]["pattern"], WHOLE);
        assert_eq!(properties["type"], json!({ "type": "string" }));
    }

    #[test]
    fn what_came_later_is_neither_described_nor_required_and_errors_stay() {
        let schema = json!({
            "properties": { "text": {}, "media": {} }, "required": ["text", "media"],
        });
        let found = schemas(&json!({ "SmsResponse": schema, "SmsEventTableRow": schema }));
        let without = json!({ "properties": { "text": {} }, "required": ["text"] });
        assert_eq!(
            found,
            json!({ "SmsResponse": without, "SmsEventTableRow": schema })
        );
        let errors = json!({ "ProblemDetails": { "type": "integer" } });
        assert_eq!(schemas(&errors), errors);
    }
}
