//! Keys, scopes and limits on the real store.

use reqwest::Method;
use sms_api::http::server::ListenerSettings;
use sms_domain::ports::Scope;
use sms_tests::{Answer, Client, Setup, TestApp, message};

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

const NOTHING: &str = "/events/sms/00000000-0000-0000-0000-000000000000";

/// Guesses a key; through a proxy if `behind` names an address.
async fn guess(client: Client, number: usize, behind: Option<&str>) -> u16 {
    let client = client.with_key(format!("lp_live_00000000_guess{number}"));
    let request = client.request(Method::GET, NOTHING);
    let request = match behind {
        Some(address) => request.header("X-Forwarded-For", address),
        None => request,
    };
    Answer::to(request).await.status
}

#[tokio::test]
async fn who_guesses_keys_is_slowed_and_who_has_one_is_not() {
    let app = TestApp::start().await;
    let (known, new) = (app.tenant().await, app.tenant().await);
    assert_eq!(known.client.get(NOTHING).await.status, 404);
    for number in 0..20 {
        assert_eq!(guess(app.client(), number, None).await, 401);
    }
    assert_eq!(guess(app.client(), 20, None).await, 429);
    assert_eq!(known.client.get(NOTHING).await.status, 404);
    // A new key is answered like an invalid one, and accepted a second later.
    let refused = new.client.get(NOTHING).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    app.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(new.client.get(NOTHING).await.status, 404);
    assert_eq!(known.client.get(NOTHING).await.status, 404);
}

#[tokio::test]
async fn customers_of_a_proxy_are_slowed_one_by_one_or_not_at_all() {
    let app = TestApp::start().await;
    for number in 0..60 {
        let one = guess(app.client(), number, Some("203.0.113.9")).await;
        assert_eq!(one, 401, "nobody named this proxy");
    }
    let listener = ListenerSettings {
        proxies: "127.0.0.0/8".parse().unwrap(),
        ..ListenerSettings::default()
    };
    let app = TestApp::start_with(Setup {
        listener,
        ..Setup::default()
    })
    .await;
    for number in 0..20 {
        // The client's own claim precedes the proxy's entry.
        let claimed = format!("198.51.100.{number}, 203.0.113.9");
        assert_eq!(guess(app.client(), number, Some(&claimed)).await, 401);
    }
    assert_eq!(guess(app.client(), 20, Some("203.0.113.9")).await, 429);
    assert_eq!(guess(app.client(), 21, Some("203.0.113.10")).await, 401);
    assert_eq!(guess(app.client(), 22, None).await, 401);
}
