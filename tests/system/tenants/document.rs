//! The operations of the OpenAPI document, and the ids that they take.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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

/// The paths of the lists: what a key may read without naming a thing.
pub(super) fn lists() -> BTreeSet<String> {
    lists_of(&document())
}

fn lists_of(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    let needs_key = |operations: &Value| {
        let security = operations["get"]["security"].as_array();
        security.is_some_and(|security| !security.is_empty())
    };
    let lists = paths.filter(|(path, operations)| {
        needs_key(operations) && ids_of(document, "get", path).is_empty()
    });
    lists.map(|(path, _)| path.clone()).collect()
}

/// The places of an operation that name a thing.
pub(super) fn ids(method: &str, path: &str) -> BTreeSet<String> {
    ids_of(&document(), method, path)
}

fn ids_of(document: &Value, method: &str, path: &str) -> BTreeSet<String> {
    let operation = &document["paths"][path][method];
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_path = parameters
        .filter(|parameter| parameter["in"] == "path")
        .map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap()));
    let mut found: BTreeSet<_> = in_path.collect();
    let content = operation["requestBody"]["content"].as_object();
    for media in content.into_iter().flat_map(|content| content.values()) {
        in_schema(document, &media["schema"], "", &mut found);
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

#[test]
fn a_list_is_read_with_a_key_and_takes_no_id() {
    let key = json!([{ "key": [] }]);
    let by_id = json!([{ "in": "path", "name": "thingId" }]);
    let document = json!({ "paths": {
        "/things": { "get": { "security": key }, "post": { "security": key } },
        "/things/{thingId}": { "get": { "security": key, "parameters": by_id } },
        "/health": { "get": {} },
    } });
    assert_eq!(lists_of(&document), ["/things".to_owned()].into());
}
