//! What an answer tells of members of a body that had no effect.

use poem::http::Method;
use serde_json::{Map, Value, json};
use sms_domain::ports::Contract;

use crate::fakes::World;

const SOME_ID: &str = "01900000-0000-7000-8000-0000000000ff";

/// The path with an id for each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/');
    let filled = segments.map(|one| if one.starts_with('{') { SOME_ID } else { one });
    filled.collect::<Vec<_>>().join("/")
}

/// Operations with a JSON object for a body: method, path, and the object's members.
fn operations() -> Vec<(Method, String, Vec<String>)> {
    let document = sms_api::http::spec::document(Contract::August2026);
    let document: Value = serde_json::from_str(document).unwrap();
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(reference) = schema["$ref"].as_str() else {
                continue;
            };
            let schema = document.pointer(reference.trim_start_matches('#'));
            let members = schema.unwrap()["properties"].as_object().unwrap().keys();
            let method = method.to_uppercase().parse().unwrap();
            found.push((method, filled(path), members.cloned().collect()));
        }
    }
    found
}

#[tokio::test]
async fn a_member_that_is_not_described_is_named_and_no_other_one_is() {
    let operations = operations();
    assert!(operations.len() > 20, "{}", operations.len());
    for (method, path, members) in operations {
        let mut body: Map<_, _> = members
            .into_iter()
            .map(|name| (name, Value::Null))
            .collect();
        for told in [None, Some("sideNote")] {
            body.extend(told.map(|name| (name.to_owned(), json!(1))));
            let client = World::new().client();
            let request = client.request(method.clone(), &path);
            let request = request.header("authorization", "Bearer everything");
            let answer = request.body_json(&body).send().await;
            let named = answer.0.header("x-ignored-properties");
            assert_eq!(named, told, "{method} {path}");
        }
    }
}
