//! The gateway against a server on the loopback interface that misbehaves on request.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sms_domain::carrier::{
    AttemptToken, EvidenceKind, Limit, OutboundSms, ProviderAnswer, ProviderCall, Refusal,
    RefusalClass, RequestBody,
};
use sms_domain::content::Text;
use sms_domain::ports::SmsGateway as _;
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;
use sms_telnyx::{AccountConfig, SetupError, TelnyxConfig, TelnyxGateway, Timeouts};
use sms_testkit::ManualClock;

use crate::server::{Behaviour, RefusingPort, Server, json_answer};

const SOON: Duration = Duration::from_millis(100);
const NOT_IN_THIS_TEST: Duration = Duration::from_secs(60);

fn account() -> ProviderAccount {
    ProviderAccount::new("default")
}

fn config(base_url: &str, timeouts: Timeouts) -> TelnyxConfig {
    let default = AccountConfig {
        base_url: base_url.to_owned(),
        api_key: "KEY_secret".into(),
        enforces_idempotency: true,
        public_keys: Vec::new(),
    };
    TelnyxConfig {
        public_base_url: "https://sms.example.com/".to_owned(),
        accounts: [(account(), default)].into(),
        timeouts,
    }
}

fn try_gateway(config: &TelnyxConfig) -> Result<TelnyxGateway, SetupError> {
    TelnyxGateway::new(
        config,
        Arc::new(ManualClock::at_text("2026-05-04T15:02:10Z")),
    )
}

fn gateway(base_url: &str) -> TelnyxGateway {
    try_gateway(&config(base_url, Timeouts::default())).unwrap()
}

/// A gateway with these time limits for connecting and for the whole call.
fn gateway_that_waits(base_url: &str, connect: Duration, call: Duration) -> TelnyxGateway {
    try_gateway(&config(base_url, Timeouts { connect, call })).unwrap()
}

fn call() -> ProviderCall {
    ProviderCall {
        account: account(),
        idempotency_key: "0190-key".to_owned(),
        body: RequestBody(br#"{"text":"Hi"}"#.to_vec()),
    }
}

fn sms() -> OutboundSms {
    OutboundSms {
        account: account(),
        messaging_profile_id: Some("p-1".to_owned()),
        from: PhoneNumber::parse("+13055550100").unwrap(),
        to: PhoneNumber::parse("+13055550142").unwrap(),
        text: Text::new("Olá \"João\""),
        media: Vec::new(),
        token: AttemptToken::new("0123456789abcdef".to_owned()),
    }
}

fn accepted() -> String {
    json_answer("200 OK", &json!({"data": {"id": "m-1", "parts": 1}}))
}

fn refusal(answer: ProviderAnswer) -> Refusal {
    match answer {
        ProviderAnswer::Refused(refusal) => refusal,
        ProviderAnswer::Accepted { .. } | ProviderAnswer::Unknown { .. } => {
            panic!("not a refusal: {answer:?}")
        }
    }
}

fn unknown(answer: ProviderAnswer) -> String {
    match answer {
        ProviderAnswer::Unknown { detail } => detail,
        ProviderAnswer::Accepted { .. } | ProviderAnswer::Refused(_) => {
            panic!("not unknown: {answer:?}")
        }
    }
}

#[test]
fn the_same_message_is_encoded_in_the_same_bytes() {
    let gateway = gateway("https://api.telnyx.com/v2");
    let body = gateway.encode(&sms()).unwrap();
    assert_eq!(
        String::from_utf8(body.0.clone()).unwrap(),
        r#"{"from":"+13055550100","to":"+13055550142","text":"Olá \"João\"","#.to_owned()
            + r#""messaging_profile_id":"p-1","#
            + r#""webhook_url":"https://sms.example.com/webhooks/telnyx/0123456789abcdef"}"#
    );
    assert_eq!(gateway.encode(&sms()), Some(body));
}

#[test]
fn an_mms_names_its_files_and_its_type() {
    let gateway = gateway("https://api.telnyx.com/v2");
    let mms = OutboundSms {
        media: vec![
            Text::new("https://sms.example.com/media/a"),
            Text::new("https://media.acme.com/roof.jpg"),
        ],
        ..sms()
    };
    let body: Value = serde_json::from_slice(&gateway.encode(&mms).unwrap().0).unwrap();
    let urls = json!([
        "https://sms.example.com/media/a",
        "https://media.acme.com/roof.jpg"
    ]);
    assert_eq!((&body["media_urls"], &body["type"]), (&urls, &json!("MMS")));
}

#[test]
fn a_message_of_an_account_that_is_not_configured_is_not_encoded() {
    let sms = OutboundSms {
        account: ProviderAccount::new("elsewhere"),
        ..sms()
    };
    assert_eq!(gateway("https://api.telnyx.com/v2").encode(&sms), None);
}

#[test]
fn a_message_without_profile_names_none() {
    let gateway = gateway("https://api.telnyx.com/v2");
    let sms = OutboundSms {
        messaging_profile_id: None,
        ..sms()
    };
    let body: Value = serde_json::from_slice(&gateway.encode(&sms).unwrap().0).unwrap();
    assert_eq!(body.get("messaging_profile_id"), None);
}

#[tokio::test]
async fn an_accepted_message_has_the_providers_id() {
    let server = Server::start(Behaviour::Answer(accepted())).await;
    assert_eq!(
        gateway(&server.base_url()).send(&call()).await,
        ProviderAnswer::Accepted {
            provider_message_id: "m-1".to_owned(),
            parts: Some(1),
        }
    );
}

#[tokio::test]
async fn the_stored_bytes_go_out_with_key_and_credentials() {
    let server = Server::start(Behaviour::Answer(accepted())).await;
    gateway(&format!("{}/", server.base_url()))
        .send(&call())
        .await;
    let requests = server.requests();
    let [request] = requests.as_slice() else {
        panic!("not one request: {requests:?}")
    };
    assert!(
        request.starts_with("POST /v2/messages HTTP/1.1\r\n"),
        "{request}"
    );
    for header in [
        "authorization: Bearer KEY_secret\r\n",
        "idempotency-key: 0190-key\r\n",
        "content-type: application/json\r\n",
    ] {
        assert!(request.contains(header), "{header}: {request}");
    }
    assert!(request.ends_with("\r\n\r\n{\"text\":\"Hi\"}"), "{request}");
}

#[tokio::test]
async fn calls_share_a_connection() {
    let server = Server::start(Behaviour::Answer(accepted())).await;
    let gateway = gateway(&server.base_url());
    for _ in 0..3 {
        gateway.send(&call()).await;
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn a_refused_connection_certainly_sent_nothing() {
    let port = RefusingPort::reserve();
    let refusal = refusal(gateway(&port.base_url()).send(&call()).await);
    assert_eq!(refusal.class, RefusalClass::Transient);
    assert!(
        refusal.error.message.starts_with("no connection: "),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_was_certainly_sent_nothing() {
    let server = Server::start(Behaviour::Greet("220 mail.example.com\r\n")).await;
    let base_url = server.base_url().replace("http://", "https://");
    let refusal = refusal(gateway(&base_url).send(&call()).await);
    assert_eq!(refusal.class, RefusalClass::Transient);
}

#[tokio::test]
async fn a_handshake_that_never_ends_certainly_sent_nothing() {
    let server = Server::start(Behaviour::Silence).await;
    let base_url = server.base_url().replace("http://", "https://");
    let gateway = gateway_that_waits(&base_url, SOON, NOT_IN_THIS_TEST);
    let refusal = refusal(gateway.send(&call()).await);
    assert_eq!(refusal.class, RefusalClass::Transient);
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let server = Server::start(Behaviour::Silence).await;
    let gateway = gateway_that_waits(&server.base_url(), NOT_IN_THIS_TEST, SOON);
    let detail = unknown(gateway.send(&call()).await);
    assert_eq!(detail, "no answer in time");
}

#[tokio::test]
async fn an_answer_that_stops_half_way_is_unknown() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":";
    let server = Server::start(Behaviour::AnswerAndClose(half.to_owned())).await;
    unknown(gateway(&server.base_url()).send(&call()).await);
}

#[tokio::test]
async fn a_connection_that_closes_or_resets_after_the_request_is_unknown_and_not_retried() {
    for behaviour in [Behaviour::Close, Behaviour::Reset] {
        let server = Server::start(behaviour).await;
        let detail = unknown(gateway(&server.base_url()).send(&call()).await);
        assert!(detail.starts_with("the call broke off: "), "{detail}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_server_error_is_unknown_and_not_retried() {
    let body = json!({"errors": [{"code": "10007", "title": "Unexpected error"}]});
    let answer = json_answer("503 Service Unavailable", &body);
    let server = Server::start(Behaviour::Answer(answer)).await;
    let detail = unknown(gateway(&server.base_url()).send(&call()).await);
    assert_eq!(detail, "HTTP 503 with code 10007");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn rubbish_instead_of_http_is_unknown() {
    let server = Server::start(Behaviour::AnswerAndClose("rubbish\r\n\r\n".to_owned())).await;
    unknown(gateway(&server.base_url()).send(&call()).await);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(Behaviour::Answer(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
    ))
    .await;
    unknown(gateway(&server.base_url()).send(&call()).await);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_wait() {
    let body = r#"{"errors":[{"code":"10011","title":"Too many requests"}]}"#;
    let server = Server::start(Behaviour::Answer(format!(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )))
    .await;
    let refusal = refusal(gateway(&server.base_url()).send(&call()).await);
    assert_eq!(refusal.class, RefusalClass::SlowDown(Limit::Account));
    assert_eq!(refusal.retry_after, Some(chrono::Duration::seconds(7)));
    assert_eq!(refusal.error.code, "10011");
}

#[tokio::test]
async fn an_account_that_is_not_configured_sends_nothing() {
    let server = Server::start(Behaviour::Answer(accepted())).await;
    let stranger = ProviderCall {
        account: ProviderAccount::new("stranger"),
        ..call()
    };
    let refusal = refusal(gateway(&server.base_url()).send(&stranger).await);
    assert_eq!(refusal.class, RefusalClass::Account);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_sends_nothing() {
    let server = Server::start(Behaviour::Answer(accepted())).await;
    let call = ProviderCall {
        idempotency_key: "two\nlines".to_owned(),
        ..call()
    };
    let refusal = refusal(gateway(&server.base_url()).send(&call).await);
    assert_eq!(refusal.class, RefusalClass::Malformed);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_looked_up_message_is_evidence() {
    let body = json!({"data": {
        "id": "m-1", "direction": "outbound", "parts": 2,
        "to": [{"status": "delivered"}], "completed_at": "2026-05-04T15:02:07Z",
    }});
    let server = Server::start(Behaviour::Answer(json_answer("200 OK", &body))).await;
    let found = gateway(&server.base_url()).look_up(&account(), "m-1").await;
    let evidence = found.unwrap().unwrap();
    assert_eq!(evidence.kind, EvidenceKind::Delivered);
    assert_eq!(evidence.event_id, "lookup:m-1:delivered");
    assert_eq!(
        evidence.occurred_at.to_rfc3339(),
        "2026-05-04T15:02:07+00:00"
    );
    assert_eq!(evidence.parts, Some(2));
    assert!(server.requests()[0].starts_with("GET /v2/messages/m-1 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_id_cannot_lead_a_look_up_elsewhere() {
    let server = Server::start(Behaviour::Answer(json_answer("404 Not Found", &json!({})))).await;
    let gateway = gateway(&server.base_url());
    gateway.look_up(&account(), "a/b?c").await.unwrap();
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("GET /v2/messages/a%2Fb%3Fc HTTP/1.1\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn a_message_that_the_provider_does_not_know_is_not_found() {
    let body = json!({"errors": [{"code": "10005", "title": "Resource not found"}]});
    let server = Server::start(Behaviour::Answer(json_answer("404 Not Found", &body))).await;
    let found = gateway(&server.base_url()).look_up(&account(), "m-1").await;
    assert_eq!(found, Ok(None));
}

#[tokio::test]
async fn a_look_up_that_fails_finds_nothing_out() {
    for behaviour in [
        Behaviour::Close,
        Behaviour::Answer(json_answer("500 Internal Server Error", &json!({}))),
        Behaviour::Answer(json_answer("401 Unauthorized", &json!({}))),
        Behaviour::Answer("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>".to_owned()),
    ] {
        let server = Server::start(behaviour).await;
        let found = gateway(&server.base_url()).look_up(&account(), "m-1").await;
        assert!(found.is_err(), "{found:?}");
    }
    let stranger = ProviderAccount::new("stranger");
    assert!(
        gateway("http://127.0.0.1:9")
            .look_up(&stranger, "m-1")
            .await
            .is_err()
    );
}

#[test]
fn idempotency_is_relied_on_only_where_it_is_declared() {
    let gateway = gateway("https://api.telnyx.com/v2");
    assert!(gateway.enforces_idempotency(&account()));
    assert!(!gateway.enforces_idempotency(&ProviderAccount::new("stranger")));
}

#[test]
fn a_configuration_that_cannot_work_is_refused_at_once() {
    let mut wrong_url = config("ftp://api.telnyx.com", Timeouts::default());
    assert!(matches!(
        try_gateway(&wrong_url),
        Err(SetupError::BaseUrl(_))
    ));
    for key in ["", " ", "KEY\n"] {
        wrong_url.accounts = config("https://api.telnyx.com/v2", Timeouts::default()).accounts;
        for account in wrong_url.accounts.values_mut() {
            account.api_key = key.into();
        }
        assert!(
            matches!(try_gateway(&wrong_url), Err(SetupError::ApiKey(_))),
            "{key:?}"
        );
    }
}
