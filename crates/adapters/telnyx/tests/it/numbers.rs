//! The numbers of an account, against a server on the loopback interface.

use std::sync::Arc;

use serde_json::{Value, json};
use sms_domain::ports::{NumberCatalogue as _, OwnedNumber};
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

fn phone() -> PhoneNumber {
    PhoneNumber::parse("+14045550199").unwrap()
}

fn number(phone: &str, sms: &Value) -> Value {
    json!({
        "phone_number": phone, "messaging_profile_id": "p-1",
        "features": { "sms": sms, "mms": { "domestic_two_way": true } },
    })
}

async fn asked(status: &str, body: &Value) -> (Result<Option<OwnedNumber>, String>, Server) {
    let server = Server::start(Behaviour::Answer(json_answer(status, body))).await;
    let gateway = gateway(&server.base_url());
    let found = gateway.owned_number(&account(), &phone()).await;
    (found.map_err(|error| error.to_string()), server)
}

#[tokio::test]
async fn a_number_of_the_account_is_found_with_its_profile_and_what_it_can_do() {
    let can = json!({ "domestic_two_way": true, "international_inbound": false });
    let other = number("+14045550198", &json!(null));
    let page = json!({ "data": [other, number("+14045550199", &can)] });
    let (found, server) = asked("200 OK", &page).await;
    let expected = OwnedNumber {
        account: account(),
        messaging_profile_id: Some("p-1".to_owned()),
        is_sms_capable: true,
        is_mms_capable: true,
    };
    assert_eq!(found, Ok(Some(expected)));
    let request = server.requests().remove(0);
    let line = "GET /v2/phone_numbers/messaging?filter%5Bphone_number%5D=%2B14045550199 HTTP/1.1";
    assert_eq!(request.lines().next(), Some(line));
}

#[tokio::test]
async fn another_number_is_not_found_and_one_without_sms_is_told_apart() {
    let (found, _) = asked("200 OK", &json!({ "data": [] })).await;
    assert_eq!(found, Ok(None));
    let without = json!({ "data": [number("+14045550199", &json!(null))] });
    let (found, _) = asked("200 OK", &without).await;
    assert!(!found.unwrap().unwrap().is_sms_capable);
}

#[tokio::test]
async fn an_answer_that_is_no_list_proves_nothing() {
    for status in [
        "401 Unauthorized",
        "404 Not Found",
        "500 Internal Server Error",
    ] {
        let (found, _) = asked(status, &json!({})).await;
        assert!(found.is_err(), "{status}");
    }
}
