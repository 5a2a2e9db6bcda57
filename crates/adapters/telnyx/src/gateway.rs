//! The gateway port on Telnyx: one HTTP call per hand-over, without retries.
//!
//! An outcome counts only if it is certain. Without a connection the message was not handed over. A later
//! failure may have happened after Telnyx took the message.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, Url, redirect, retry};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sms_domain::carrier::{
    Evidence, FailureMeaning, OutboundSms, ProviderAnswer, ProviderCall, ProviderError, Refusal,
    RefusalClass, RequestBody,
};
use sms_domain::content::Text;
use sms_domain::ports::{Clock, GatewayUnavailable, SmsGateway};
use sms_domain::values::ProviderAccount;

use crate::answer::{self, NOT_SENT};
use crate::config::{AccountConfig, SetupError, TelnyxConfig, Timeouts};
use crate::wire::{Payload, SendRequest};
use crate::{evidence, failure};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Idle time after which we close a connection, before Telnyx or a middlebox does: a request written into
/// a closing connection has an unknown outcome.
const IDLE_CONNECTION: Duration = Duration::from_secs(30);

/// Hands messages to Telnyx. One HTTP client with persistent connections serves all accounts.
///
/// It connects directly and ignores proxy settings in the environment.
pub struct TelnyxGateway {
    client: Client,
    accounts: HashMap<ProviderAccount, Account>,
    webhooks: String,
    clock: Arc<dyn Clock>,
}

pub(crate) struct Account {
    messages: Url,
    opt_outs: Url,
    numbers: Url,
    /// Marked sensitive, so that `Debug` does not show it.
    authorization: HeaderValue,
    enforces_idempotency: bool,
}

impl TelnyxGateway {
    /// A gateway for the configured accounts. The clock dates look-ups without a time, and converts the
    /// date of a `Retry-After` into a span.
    ///
    /// # Errors
    /// [`SetupError`] when the configuration cannot be used.
    pub fn new(config: &TelnyxConfig, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let accounts = config
            .accounts
            .iter()
            .map(|(name, account)| Ok((name.clone(), Account::new(name, account)?)))
            .collect::<Result<_, SetupError>>()?;
        let base = config.public_base_url.trim_end_matches('/');
        Ok(Self {
            client: client(config.timeouts)?,
            accounts,
            webhooks: format!("{base}/webhooks/telnyx"),
            clock,
        })
    }

    pub(crate) fn account_names(&self) -> Vec<ProviderAccount> {
        let mut names: Vec<_> = self.accounts.keys().cloned().collect();
        names.sort();
        names
    }

    pub(crate) fn account(&self, name: &ProviderAccount) -> Result<&Account, GatewayUnavailable> {
        let account = self.accounts.get(name);
        account.ok_or_else(|| GatewayUnavailable(unconfigured(name)))
    }

    /// The body of a GET answer; `None` if Telnyx answers that the resource does not exist.
    pub(crate) async fn get(
        &self,
        account: &Account,
        url: Url,
    ) -> Result<Option<Value>, GatewayUnavailable> {
        let request = self.client.get(url);
        let response = request
            .header(AUTHORIZATION, account.authorization.clone())
            .send()
            .await
            .map_err(|error| GatewayUnavailable(described(&error)))?;
        match response.status() {
            StatusCode::NOT_FOUND => return Ok(None),
            StatusCode::OK => {}
            other => return Err(GatewayUnavailable(format!("HTTP {}", other.as_u16()))),
        }
        let body = response.bytes().await;
        let body = body.map_err(|error| GatewayUnavailable(described(&error)))?;
        serde_json::from_slice(&body)
            .map(Some)
            .map_err(|_| GatewayUnavailable("an answer that is not JSON".to_owned()))
    }

    async fn call(&self, account: &Account, call: &ProviderCall) -> ProviderAnswer {
        let sent = self
            .client
            .post(account.messages.clone())
            .header(AUTHORIZATION, account.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_KEY, &call.idempotency_key)
            .body(call.body.0.clone())
            .send()
            .await;
        match sent {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                // A truncated body counts as unreadable.
                let body = response.bytes().await.unwrap_or_default();
                answer::read(status, &headers, &body, self.clock.now())
            }
            Err(error) => broken_call(&error),
        }
    }
}

#[async_trait]
impl SmsGateway for TelnyxGateway {
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody> {
        self.accounts.get(&sms.account)?;
        let request = SendRequest {
            from: sms.from.as_str(),
            to: sms.to.as_str(),
            text: sms.text.as_str(),
            messaging_profile_id: sms.messaging_profile_id.as_deref(),
            media_urls: sms.media.iter().map(Text::as_str).collect(),
            kind: (!sms.media.is_empty()).then_some("MMS"),
            webhook_url: format!("{}/{}", self.webhooks, sms.token.expose()),
        };
        let body = serde_json::to_vec(&request).expect("a struct of strings is always JSON");
        Some(RequestBody(body))
    }

    async fn send(&self, call: &ProviderCall) -> ProviderAnswer {
        match self.accounts.get(&call.account) {
            Some(account) => self.call(account, call).await,
            None => not_sent(RefusalClass::Account, unconfigured(&call.account)),
        }
    }

    async fn look_up(
        &self,
        account: &ProviderAccount,
        provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable> {
        let account = self.account(account)?;
        let found = self
            .get(account, account.message(provider_message_id))
            .await?;
        Ok(found.and_then(|json| {
            let payload = Payload::of_answer(&json);
            evidence::of_look_up(provider_message_id, &payload, self.clock.now())
        }))
    }

    fn enforces_idempotency(&self, account: &ProviderAccount) -> bool {
        let account = self.accounts.get(account);
        account.is_some_and(|account| account.enforces_idempotency)
    }

    fn failure_meaning(
        &self,
        _account: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning> {
        failure::meaning(&error.code, &error.message)
    }
}

impl Account {
    fn new(name: &ProviderAccount, config: &AccountConfig) -> Result<Self, SetupError> {
        let url = |path: &str| {
            Url::parse(&format!("{}/{path}", config.base_url.trim_end_matches('/')))
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .ok_or_else(|| SetupError::BaseUrl(name.clone()))
        };
        let key = config.api_key.expose_secret();
        let mut authorization = HeaderValue::try_from(format!("Bearer {key}"))
            .ok()
            .filter(|_| !key.trim().is_empty())
            .ok_or_else(|| SetupError::ApiKey(name.clone()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            messages: url("messages")?,
            opt_outs: url("messaging_optouts")?,
            numbers: url("phone_numbers/messaging")?,
            authorization,
            enforces_idempotency: config.enforces_idempotency,
        })
    }

    pub(crate) const fn opt_outs(&self) -> &Url {
        &self.opt_outs
    }

    pub(crate) const fn numbers(&self) -> &Url {
        &self.numbers
    }

    fn message(&self, id: &str) -> Url {
        let mut url = self.messages.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id);
        }
        url
    }
}

fn client(timeouts: Timeouts) -> Result<Client, SetupError> {
    // An error means that the process has a provider already, which suffices.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .user_agent(concat!("sms-telnyx/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.call)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .build()
        .map_err(SetupError::Client)
}

/// The outcome of a call without an answer. If no connection was established or the request could not be
/// built, nothing was handed over; otherwise the outcome is unknown.
fn broken_call(error: &reqwest::Error) -> ProviderAnswer {
    let detail = described(error);
    if error.is_connect() {
        not_sent(RefusalClass::Transient, detail)
    } else if error.is_builder() {
        not_sent(RefusalClass::Malformed, detail)
    } else {
        ProviderAnswer::Unknown { detail }
    }
}

fn not_sent(class: RefusalClass, message: String) -> ProviderAnswer {
    ProviderAnswer::Refused(Refusal {
        class,
        error: ProviderError {
            code: NOT_SENT.to_owned(),
            message,
        },
        retry_after: None,
    })
}

fn unconfigured(account: &ProviderAccount) -> String {
    format!("the provider account {account} is not configured")
}

/// The root cause of an error; the outer layers repeat the URL.
fn described(error: &reqwest::Error) -> String {
    let step = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        return "no answer in time".to_owned();
    } else {
        "the call broke off"
    };
    let mut root = error.source();
    while let Some(deeper) = root.and_then(std::error::Error::source) {
        root = Some(deeper);
    }
    root.map_or_else(|| step.to_owned(), |root| format!("{step}: {root}"))
}
