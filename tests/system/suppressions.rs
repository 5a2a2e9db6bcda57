//! The business closes a person by the API: what waits is stopped, and each entry stands by itself.

use serde_json::{Value, json};
use sms_tests::{Tenant, TestApp, message};

use crate::LEAD;

fn about(tenant: &Tenant) -> Value {
    json!({
        "organizationId": tenant.organization_id.to_string(), "phoneNumber": "(404) 555-0100",
        "channel": "SMS", "reason": "asked by phone",
    })
}

async fn is_allowed(tenant: &Tenant) -> bool {
    let checked = tenant
        .client
        .post("/suppressions/check", &about(tenant))
        .await;
    assert_eq!(checked.status, 200, "{checked:?}");
    checked.body["allowed"].as_bool().unwrap()
}

#[tokio::test]
async fn a_person_whom_the_business_closed_gets_nothing_until_it_opens_again() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let conversation = acme.conversation(LEAD).await;
    let waiting = acme.send_text(conversation, "Before").await;
    let closed = acme.client.post("/suppressions", &about(&acme)).await;
    assert_eq!(closed.status, 201, "{closed:?}");
    assert_eq!(acme.status(&waiting).await, "opted_out");
    let next = acme.send(&message(conversation, "After")).await;
    assert_eq!(next.body["status"], "opted_out");
    assert_eq!(next.body["complianceAction"], "blocked_contact_opted_out");
    assert!(!is_allowed(&acme).await && is_allowed(&other).await);
    let again = acme.client.post("/suppressions", &about(&acme)).await;
    assert_eq!(again.id(), closed.id(), "one entry");

    let number = acme.numbers(conversation).await[0]
        .phone
        .as_str()
        .to_owned();
    app.text_in(LEAD, &number, "START").await;
    assert!(
        !is_allowed(&acme).await,
        "START opens what the person closed"
    );
    let released = acme
        .client
        .post("/suppressions/release", &about(&acme))
        .await;
    assert_eq!(released.body["status"], "released", "{released:?}");
    assert_eq!(released.body["audit"][1]["source"], "api");
    assert!(is_allowed(&acme).await);
    let open = acme.send_text(conversation, "Open again").await;
    app.deliver().await;
    assert_eq!(acme.status(&open).await, "delivered");
    let read = acme
        .client
        .get(&format!("/suppressions/{}", closed.id()))
        .await;
    assert_eq!(read.body, released.body);
}

#[tokio::test]
async fn what_a_stop_closed_the_business_does_not_open() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let conversation = acme.conversation(LEAD).await;
    let number = acme.numbers(conversation).await[0]
        .phone
        .as_str()
        .to_owned();
    app.text_in(LEAD, &number, "STOP").await;
    let refused = acme
        .client
        .post("/suppressions/release", &about(&acme))
        .await;
    assert_eq!(refused.status, 400);
    let reason = refused.body["errors"]["phoneNumber"][0].as_str().unwrap();
    assert!(reason.contains("only the person can open it"), "{reason}");
    acme.client.post("/suppressions", &about(&acme)).await;
    let released = acme
        .client
        .post("/suppressions/release", &about(&acme))
        .await;
    assert_eq!(released.status, 200, "the business's own entry beside it");
    assert!(!is_allowed(&acme).await);
}
