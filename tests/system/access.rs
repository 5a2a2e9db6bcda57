//! Keys, scopes and limits on the real store.

use sms_domain::ports::Scope;
use sms_tests::{Setup, TestApp, message};

use crate::LEAD;

#[tokio::test]
async fn a_request_without_a_valid_key_is_refused_with_a_challenge() {
    let app = TestApp::start().await;
    for client in [
        app.client(),
        app.client().with_key("lp_live_00000000_guess"),
    ] {
        let answer = client
            .get("/events/sms/00000000-0000-0000-0000-000000000000")
            .await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").is_some());
    }
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_say() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let request = message(acme.conversation(LEAD).await, "Hello!");
    let reader = app.client_with_scopes(&acme, &[Scope::SmsRead]).await;
    let writer = app.client_with_scopes(&acme, &[Scope::SmsWrite]).await;
    assert_eq!(reader.post("/sms/send", &request).await.status, 403);
    let sent = writer.post("/sms/send", &request).await;
    assert_eq!(sent.status, 201);
    let path = format!("/events/sms/{}", sent.id());
    assert_eq!(writer.get(&path).await.status, 403);
    assert_eq!(reader.get(&path).await.status, 200);
}

#[tokio::test]
async fn an_organization_that_asks_too_often_is_told_how_long_to_wait() {
    let app = TestApp::start_with(Setup {
        rate_limit: 2,
        ..Setup::default()
    })
    .await;
    let (acme, other) = (app.tenant().await, app.tenant().await);
    let path = "/events/sms/00000000-0000-0000-0000-000000000000";
    assert_eq!(acme.client.get(path).await.status, 404);
    assert_eq!(acme.client.get(path).await.status, 404);
    let refused = acme.client.get(path).await;
    assert_eq!(refused.status, 429);
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(other.client.get(path).await.status, 404);
    app.advance(chrono::TimeDelta::seconds(wait));
    assert_eq!(acme.client.get(path).await.status, 404);
}
