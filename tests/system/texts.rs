//! Changes to a text before it leaves, and what counts as the same text.

use chrono::TimeDelta;
use serde_json::Value;
use sms_domain::facts::{IdentityPolicy, OrganizationKind, Policy};
use sms_tests::{Tenant, TestApp, message};

use crate::LEAD;

/// Seconds in which the same text does not go to the same person again.
const SAME_TEXT_SECONDS: u32 = 300;

async fn tenant(app: &TestApp, policy: Policy) -> Tenant {
    let differ = |around: &mut sms_tests::Surroundings| around.organization.policy = policy;
    app.tenant_of(OrganizationKind::Live, differ).await
}

fn completing() -> Policy {
    Policy {
        first_message: IdentityPolicy::Append,
        same_text_seconds: SAME_TEXT_SECONDS,
        ..Policy::default()
    }
}

/// The code of the error in an answer to a request to send.
async fn error(acme: &Tenant, request: &Value) -> Value {
    acme.send(request).await.body["errorCode"].clone()
}

#[tokio::test]
async fn a_text_is_the_same_with_the_words_that_policy_adds_and_without() {
    let app = TestApp::start().await;
    let acme = tenant(&app, completing()).await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    assert_eq!(error(&acme, &request).await, Value::Null);
    // Neither has left yet, so the words would be added to both.
    assert_eq!(error(&acme, &request).await, "lead_recently_contacted");
    app.dispatch().await;
    assert_eq!(
        app.ledger()[0].text,
        "Hello! - Acme Roofing. Reply STOP to opt out."
    );
    // Now the words would not be added any more.
    assert_eq!(error(&acme, &request).await, "lead_recently_contacted");

    app.advance(TimeDelta::seconds(SAME_TEXT_SECONDS.into()));
    assert_eq!(error(&acme, &request).await, Value::Null);
    app.dispatch().await;
    assert_eq!(app.ledger()[1].text, "Hello!");
}

#[tokio::test]
async fn another_decoration_makes_no_other_text() {
    let app = TestApp::start().await;
    let policy = Policy {
        same_text_seconds: SAME_TEXT_SECONDS,
        ..Policy::default()
    };
    let acme = tenant(&app, policy).await;
    let conversation = acme.conversation(LEAD).await;
    let code = async |text: &str| error(&acme, &message(conversation, text)).await;
    assert_eq!(code("Your quote is ready.").await, Value::Null);
    for text in [
        "Your quote is ready. ",
        "your quote is READY!! 🔥",
        "Your qu\u{200B}ote is ready.",
        "Yоur quote is ready.",
    ] {
        assert_eq!(code(text).await, "lead_recently_contacted", "{text}");
    }
    assert_eq!(code("Your quote is ready: $500.").await, Value::Null);
}

#[tokio::test]
async fn a_disguised_shortener_is_blocked_and_every_finding_is_said() {
    let app = TestApp::start().await;
    let acme = tenant(&app, Policy::default()).await;
    let request = message(acme.conversation(LEAD).await, "Your quote: bit%2Ely/3xYz");
    let preview = acme.client.post("/sms/preview", &request).await;
    let why = preview.body["explanation"].as_str().unwrap();
    for part in [
        "Word 3 of the text is a link of bit.ly",
        "the sender's name, \"Acme Roofing\", is nowhere in it",
        "nowhere does it say how to opt out",
    ] {
        assert!(why.contains(part), "{why}");
    }
    assert_eq!(error(&acme, &request).await, "content_forbidden");
    assert!(app.ledger().is_empty());
}

#[tokio::test]
async fn a_text_that_fits_once_its_typography_is_plain_is_sent_where_that_is_chosen() {
    let app = TestApp::start().await;
    // 11 segments as written, 5 with a plain quotation mark.
    let text = format!("It’s {}", "a".repeat(700));
    let plain = tenant(
        &app,
        Policy {
            smart_encoding: true,
            ..Policy::default()
        },
    )
    .await;
    let request = message(plain.conversation(LEAD).await, &text);
    let preview = plain.client.post("/sms/preview", &request).await;
    assert_eq!(
        (preview.status, &preview.body["segments"]),
        (200, &"5".into())
    );
    let answer = plain.send(&request).await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (201, &"queued".into())
    );
    app.dispatch().await;
    assert_eq!(app.ledger()[0].text, text.replace('’', "'"));

    let exact = tenant(&app, Policy::default()).await;
    let request = message(exact.conversation(LEAD).await, &text);
    for path in ["/sms/send", "/sms/drafts", "/sms/preview"] {
        let refused = exact.client.post(path, &request).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (400, Some("invalid-request"))
        );
        assert!(
            refused.body["errors"]["text"].is_array(),
            "{path}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_completed_text_that_was_refused_is_tried_again_as_it_was() {
    let app = TestApp::start().await;
    let policy = Policy {
        same_text_seconds: 0,
        ..completing()
    };
    let acme = tenant(&app, policy).await;
    // Refused the first time, delivered when tried again.
    let conversation = acme.conversation("+14045514310").await;
    let mut request = message(conversation, "Hello!");
    let first = acme.send_text(conversation, "Hello!").await;
    app.deliver().await;
    assert_eq!(acme.status(&first).await, "failed");

    request["smsEventId"] = first.clone().into();
    assert_eq!(acme.send(&request).await.status, 201);
    app.deliver().await;
    assert_eq!(acme.status(&first).await, "delivered");
    assert_eq!(
        app.ledger()[0].text,
        "Hello! - Acme Roofing. Reply STOP to opt out."
    );
}

#[tokio::test]
async fn a_preview_counts_the_words_that_policy_adds() {
    let app = TestApp::start().await;
    let acme = tenant(&app, completing()).await;
    // One segment as written, two with the added words.
    let request = message(acme.conversation(LEAD).await, &"a".repeat(150));
    let preview = acme.client.post("/sms/preview", &request).await.body;
    assert_eq!(
        (&preview["segments"], &preview["price"]),
        (&"2".into(), &"0.0400".into())
    );
    assert_eq!(acme.send(&request).await.body["billableAmount"], "0.0400");
}
