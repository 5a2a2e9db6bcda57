//! The operations of the OpenAPI document, and the ids that they take.

use std::collections::BTreeSet;

use serde_json::Value;

/// A member that names a thing although it is not called an id.
const NAMES_A_THING: &str = "recipientPhoneNumber";

fn document() -> Value {
    serde_json::from_str(sms_api::http::spec::document()).unwrap()
}

/// Every operation by method and path.
pub(super) fn operations() -> BTreeSet<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, operations): (&String, &Value)| {
        let methods = operations.as_object().unwrap().keys();
        methods
            .map(|method| (method.clone(), path.clone()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The places of an operation that name a thing.
pub(super) fn ids(method: &str, path: &str) -> BTreeSet<String> {
    let document = document();
    let operation = &document["paths"][path][method];
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_path = parameters
        .filter(|parameter| parameter["in"] == "path")
        .map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()));
    let mut found: BTreeSet<_> = in_path.collect();
    let content = operation["requestBody"]["content"].as_object();
    for media in content.into_iter().flat_map(|content| content.values()) {
        in_schema(&document, &media["schema"], "", &mut found);
    }
    found
}

fn in_schema(document: &Value, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return in_schema(document, target, at, found);
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    for (name, property) in properties {
        let at = format!("{at}/{name}");
        if name.ends_with("Id") || name == NAMES_A_THING {
            found.insert(at.clone());
        }
        in_schema(document, property, &at, found);
    }
}

#[test]
fn ids_are_found_in_paths_and_in_nested_bodies() {
    let found = ids(
        "post",
        "/phone-numbers/outgoing/conversation/{conversationId}/override",
    );
    for expected in [
        "{conversationId}",
        "/fromPhoneNumberId",
        "/selection/leadId",
    ] {
        assert!(found.contains(expected), "{expected} of {found:?}");
    }
}
