//! Leads come from a source by the API alone, and messages to them leave.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sms_domain::values::ids::ConversationId;
use sms_tests::{Answer, Client, Tenant, TestApp, message};
use tokio::task::JoinSet;

use crate::LEAD;

/// The lead's number as a form has it.
const STATED: &str = "(404) 555-0100";

fn settings() -> Value {
    json!({
        "name": "Website", "allowedStates": [], "allowedProducts": [],
        "defaultTagIds": [], "defaultTagNames": ["Website"],
    })
}

/// A new source, and a client with its key.
async fn source(app: &TestApp, tenant: &Tenant) -> (String, Client) {
    let made = tenant.client.post("/sources", &settings()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let key = made.body["apiKey"].as_str().unwrap().to_owned();
    assert!(key.starts_with("lp_src_"), "{key}");
    (made.id(), app.client().with_key(key))
}

async fn intake(client: &Client, body: Value) -> Answer {
    let answer = client.post("/leads/intake", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

fn conversation(lead: &Answer) -> ConversationId {
    lead.body["conversationId"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn a_lead_comes_by_a_sources_key_and_is_texted() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let (id, form) = source(&app, &acme).await;
    let body = json!({
        "firstName": "Ann", "phone": STATED, "state": "Georgia", "zip": "30301",
        "externalId": "x-1",
    });
    let taken = intake(&form, body.clone()).await;
    assert_eq!(taken.body["contact"]["phone"]["number"], LEAD);
    assert_eq!(taken.body["metadata"]["smsConsentStatus"], "inquiry");
    assert_eq!(taken.body["tags"][0]["name"], "Website");

    let again = intake(&form, body).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, taken.body);
    let read = acme.client.get(&format!("/leads/{}", taken.id())).await;
    assert_eq!(read.body, taken.body);
    let shown = acme.client.get(&format!("/sources/{id}")).await;
    assert_ne!(shown.body["lastLeadReceivedAt"], Value::Null);

    let sent = acme.send_text(conversation(&taken), "Thanks, Ann!").await;
    app.deliver().await;
    assert_eq!(acme.status(&sent).await, "delivered");
    assert_eq!(app.ledger()[0].to, LEAD);
}

#[tokio::test]
async fn a_sources_key_brings_leads_and_nothing_else_until_it_is_replaced_or_closed() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let (id, form) = source(&app, &acme).await;
    let lead = intake(&form, json!({ "phone": STATED })).await;
    let sent = form
        .post("/sms/send", &message(conversation(&lead), "Hi"))
        .await;
    assert_eq!(sent.status, 403);
    assert_eq!(form.get(&format!("/leads/{}", lead.id())).await.status, 403);

    let path = format!("/sources/{id}");
    let put = |alter: Value| {
        let mut body = settings();
        body.as_object_mut()
            .unwrap()
            .extend(alter.as_object().unwrap().clone());
        acme.client.request(reqwest::Method::PUT, &path).json(&body)
    };
    let closed = Answer::to(put(json!({ "enabled": false }))).await;
    assert_eq!(closed.body["enabled"], false);
    let refused = form
        .post("/leads/intake", &json!({ "phone": STATED }))
        .await;
    assert_eq!(refused.status, 403, "{refused:?}");

    let change = json!({ "enabled": true, "regenerateApiKey": true });
    let renewed = Answer::to(put(change)).await;
    let key = renewed.body["apiKey"].as_str().unwrap().to_owned();
    app.advance(TimeDelta::seconds(1));
    let old = form
        .post("/leads/intake", &json!({ "phone": STATED }))
        .await;
    assert_eq!(old.status, 401);
    intake(&app.client().with_key(key), json!({ "phone": STATED })).await;
}

#[tokio::test]
async fn the_same_phone_again_is_the_same_lead_and_a_stop_stays() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let (_, form) = source(&app, &acme).await;
    let (_, partner) = source(&app, &acme).await;
    let first = intake(&form, json!({ "phone": STATED, "externalId": "1" })).await;
    let number = acme.numbers(conversation(&first)).await[0]
        .phone
        .as_str()
        .to_owned();
    app.text_in(LEAD, &number, "STOP").await;
    let consent = json!({ "basis": "written", "textShown": "I agree to texts" });
    let body = json!({ "phone": "+1 404 555 0100", "externalId": "1", "consent": consent });
    let second = intake(&partner, body).await;
    assert_eq!(second.id(), first.id());
    assert_eq!(conversation(&second), conversation(&first));
    assert_eq!(second.body["metadata"]["smsConsentStatus"], "opted_out");
    assert_eq!(second.body["metadata"]["smsOptedOut"], true);
    let sent = acme.send(&message(conversation(&second), "Hi again")).await;
    assert_eq!(sent.body["status"], "opted_out");
    app.deliver().await;
    let texts: Vec<_> = app.ledger().into_iter().map(|left| left.text).collect();
    assert!(!texts.iter().any(|text| text == "Hi again"), "{texts:?}");
}

#[tokio::test]
async fn what_an_intake_may_not_be_is_refused_by_field_and_makes_no_lead() {
    let app = TestApp::start().await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let theirs = other.numbers(other.conversation(LEAD).await).await;
    let theirs = theirs[0].phone.as_str();
    let (_, form) = source(&app, &acme).await;
    for (body, field) in [
        (json!({ "phone": theirs }), "phone"),
        (json!({ "phone": "555-0100" }), "phone"),
        (json!({ "phone": STATED, "state": "Floridaa" }), "state"),
        (json!({ "phone": STATED, "postalCode": "0" }), "postalCode"),
        (
            json!({ "phone": STATED, "consent": { "basis": "express" } }),
            "consent.textShown",
        ),
    ] {
        let refused = form.post("/leads/intake", &body).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        let errors = refused.body["errors"].as_object().unwrap();
        assert_eq!(errors.keys().collect::<Vec<_>>(), [field]);
    }
    let taken = intake(&form, json!({ "phone": STATED, "externalId": "1" })).await;
    let other_phone = json!({ "phone": "4045550101", "externalId": "1" });
    let refused = form.post("/leads/intake", &other_phone).await;
    assert_ne!(refused.body["errors"]["externalId"], Value::Null);
    assert_eq!(taken.body["modifiedAt"], Value::Null, "it is new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_intakes_of_one_person_make_one_lead() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let (_, form) = source(&app, &acme).await;
    let mut intakes = JoinSet::new();
    for n in 0..8 {
        let body = json!({ "phone": STATED, "externalId": (n / 2).to_string() });
        let form = form.clone();
        intakes.spawn(async move { intake(&form, body).await });
    }
    let taken = intakes.join_all().await;
    for one in &taken {
        assert_eq!(one.id(), taken[0].id());
        assert_eq!(conversation(one), conversation(&taken[0]));
    }
}
