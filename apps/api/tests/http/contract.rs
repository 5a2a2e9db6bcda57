//! The document against our own table of the facts on the published page of `POST /sms/send`.

use serde_json::{Value, json};
use sms_domain::ports::Contract;

const FACTS: &str = include_str!("../data/sms-send-contract.json");

/// What our document may add to the page.
const ADDED_PROPERTIES: &[&str] = &["mediaUrls", "outboundIdempotencyKey", "validUntil"];

fn facts() -> Value {
    serde_json::from_str(FACTS).unwrap()
}

fn document() -> Value {
    serde_json::from_str(sms_api::http::spec::document(Contract::Page)).unwrap()
}

/// A property of the document in the form of the table. Three flaws of the page are not repeated: it
/// allows null in the type of an enum and not among its values, and it does not say that ids are
/// UUIDs and that a text must not be blank.
fn fact(name: &str, schema: &Value) -> Value {
    let mut schema = schema.clone();
    let ty = schema["type"].clone();
    let types = ty.as_array().cloned().unwrap_or_else(|| vec![ty]);
    let is_null = |ty: &Value| ty == "null";
    if let (true, Some(Value::Array(values))) = (types.iter().any(is_null), schema.get_mut("enum"))
    {
        assert_eq!(values.pop(), Some(Value::Null), "{name}");
    }
    if schema["format"] == "uuid" {
        schema.as_object_mut().unwrap().remove("format");
    }
    if schema["pattern"] == r"\S" {
        schema.as_object_mut().unwrap().remove("pattern");
    }
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
fn a_request_requires_two_members_and_an_answer_has_all_of_its_own() {
    let document = document();
    let schema = |name: &str| document["components"]["schemas"][name].clone();
    assert_eq!(
        schema("SendSmsRequest")["required"],
        json!(["conversationId", "text"])
    );
    for answer in ["SmsResponse", "SmsEventTableRow", "PreviewSmsResponse"] {
        let answer = schema(answer);
        let all = answer["properties"].as_object().unwrap().keys();
        assert_eq!(answer["required"], all.cloned().collect::<Value>());
    }
    let errors = json!("errors");
    let problem = schema("ProblemDetails")["required"].clone();
    assert!(!problem.as_array().unwrap().contains(&errors));
}

#[test]
fn every_enum_that_may_be_null_lists_null() {
    fn walk(value: &Value, seen: &mut usize) {
        if let (Some(types), Some(values)) = (value["type"].as_array(), value["enum"].as_array()) {
            assert!(types.contains(&json!("null")), "{value}");
            assert!(values.contains(&Value::Null), "{value}");
            *seen += 1;
        }
        match value {
            Value::Object(object) => object.values().for_each(|value| walk(value, seen)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, seen)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut seen = 0;
    walk(&document(), &mut seen);
    assert!(seen >= 16, "{seen}");
}

#[test]
fn only_health_and_webhooks_need_no_key() {
    let document = document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let is_open = path.starts_with("/health") || path.starts_with("/webhooks/telnyx");
        for operation in methods.as_object().unwrap().values() {
            let security = operation["security"].as_array().unwrap();
            assert_eq!(security.is_empty(), is_open, "{path}");
        }
    }
}

#[test]
fn ids_are_uuids_in_paths_requests_and_answers() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for (schema, property) in [
        ("SendSmsRequest", "conversationId"),
        ("SendSmsRequest", "campaignId"),
        ("SmsResponse", "id"),
        ("SmsResponse", "leadId"),
    ] {
        assert_eq!(schemas[schema]["properties"][property]["format"], "uuid");
    }
    // Empty where there is none.
    let may_be_empty = &schemas["SmsResponse"]["properties"]["fromPhoneNumberId"];
    assert_eq!(may_be_empty["format"], Value::Null);
    let in_path = &document["paths"]["/events/sms/{smsEventId}"]["get"]["parameters"][0];
    assert_eq!(in_path["schema"]["format"], "uuid");
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
fn the_document_is_openapi_3_1_for_its_own_server_and_the_pages() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.1");
    // What is tried out on the page for people goes to the first.
    assert_eq!(document["servers"][0]["url"], "/");
    assert_eq!(document["servers"][1]["url"], "https://api.leadping.ai");
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
