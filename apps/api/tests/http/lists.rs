//! Lists: how they are asked, and what of a question is refused.

use chrono::TimeDelta;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_domain::ports::{ListQuery, ListValue, MessagesOf};
use sms_domain::values::ids::LeadId;
use sms_testkit::fixtures::{message_id, noon, phone};
use uuid::Uuid;

use crate::fakes::World;
use crate::operations::{Answer, call};

const ALL: &str = "/events/sms/all/my";

pub(crate) async fn page(world: &World, path: &str, body: Value) -> Answer {
    call(world, Method::POST, path, Some(body)).await
}

pub(crate) fn asked(world: &World) -> (MessagesOf, ListQuery) {
    world.service.lists.lock().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_list_is_asked_by_the_names_of_the_wire_and_goes_on_by_its_token() {
    let world = World::new();
    let since = noon() - TimeDelta::days(31);
    let body = json!({
        "pageSize": "1", "includeCount": true, "search": " Roof ",
        "orderBy": [{ "field": "createdAt", "direction": "asc" }],
        "filters": [{ "field": "status", "value": "failed" }],
        "rangeFilters": [{ "field": "createdAt", "greaterThanOrEqual": since }],
    });
    let first = page(&world, ALL, body.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(first.body["items"][0]["id"], message_id().to_string());
    let (size, count) = (&first.body["pageSize"], &first.body["totalCount"]);
    assert_eq!((size, count), (&json!("1"), &json!("10000")));
    let (of, query) = asked(&world);
    assert_eq!(
        (of, query.size, query.counts),
        (MessagesOf::Everybody, 1, true)
    );
    assert!(!query.order.is_descending && query.after.is_none());
    assert_eq!(query.filters[0].value, ListValue::Text("failed".to_owned()));
    let from = query.ranges[0].from.as_ref().unwrap();
    assert_eq!(
        (&from.value, from.is_inclusive),
        (&ListValue::Instant(since), true)
    );
    let search = query.search.unwrap();
    assert_eq!(
        (search.text.as_str(), search.fields),
        ("Roof", vec!["text"])
    );

    let mut next = body;
    next["continuationToken"] = first.body["continuationToken"].clone();
    next["pageSize"] = 1000.into();
    assert_eq!(
        page(&world, ALL, next.clone()).await.body["pageSize"],
        "200"
    );
    let after = asked(&world).1.after.unwrap();
    assert_eq!(after.id, message_id().as_uuid());
    next["filters"] = json!([]);
    let other = page(&world, ALL, next).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert!(other.body["errors"]["continuationToken"].is_array());
}

#[tokio::test]
async fn the_path_says_whose_messages_are_listed() {
    let world = World::new();
    let lead = Uuid::from_u128(7);
    let answer = page(&world, &format!("/events/sms/lead/{lead}"), json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(asked(&world).0, MessagesOf::Lead(LeadId::new(lead)));
    assert!(asked(&world).1.order.is_descending && asked(&world).1.size == 50);
    for number in ["+14045550100", "%2B14045550100", "14045550100"] {
        let answer = page(&world, &format!("/events/sms/phone/{number}"), json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{number}");
        assert_eq!(asked(&world).0, MessagesOf::Phone(phone("+14045550100")));
    }
}

#[tokio::test]
async fn what_a_list_cannot_do_is_refused_by_the_name_of_its_field() {
    let world = World::new();
    let long = noon() - TimeDelta::days(32);
    let of = |field: &str, value: Value| json!({ "filters": [{ "field": field, "value": value }] });
    for (path, body, field) in [
        (ALL, json!({ "pageSize": 0 }), "pageSize"),
        (
            ALL,
            json!({ "orderBy": [{ "field": "status" }] }),
            "orderBy[0].field",
        ),
        (
            ALL,
            json!({ "orderBy": [{ "field": "createdAt", "direction": "up" }] }),
            "orderBy[0].direction",
        ),
        (ALL, of("color", "red".into()), "filters[0].field"),
        (ALL, of("status", "gone".into()), "filters[0].value"),
        (ALL, of("campaignId", 5.into()), "filters[0].value"),
        (ALL, of("errorCode", "a\0b".into()), "filters[0].value"),
        (ALL, of("status", "failed".into()), "rangeFilters"),
        (ALL, json!({ "search": "roof" }), "rangeFilters"),
        (
            ALL,
            json!({ "search": "roof", "searchFields": ["status"] }),
            "searchFields[0]",
        ),
        (
            ALL,
            json!({ "rangeFilters": [{ "field": "createdAt" }] }),
            "rangeFilters[0]",
        ),
        (
            ALL,
            json!({ "rangeFilters": [{ "field": "sentAt", "lessThan": long }] }),
            "rangeFilters[0].field",
        ),
        (
            ALL,
            json!({ "search": "roof", "rangeFilters": [{ "field": "createdAt", "greaterThan": long }] }),
            "rangeFilters",
        ),
        (
            ALL,
            json!({ "continuationToken": "made-up" }),
            "continuationToken",
        ),
        ("/events/sms/lead/me", json!({}), "leadId"),
        (
            "/events/sms/lead/00000000-0000-0000-0000-000000000000",
            json!({}),
            "leadId",
        ),
        ("/events/sms/phone/911", json!({}), "phoneNumber"),
    ] {
        let answer = page(&world, path, body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{field}: {}",
            answer.body
        );
        assert!(
            answer.body["errors"][field].is_array(),
            "{field}: {}",
            answer.body
        );
    }
}
