//! What messages cost.

use poem::http::{Method, StatusCode};
use serde_json::json;
use sms_domain::ports::MessagesOf;
use sms_testkit::fixtures::message_id;

use crate::fakes::World;
use crate::operations::call;

#[tokio::test]
async fn what_messages_cost_is_listed_by_segment() {
    let world = World::new();
    let answer = call(&world, Method::POST, "/usage/all/my", Some(json!({}))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(world.service.lists.lock().unwrap()[0].0, MessagesOf::Billed);
    let row = &answer.body["items"][0];
    assert_eq!(row["id"], message_id().to_string());
    let kind = (&row["channel"], &row["billableUnit"], &row["status"]);
    let expected = (
        &json!("sms"),
        &json!("sms_segment"),
        &json!("non_billable_internal"),
    );
    assert_eq!(kind, expected);
    let amounts = (&row["quantity"], &row["unitPrice"], &row["isBillable"]);
    assert_eq!(amounts, (&json!("1"), &json!("0.0000"), &json!(false)));
}
