//! Numbers: registered, changed, removed, and chosen to send from.

use serde_json::{Value, json};

use super::{Caller, id};

const GET: &str = "GET /phone-numbers/{phoneNumberId}";
const ALL: &str = "POST /phone-numbers/all/organization";

/// A number that no organization has.
const FREE: &str = "+13055550177";

pub(super) async fn are_chosen_and_managed(caller: &Caller) {
    choice(caller).await;
    registration(caller).await;
}

async fn registration(caller: &Caller) {
    let (post, put, delete) = (
        "POST /phone-numbers",
        "PUT /phone-numbers/{phoneNumberId}",
        "DELETE /phone-numbers/{phoneNumberId}",
    );
    let named = |name: &str| json!({ "number": FREE, "name": name });
    let made = caller.ask(post, "", named("Sales")).await;
    let number = id(&made);
    assert_eq!(caller.ask(GET, &number, Value::Null).await, made);
    caller.seen(post, GET);
    caller.ask(put, &number, named("Service")).await;
    assert_eq!(
        caller.ask(GET, &number, Value::Null).await["name"],
        "Service"
    );
    caller.seen(put, GET);
    assert_eq!(caller.row(ALL, "", &number).await["name"], "Service");
    caller.seen(ALL, GET);
    caller.seen(GET, ALL);
    let (status, warmup) = (
        "GET /phone-numbers/{phoneNumber}/status",
        "GET /phone-numbers/{phoneNumberId}/warmup",
    );
    let by_phone = caller.ask(status, FREE, Value::Null).await;
    assert_eq!(by_phone, caller.ask(warmup, &number, Value::Null).await);
    caller.seen(status, warmup);
    caller.seen(warmup, status);
    caller.ask(delete, &number, Value::Null).await;
    assert_eq!(caller.try_ask(GET, &number, &Value::Null).await.status, 404);
    let left = caller.list(ALL, "").await;
    assert!(left.iter().all(|row| row["id"] != number.as_str()));
    caller.seen(delete, ALL);
}

async fn choice(caller: &Caller) {
    let (new, manual) = (
        "POST /phone-numbers/outgoing/new",
        "POST /phone-numbers/outgoing/manual-override",
    );
    let of_thread = "POST /phone-numbers/outgoing/conversation/{conversationId}";
    let (set, clear) = (
        "POST /phone-numbers/outgoing/conversation/{conversationId}/override",
        "DELETE /phone-numbers/outgoing/conversation/{conversationId}/override",
    );
    let thread = caller.acme.conversation("+14045550157").await.to_string();
    let number = caller.acme.number_ids[0].to_string();
    let chosen = json!({
        "fromPhoneNumberId": number, "selection": { "conversationId": thread },
    });
    let selected = caller
        .ask(new, "", json!({ "recipientPhoneNumber": "+14045550157" }))
        .await;
    let usual = caller.ask(of_thread, &thread, json!({})).await;
    for selection in [&selected, &usual] {
        assert_eq!(selection["phoneNumberId"], number.as_str(), "{selection}");
        assert_eq!(selection["wasManuallyOverridden"], false);
    }
    caller.seen(new, of_thread);
    caller.seen(of_thread, new);
    let checked = caller.ask(manual, "", chosen.clone()).await;
    let set_to = caller.ask(set, &thread, chosen).await;
    assert_eq!(checked, set_to);
    caller.seen(manual, set);
    let overridden = caller.ask(of_thread, &thread, json!({})).await;
    assert_eq!(overridden["wasManuallyOverridden"], true);
    caller.seen(set, of_thread);
    caller.ask(clear, &thread, Value::Null).await;
    let cleared = caller.ask(of_thread, &thread, json!({})).await;
    assert_eq!(cleared["wasManuallyOverridden"], false);
    caller.seen(clear, of_thread);
}
