//! `POST /sms/batch`: each item for itself.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_testkit::fixtures::conversation_id;

use crate::fakes::World;
use crate::operations::{Answer, call};

fn item(key: &str) -> Value {
    json!({ "conversationId": conversation_id(), "text": "Hello!", "outboundIdempotencyKey": key })
}

async fn send(world: &World, items: Value) -> Answer {
    let body = Some(json!({ "items": items }));
    call(world, Method::POST, "/sms/batch", body).await
}

fn statuses(answer: &Answer) -> Vec<&str> {
    let items = answer.body["items"].as_array().unwrap();
    let status = |item: &Value| item["status"].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| {
            item["status"]
                .as_str()
                .unwrap_or_else(|| panic!("{}", status(item)))
        })
        .collect()
}

#[tokio::test]
async fn an_item_that_cannot_be_read_keeps_no_other_from_being_sent() {
    let world = World::new();
    let mut misspelt = item("c");
    misspelt["Text"] = "twice".into();
    let items =
        json!([item("a"), { "text": 5, "outboundIdempotencyKey": "b" }, misspelt, 7, item("e")]);
    let answer = send(&world, items).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(statuses(&answer), ["201", "400", "400", "400", "201"]);
    assert_eq!(world.service.commands.lock().unwrap().len(), 2);
    let results = &answer.body["items"];
    assert_eq!(results[0]["outboundIdempotencyKey"], "a");
    assert!(results[0]["message"]["id"].is_string() && results[0]["problem"].is_null());
    let faults = &results[1]["problem"]["errors"];
    assert_eq!(
        *faults,
        json!({ "conversationId": ["is required"], "text": ["must be a string"] })
    );
    assert!(results[2]["problem"]["errors"]["Text"].is_array());
    assert_eq!(
        results[3]["problem"]["errors"],
        json!({ "items": ["must hold objects"] })
    );
    assert!(results[1]["message"].is_null());
}

#[tokio::test]
async fn an_item_without_a_key_is_refused_because_repeating_it_would_send_twice() {
    let world = World::new();
    let mut keyless = item("a");
    keyless
        .as_object_mut()
        .unwrap()
        .remove("outboundIdempotencyKey");
    let answer = send(&world, json!([keyless])).await;
    assert_eq!(statuses(&answer), ["400"]);
    let faults = &answer.body["items"][0]["problem"]["errors"];
    assert_eq!(
        *faults,
        json!({ "outboundIdempotencyKey": ["is required"] })
    );
}

#[tokio::test]
async fn each_item_counts_against_the_limit_of_requests() {
    let mut world = World::new();
    world.limits.requests = 2;
    let answer = send(&world, json!([item("a"), item("b"), item("c")])).await;
    assert_eq!(statuses(&answer), ["201", "201", "429"]);
    assert_eq!(answer.body["items"][2]["retryAfter"], "60");
    assert!(answer.body["items"][0]["retryAfter"].is_null());
}

#[tokio::test]
async fn a_batch_holds_one_to_five_hundred_items_and_no_key_of_its_own() {
    let world = World::new();
    for items in [
        json!([]),
        json!(null),
        json!({}),
        json!(vec![item("a"); 501]),
    ] {
        let answer = send(&world, items).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body["errors"]["items"].is_array(), "{}", answer.body);
    }
    let many: Vec<_> = (0..500).map(|n| item(&n.to_string())).collect();
    let answer = send(&world, json!(many)).await;
    assert_eq!(statuses(&answer).len(), 500);
}
