//! Numbers that an organization registers, changes and removes, with messages that wait for them.

use reqwest::Method;
use serde_json::{Value, json};
use sms_api::system::SystemIds;
use sms_domain::facts::OrganizationKind;
use sms_tests::{Answer, Tenant, TestApp, message};

use crate::LEAD;

/// A number that no organization has.
const FREE: &str = "+13055550177";

/// A number that the carrier's account does not have.
const NOT_OURS: &str = "+13055550404";

async fn register(tenant: &Tenant, number: &str) -> Answer {
    let body = json!({ "number": number, "name": "Sales" });
    tenant.client.post("/phone-numbers", &body).await
}

async fn ask(tenant: &Tenant, method: Method, path: &str, body: Option<Value>) -> Answer {
    let mut request = tenant.client.request(method, path);
    if let Some(body) = body {
        request = request.json(&body);
    }
    Answer::to(request).await
}

#[tokio::test]
async fn a_number_of_our_accounts_is_registered_by_one_organization_and_shown() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let registered = register(&acme, FREE).await;
    assert_eq!(registered.status, 200, "{registered:?}");
    assert_eq!(registered.body["name"], "Sales");
    // Carriers do not know it yet.
    assert_eq!(registered.body["warmup"]["state"], "Blocked");
    let path = format!("/phone-numbers/{}", registered.body["id"].as_str().unwrap());
    assert_eq!(acme.client.get(&path).await.body, registered.body);
    assert_eq!(
        register(&acme, FREE).await.body["id"],
        registered.body["id"]
    );
    for (tenant, number) in [(&other, FREE), (&acme, NOT_OURS)] {
        let refused = register(tenant, number).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.body["errors"]["number"].is_array());
    }
    let renamed = json!({ "number": FREE, "name": "Service", "enabled": false });
    let renamed = ask(&acme, Method::PUT, &path, Some(renamed)).await;
    assert_eq!(
        (&renamed.body["name"], &renamed.body["enabled"]),
        (&json!("Service"), &json!(false))
    );
    let another = json!({ "number": "+13055550178", "name": "Service" });
    assert_eq!(
        ask(&acme, Method::PUT, &path, Some(another)).await.status,
        400
    );
}

#[tokio::test]
async fn a_sandbox_gets_a_number_of_a_simulated_account_which_needs_no_registration() {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Sandbox, |_| {}).await;
    let registered = register(&acme, FREE).await;
    assert_eq!(registered.status, 200, "{registered:?}");
    assert_eq!(registered.body["warmup"]["state"], "Not Started");
}

#[tokio::test]
async fn what_is_queued_on_a_removed_number_leaves_from_another_and_what_is_bound_to_it_fails() {
    let app = TestApp::start().await;
    let acme = app.tenant_of(OrganizationKind::Live, |around| {
        around.add_number(&SystemIds::default());
    });
    let acme = acme.await;
    let (first, second) = (
        acme.number_ids[0].to_string(),
        acme.number_ids[1].to_string(),
    );
    let free = acme.conversation(LEAD).await;
    let bound = acme.conversation("+14045550101").await;
    let mut request = message(bound, "Hello!");
    request["fromPhoneNumberId"] = json!(first);
    request["wasManuallyOverridden"] = json!(true);
    let bound = acme.send(&request).await.id();
    let free = acme.send_text(free, "Hello!").await;
    let path = format!("/phone-numbers/{first}");
    assert_eq!(ask(&acme, Method::DELETE, &path, None).await.status, 204);
    assert_eq!(ask(&acme, Method::DELETE, &path, None).await.status, 404);
    assert_eq!(acme.client.get(&path).await.status, 404);
    app.follow_pauses().await;
    let failed = acme.message(&bound).await;
    assert_eq!(failed["errorCode"], "no_eligible_phone_number", "{failed}");
    app.deliver().await;
    let left = acme.message(&free).await;
    assert_eq!(left["status"], "delivered");
    assert_eq!(left["outboundPhoneNumberId"], second);
}
