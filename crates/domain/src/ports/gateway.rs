//! The carrier gateway: sending messages, querying their status, and reading notices.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::carrier::{
    Evidence, FailureMeaning, Notice, OutboundSms, ProviderAnswer, ProviderCall, ProviderError,
    ProviderEvent, RequestBody,
};
use crate::values::ProviderAccount;

/// Sends messages through the provider.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Builds the body of the request; MUST be the same for the same input, and `None` for an
    /// account that is not configured.
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody>;

    /// Sends the request: one call, no retries. MUST return `Refused` only when the provider
    /// certainly did not accept the message.
    async fn send(&self, call: &ProviderCall) -> ProviderAnswer;

    /// The provider's data about a message that it accepted. An empty result proves nothing.
    ///
    /// # Errors
    /// [`GatewayUnavailable`].
    async fn look_up(
        &self,
        account: &ProviderAccount,
        provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable>;

    /// Whether, according to the operator, the account enforces idempotency keys, so that the same
    /// bytes may safely be sent again under the same key.
    fn enforces_idempotency(&self, account: &ProviderAccount) -> bool;

    /// The meaning of an error of the account's provider beyond the message itself, if it has one.
    fn failure_meaning(
        &self,
        account: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning>;
}

/// The provider could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider could not be asked: {0}")]
pub struct GatewayUnavailable(pub String);

/// A webhook request as received.
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

/// Why a webhook was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRejected {
    /// The signature is missing, malformed, too old or wrong.
    #[error("the signature is not valid: {0}")]
    Signature(&'static str),
    /// No carrier sends webhooks to the path.
    #[error("no carrier sends webhooks to this path")]
    UnknownPath,
}

/// Verifies and reads webhooks.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait WebhookReader: Send + Sync {
    /// Verifies the signature over the raw bytes, then reads the event. Whatever is signed MUST be
    /// accepted: unknown kinds and values as `Other`, anything else as `Unreadable`. The store MUST
    /// be able to keep everything in the event and its content.
    ///
    /// # Errors
    /// [`WebhookRejected`].
    #[cfg_attr(feature = "mock", mockall::concretize)]
    fn read(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected>;

    /// Reads a stored event again; its signature was verified on receipt.
    fn read_again(&self, event: ProviderEvent) -> Notice;
}
