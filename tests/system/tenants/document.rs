//! The operations of the OpenAPI document, and the ids that they take.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sms_domain::ports::Contract;

/// A member that names a thing although it is not called an id.
const NAMES_A_THING: &str = "recipientPhoneNumber";

fn document() -> Value {
    serde_json::from_str(sms_api::http::spec::document(Contract::Page)).unwrap()
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

/// What every list is asked with.
const LIST_REQUEST: &str = "#/components/schemas/RequestDataOptions";

/// The lists by method and path: what a key may read without naming a thing.
pub(super) fn lists() -> BTreeSet<(String, String)> {
    lists_of(&document())
}

fn lists_of(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (method, path, operation))
    });
    let lists = operations.filter(|(method, path, operation)| {
        let needs_key = operation["security"]
            .as_array()
            .is_some_and(|keys| !keys.is_empty());
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let only_reads = *method == "get" || schema == LIST_REQUEST;
        needs_key && only_reads && ids_of(document, method, path).is_empty()
    });
    lists
        .map(|(method, path, _)| (method.clone(), path.clone()))
        .collect()
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
    if schema["items"].is_object() {
        in_schema(document, &schema["items"], &format!("{at}/0"), found);
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
    let list = json!({ "security": key, "requestBody": { "content": { "application/json": {
        "schema": { "$ref": LIST_REQUEST },
    } } } });
    let schemas = json!({ "RequestDataOptions": {} });
    let document = json!({ "components": { "schemas": schemas }, "paths": {
        "/things": { "get": { "security": key }, "post": { "security": key } },
        "/things/all": { "post": list },
        "/things/{thingId}": { "get": { "security": key, "parameters": by_id } },
        "/health": { "get": {} },
    } });
    let found = [("get", "/things"), ("post", "/things/all")];
    let found = found.map(|(method, path)| (method.to_owned(), path.to_owned()));
    assert_eq!(lists_of(&document), found.into());
}
