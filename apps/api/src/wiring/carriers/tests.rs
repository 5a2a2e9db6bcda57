//! Which carrier is asked.

use std::sync::Mutex;

use sms_domain::carrier::{AttemptToken, EvidenceKind};
use sms_domain::content::Text;
use sms_domain::values::phone::PhoneNumber;

use super::*;

/// A carrier that answers with its name, takes webhooks whose header `x-key` is its name, and
/// understands events whose payload is.
struct Named {
    name: &'static str,
    accounts_called: Mutex<Vec<ProviderAccount>>,
}

fn carrier(name: &'static str, webhook_path: &'static str, accounts: &[&str]) -> Carrier {
    let adapter = Arc::new(Named {
        name,
        accounts_called: Mutex::default(),
    });
    Carrier {
        accounts: accounts.iter().copied().map(account).collect(),
        webhook_path,
        gateway: adapter.clone(),
        webhooks: adapter.clone(),
        opt_outs: Some(adapter),
        numbers: None,
    }
}

/// `east` has the accounts `a` and `b`, `west` has `c`.
fn carriers() -> Carriers {
    Carriers::new(vec![
        carrier("east", "/webhooks/east", &["a", "b"]),
        carrier("west", "/webhooks/west", &["c"]),
    ])
    .unwrap()
}

fn account(name: &str) -> ProviderAccount {
    ProviderAccount::new(name)
}

fn now() -> DateTime<Utc> {
    "2026-05-04T15:02:10Z".parse().unwrap()
}

fn sms(name: &str) -> OutboundSms {
    OutboundSms {
        account: account(name),
        messaging_profile_id: None,
        from: PhoneNumber::parse("+14045550190").unwrap(),
        to: PhoneNumber::parse("+14045550100").unwrap(),
        text: Text::new("Hi"),
        media: Vec::new(),
        token: AttemptToken::new("5ec2e7".to_owned()),
    }
}

fn call(name: &str) -> ProviderCall {
    ProviderCall {
        account: account(name),
        idempotency_key: "key".to_owned(),
        body: RequestBody(Vec::new()),
    }
}

fn event(name: &str, payload: &str) -> ProviderEvent {
    ProviderEvent {
        account: account(name),
        event_id: "event".to_owned(),
        event_type: "delivered".to_owned(),
        occurred_at: now(),
        received_at: now(),
        provider_message_id: None,
        matched: None,
        payload: payload.as_bytes().to_vec(),
    }
}

fn evidence(said_by: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Delivered,
        occurred_at: now(),
        event_id: said_by.to_owned(),
        provider_message_id: None,
        parts: None,
        error: None,
    }
}

#[async_trait]
impl SmsGateway for Named {
    fn encode(&self, _: &OutboundSms) -> Option<RequestBody> {
        Some(RequestBody(self.name.as_bytes().to_vec()))
    }

    async fn send(&self, call: &ProviderCall) -> ProviderAnswer {
        let mut called = self.accounts_called.lock().unwrap();
        called.push(call.account.clone());
        ProviderAnswer::Accepted {
            provider_message_id: format!("{}-{}", self.name, called.len()),
            parts: None,
        }
    }

    async fn look_up(
        &self,
        _: &ProviderAccount,
        _: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable> {
        Ok(Some(evidence(self.name)))
    }

    fn enforces_idempotency(&self, _: &ProviderAccount) -> bool {
        true
    }

    fn failure_meaning(
        &self,
        _: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning> {
        (error.code == self.name).then_some(FailureMeaning::OptOut)
    }
}

impl WebhookReader for Named {
    fn read(
        &self,
        request: WebhookRequest<'_>,
        _: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected> {
        if request.header("x-key") != Some(self.name) {
            return Err(WebhookRejected::Signature("another's"));
        }
        Ok(self.read_again(event("any", self.name)))
    }

    fn read_again(&self, event: ProviderEvent) -> Notice {
        let is_ours = event.payload == self.name.as_bytes();
        Notice {
            signers: vec![event.account.clone()],
            event,
            content: if is_ours {
                NoticeContent::Evidence(evidence(self.name))
            } else {
                NoticeContent::Other
            },
        }
    }
}

#[async_trait]
impl OptOutFeed for Named {
    async fn list_opt_outs(
        &self,
        _: &ProviderAccount,
        _: Option<DateTime<Utc>>,
    ) -> Result<Vec<ProviderOptOut>, GatewayUnavailable> {
        Err(GatewayUnavailable(self.name.to_owned()))
    }
}

fn read(path: &str, key: &str) -> Result<NoticeContent, WebhookRejected> {
    let request = WebhookRequest {
        path,
        headers: &[("X-Key", key)],
        body: b"{}",
    };
    carriers().read(request, now()).map(|notice| notice.content)
}

fn meaning(name: &str, code: &str) -> Option<FailureMeaning> {
    let error = ProviderError {
        code: code.to_owned(),
        message: String::new(),
    };
    carriers().failure_meaning(&account(name), &error)
}

#[tokio::test]
async fn the_account_chooses_the_carrier_of_a_call() {
    let carriers = carriers();
    for (name, expected) in [("a", "east"), ("b", "east"), ("c", "west")] {
        let body = carriers.encode(&sms(name)).unwrap();
        assert_eq!(body.0, expected.as_bytes());
        let found = carriers.look_up(&account(name), "id").await.unwrap();
        assert_eq!(found.unwrap().event_id, expected);
        assert!(carriers.enforces_idempotency(&account(name)));
    }
    for (name, expected) in [("a", "east-1"), ("c", "west-1"), ("b", "east-2")] {
        let ProviderAnswer::Accepted {
            provider_message_id,
            ..
        } = carriers.send(&call(name)).await
        else {
            panic!("not accepted")
        };
        assert_eq!(provider_message_id, expected);
    }
}

#[tokio::test]
async fn for_an_account_of_no_carrier_nothing_is_sent_and_nothing_concluded() {
    let carriers = carriers();
    assert_eq!(carriers.encode(&sms("d")), None);
    let ProviderAnswer::Refused(refusal) = carriers.send(&call("d")).await else {
        panic!("not refused")
    };
    assert_eq!(refusal.class, RefusalClass::Account);
    let expected = "no carrier is configured for the account d";
    assert_eq!(refusal.error.message, expected);
    let error = Err(GatewayUnavailable(expected.to_owned()));
    assert_eq!(carriers.look_up(&account("d"), "id").await, error);
    let list = carriers.list_opt_outs(&account("d"), None).await;
    assert_eq!(list, Err(GatewayUnavailable(expected.to_owned())));
    assert!(!carriers.enforces_idempotency(&account("d")));
}

#[test]
fn the_account_chooses_whose_code_an_error_is() {
    assert_eq!(meaning("a", "east"), Some(FailureMeaning::OptOut));
    assert_eq!(meaning("c", "east"), None);
    // An operator's command is given no accounts.
    assert_eq!(meaning("d", "west"), Some(FailureMeaning::OptOut));
}

#[test]
fn a_webhook_is_verified_only_by_the_carrier_of_its_path() {
    let said = |name| Ok(NoticeContent::Evidence(evidence(name)));
    assert_eq!(read("/webhooks/east", "east"), said("east"));
    assert_eq!(read("/webhooks/west/5ec2e7", "west"), said("west"));
    let another = Err(WebhookRejected::Signature("another's"));
    assert_eq!(read("/webhooks/east", "west"), another);
    assert_eq!(read("/webhooks/west", "east"), another);
    for path in ["/webhooks", "/webhooks/easter", "/webhooks/north/5ec2e7"] {
        assert_eq!(read(path, "east"), Err(WebhookRejected::UnknownPath));
    }
}

#[test]
fn a_stored_event_is_read_by_the_carrier_of_its_account() {
    let content = |name, payload| carriers().read_again(event(name, payload)).content;
    let said = |name| NoticeContent::Evidence(evidence(name));
    assert_eq!(content("a", "east"), said("east"));
    assert_eq!(content("c", "east"), NoticeContent::Other);
    assert_eq!(content("d", "west"), said("west"));
    assert_eq!(content("d", "north"), NoticeContent::Unreadable);
}

#[tokio::test]
async fn only_carriers_with_an_opt_out_list_are_asked_for_it() {
    let silent = Carrier {
        opt_outs: None,
        ..carrier("west", "/webhooks/west", &["c"])
    };
    let east = carrier("east", "/webhooks/east", &["a"]);
    let carriers = Carriers::new(vec![east, silent]).unwrap();
    assert!(carriers.with_opt_outs().eq([account("a")]));
    let list = carriers.list_opt_outs(&account("a"), None).await;
    assert_eq!(list, Err(GatewayUnavailable("east".to_owned())));
    let list = carriers.list_opt_outs(&account("c"), None).await;
    assert_eq!(list, Ok(Vec::new()));
}

#[test]
fn no_two_carriers_may_claim_an_account() {
    let east = carrier("east", "/webhooks/east", &["a", "b"]);
    let west = carrier("west", "/webhooks/west", &["b"]);
    let refused = Carriers::new(vec![east, west]).err();
    assert_eq!(refused, Some(ClaimedTwice(account("b"))));
}
