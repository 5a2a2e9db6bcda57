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
    /// The bytes of the request; MUST be the same for the same input.
    fn encode(&self, sms: &OutboundSms) -> RequestBody;

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

    /// What an error of the provider tells beyond its message; `None` = nothing.
    fn failure_meaning(&self, error: &ProviderError) -> Option<FailureMeaning>;
}

/// The provider could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider could not be asked: {0}")]
pub struct GatewayUnavailable(pub String);

/// A webhook request as it came in.
#[derive(Debug, Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// The provider's signature header.
    pub signature: Option<&'a str>,
    /// The provider's timestamp header.
    pub timestamp: Option<&'a str>,
    /// The bytes; the signature is over these.
    pub body: &'a [u8],
}

/// A webhook was turned away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRejected {
    /// The signature is missing, malformed, too old or wrong.
    #[error("the signature is not valid: {0}")]
    Signature(&'static str),
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
