//! The provider's paged opt-out list, against a server on the loopback interface.

use std::sync::Arc;

use serde_json::{Value, json};
use sms_domain::ports::{OptOutFeed as _, ProviderOptOut};
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;
use sms_telnyx::{AccountConfig, TelnyxConfig, TelnyxGateway, Timeouts};
use sms_testkit::{ManualClock, fixtures};

use crate::server::{Behaviour, Server, json_answer};

fn account() -> ProviderAccount {
    ProviderAccount::new("default")
}

fn gateway(base_url: &str) -> TelnyxGateway {
    let default = AccountConfig {
        base_url: base_url.to_owned(),
        api_key: "KEY_secret".into(),
        enforces_idempotency: false,
        public_keys: Vec::new(),
    };
    let config = TelnyxConfig {
        public_base_url: "https://sms.example.com".to_owned(),
        accounts: [(account(), default)].into(),
        timeouts: Timeouts::default(),
    };
    let clock = Arc::new(ManualClock::at(fixtures::noon()));
    TelnyxGateway::new(&config, clock).unwrap()
}

async fn serving(status: &str, body: &Value) -> Server {
    Server::start(Behaviour::Answer(json_answer(status, body))).await
}

fn entry() -> Value {
    json!({
        "created_at": "2026-03-01 12:00:38.631252+00:00", "keyword": "STOP",
        "from": "+14045550199", "to": "+14045550100", "messaging_profile_id": "p-1",
    })
}

#[tokio::test]
async fn every_page_of_the_list_is_read() {
    let page = json!({"data": [entry()], "meta": {"total_pages": 2}});
    let server = serving("200 OK", &page).await;
    let gateway = gateway(&server.base_url());
    let listed = gateway.list_opt_outs(&account(), None).await.unwrap();
    let expected = ProviderOptOut {
        our_number: PhoneNumber::parse("+14045550199").unwrap(),
        person: PhoneNumber::parse("+14045550100").unwrap(),
        messaging_profile_id: Some("p-1".to_owned()),
        at: fixtures::instant("2026-03-01T12:00:38.631252Z"),
    };
    assert_eq!(listed, [expected.clone(), expected]);
    let requests = server.requests();
    let first_lines: Vec<_> = requests
        .iter()
        .filter_map(|request| request.lines().next())
        .collect();
    let line = |page: u8| {
        format!("GET /v2/messaging_optouts?page%5Bnumber%5D={page}&page%5Bsize%5D=250 HTTP/1.1")
    };
    assert_eq!(first_lines, [line(1), line(2)]);
    assert!(requests[0].contains("Bearer KEY_secret"));
}

#[tokio::test]
async fn a_page_that_is_not_full_is_the_last_where_no_count_is_given() {
    let server = serving("200 OK", &json!({"data": [entry()]})).await;
    let gateway = gateway(&server.base_url());
    assert_eq!(
        gateway.list_opt_outs(&account(), None).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn only_what_is_new_since_an_instant_is_asked_for() {
    let server = serving("200 OK", &json!({"data": []})).await;
    let since = Some(fixtures::instant("2026-03-01T12:00:00.5Z"));
    let listed = gateway(&server.base_url())
        .list_opt_outs(&account(), since)
        .await;
    assert!(listed.unwrap().is_empty());
    let asked = "created_at%5Bgte%5D=2026-03-01T12%3A00%3A00.500000Z";
    assert!(server.requests()[0].contains(asked));
}

#[tokio::test]
async fn entries_that_name_no_phone_numbers_are_left_out() {
    let short_code =
        json!({"created_at": "2026-03-01T12:00:00Z", "from": "40404", "to": "+14045550100"});
    let undated = json!({"from": "+14045550199", "to": "+14045550100"});
    let server = serving("200 OK", &json!({"data": [short_code, undated, entry()]})).await;
    let listed = gateway(&server.base_url())
        .list_opt_outs(&account(), None)
        .await;
    assert_eq!(listed.unwrap().len(), 1);
}

#[tokio::test]
async fn an_error_says_nothing_about_opt_outs() {
    for status in [
        "500 Internal Server Error",
        "404 Not Found",
        "401 Unauthorized",
    ] {
        let server = serving(status, &json!({})).await;
        let listed = gateway(&server.base_url())
            .list_opt_outs(&account(), None)
            .await;
        assert!(listed.is_err(), "{status}");
    }
    let nobody = ProviderAccount::new("unknown");
    assert!(
        gateway("http://127.0.0.1:1/v2")
            .list_opt_outs(&nobody, None)
            .await
            .is_err()
    );
}
