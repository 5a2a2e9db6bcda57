//! The carrier: handing over messages, asking after them, reading its notices.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::carrier::{
    Evidence, FailureMeaning, Notice, OutboundSms, ProviderAnswer, ProviderCall, ProviderError,
    ProviderEvent, RequestBody,
};
use crate::values::ProviderAccount;

/// Handing messages to the provider.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// The bytes of the request; MUST be the same for the same input, and `None` for an account that
    /// is not configured.
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody>;

    /// Hands the bytes over: one call, no retries. MUST answer `Refused` only when the provider
    /// certainly took nothing.
    async fn send(&self, call: &ProviderCall) -> ProviderAnswer;

    /// What the provider knows about a message it took. It may only *find*: an empty answer proves
    /// nothing.
    ///
    /// # Errors
    /// [`GatewayUnavailable`].
    async fn look_up(
        &self,
        account: &ProviderAccount,
        provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable>;

    /// The operator declared that the account enforces idempotency keys, so that the same bytes
    /// under the same key are safe to send again.
    fn enforces_idempotency(&self, account: &ProviderAccount) -> bool;

    /// What an error of the account's provider tells beyond its message; `None` = nothing.
    fn failure_meaning(
        &self,
        account: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning>;
}

/// The provider could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider could not be asked: {0}")]
pub struct GatewayUnavailable(pub String);

/// A webhook request as it came in.
#[derive(Debug, Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// The path, which differs by carrier.
    pub path: &'a str,
    /// The headers as names and values; those whose value is not text are left out.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw bytes, over which carriers sign.
    pub body: &'a [u8],
}

impl<'a> WebhookRequest<'a> {
    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

/// A webhook was turned away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRejected {
    /// The signature is missing, malformed, too old or wrong.
    #[error("the signature is not valid: {0}")]
    Signature(&'static str),
    /// No carrier sends webhooks to the path.
    #[error("no carrier sends webhooks to this path")]
    UnknownPath,
}

/// Verifying and reading webhooks.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait WebhookReader: Send + Sync {
    /// Verifies the signature over the raw bytes, then reads the event. Whatever is signed MUST be
    /// accepted: unknown kinds and values as `Other`, anything else as `Unreadable`. Everything in
    /// the event and its content MUST be such that the store can keep it.
    ///
    /// # Errors
    /// [`WebhookRejected`].
    #[cfg_attr(feature = "mock", mockall::concretize)]
    fn read(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected>;

    /// Reads a stored event again: it was verified when it came.
    fn read_again(&self, event: ProviderEvent) -> Notice;
}
