//! The document against our own table of the facts on the published page of `POST /sms/send`.

use serde_json::{Value, json};

const FACTS: &str = include_str!("../data/sms-send-contract.json");

/// What our document may add to the page.
const ADDED_PROPERTIES: &[&str] = &["outboundIdempotencyKey"];

fn facts() -> Value {
    serde_json::from_str(FACTS).unwrap()
}

fn document() -> Value {
    serde_json::from_str(sms_api::spec::document()).unwrap()
}

/// A property of the document in the form of the table.
fn fact(name: &str, schema: &Value) -> Value {
    let ty = &schema["type"];
    let types = ty.as_array().cloned().unwrap_or_else(|| vec![ty.clone()]);
    let is_null = |ty: &Value| ty == "null";
    let mut fact = json!({
        "name": name,
        "types": types.iter().filter(|ty| !is_null(ty)).collect::<Vec<_>>(),
        "nullable": types.iter().any(is_null),
    });
    for (key, value) in schema.as_object().unwrap() {
        if key != "type" {
            fact[key] = value.clone();
        }
    }
    fact
}

#[test]
fn both_schemas_equal_the_page_property_by_property_and_in_order() {
    let (facts, document) = (facts(), document());
    let mut differences = Vec::new();
    for schema in ["SendSmsRequest", "SmsResponse"] {
        let ours = &document["components"]["schemas"][schema];
        assert_eq!(ours["description"], facts[schema]["description"]);
        let properties = ours["properties"].as_object().unwrap().iter();
        let ours: Vec<Value> = properties
            .filter(|(name, _)| !ADDED_PROPERTIES.contains(&name.as_str()))
            .map(|(name, property)| fact(name, property))
            .collect();
        let page = facts[schema]["properties"].as_array().unwrap();
        assert_eq!(ours.len(), page.len(), "{schema}");
        let pairs = ours.iter().zip(page);
        differences.extend(
            pairs
                .filter(|(ours, page)| ours != page)
                .map(|pair| format!("{pair:?}")),
        );
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn only_the_request_marks_members_as_required() {
    let document = document();
    let required = |schema: &str| document["components"]["schemas"][schema]["required"].clone();
    assert_eq!(
        required("SendSmsRequest"),
        json!(["conversationId", "text"])
    );
    assert_eq!(required("SmsResponse"), Value::Null);
}

#[test]
fn the_operation_is_the_pages() {
    let (facts, document) = (facts()["operation"].take(), document());
    let operation = &document["paths"]["/sms/send"]["post"];
    let (body, created) = (&operation["requestBody"], &operation["responses"]["201"]);
    let schema = |of: &Value| of["content"]["application/json"]["schema"]["$ref"].clone();
    let reference = |name: &Value| format!("#/components/schemas/{}", name.as_str().unwrap());
    assert_eq!(operation["summary"], facts["summary"]);
    assert_eq!(operation["operationId"], facts["operationId"]);
    assert_eq!(operation["tags"], json!([facts["tag"]]));
    assert_eq!(body["description"], facts["requestBody"]);
    assert_eq!(body["required"], true);
    assert_eq!(schema(body), reference(&facts["requestSchema"]));
    assert_eq!(created["description"], facts["successDescription"]);
    assert_eq!(schema(created), reference(&facts["successSchema"]));
}

#[test]
fn the_document_is_openapi_3_1_for_the_pages_server() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.1");
    assert_eq!(document["servers"][0]["url"], "https://api.leadping.ai");
}

#[test]
fn nothing_of_openapi_3_0_is_left() {
    fn walk(value: &Value) {
        match value {
            Value::Object(object) => {
                assert!(!object.contains_key("nullable"), "{object:?}");
                assert!(!object.contains_key("allOf"), "{object:?}");
                object.values().for_each(walk);
            }
            Value::Array(items) => items.iter().for_each(walk),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => assert!(!text.contains('|') || text.contains('^'), "{text}"),
        }
    }
    walk(&document()["components"]);
}
