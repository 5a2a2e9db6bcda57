//! The carrier: handing over messages, asking after them, reading its notices.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};

use crate::change::ProviderEvent;
use crate::content::Text;
use crate::message::{Attachments, AttemptToken, Evidence, ProviderError, RequestBody};
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// A message ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundSms {
    /// The provider's account.
    pub account: ProviderAccount,
    /// The provider's profile.
    pub messaging_profile_id: Option<String>,
    /// Our number.
    pub from: PhoneNumber,
    /// The person.
    pub to: PhoneNumber,
    /// The text.
    pub text: Text,
    /// Leads the provider's webhooks to the attempt.
    pub token: AttemptToken,
}

/// One call: the stored bytes under the attempt's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCall {
    /// The provider's account.
    pub account: ProviderAccount,
    /// The same for every call of an attempt.
    pub idempotency_key: String,
    /// The bytes.
    pub body: RequestBody,
}

/// What the provider answered to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderAnswer {
    /// It took the message.
    Accepted {
        /// The provider's id of it.
        provider_message_id: String,
        /// Segments by its count.
        parts: Option<u32>,
    },
    /// It certainly took nothing.
    Refused(Refusal),
    /// Nobody knows: time-out after bytes left, reset, any 5xx, an unreadable answer.
    Unknown {
        /// What was seen, without number and text.
        detail: String,
    },
}

/// A definite non-send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it means for the message.
    pub class: RefusalClass,
    /// The provider's code and sentence.
    pub error: ProviderError,
    /// The provider asks to wait so long.
    pub retry_after: Option<Duration>,
}

/// What a definite non-send means. One table in the adapter maps the provider's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalClass {
    /// This message or recipient, lasting.
    Message,
    /// Our own request was malformed: as `Message`, and an alert.
    Malformed,
    /// Our account or profile, until somebody mends it.
    Account,
    /// Our account's spending limit, until the next midnight UTC.
    SpendLimit,
    /// The sending number.
    Number,
    /// The recipient opted out at the provider.
    OptedOut,
    /// The number's registration.
    Registration,
    /// Too much at once.
    SlowDown(Limit),
    /// It will pass.
    Transient,
}

/// What was sent too much of, and so who is to be slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// By the sending number: its pace is lowered for minutes.
    Number,
    /// By the campaign, over all its numbers: its pace is lowered for minutes.
    Campaign,
    /// By the brand in a day, to the people of one carrier: a slower pace would help nobody.
    BrandDay,
    /// By the account: it is left alone for as long as the provider asks.
    Account,
}

/// What a failure that the provider reports tells beyond the message itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureMeaning {
    /// The person opted out at the provider.
    OptOut,
    /// The sending number's registration is missing or does not fit its traffic.
    Unregistered,
    /// Too much was sent at once; nothing is wrong with the message or its number.
    SlowDown(Limit),
    /// A spam filter stopped it: bad for the sending number's health.
    SpamBlock(SpamBlock),
    /// The destination cannot take texts: a landline or a number that nothing leads to.
    Landline,
}

/// How long a spam filter stays against the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpamBlock {
    /// This message, or for a while.
    Temporary,
    /// The number is burnt.
    Permanent,
}

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

/// A verified notice of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The raw event.
    pub event: ProviderEvent,
    /// The accounts that can have signed it, the one of `event` among them: several where they share
    /// a key. It says nothing about any other account.
    pub signers: Vec<ProviderAccount>,
    /// What it says.
    pub content: NoticeContent,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeContent {
    /// About a message of ours.
    Evidence(Evidence),
    /// A person texted in.
    Inbound(InboundSms),
    /// Something we do not know; kept.
    Other,
    /// It is no event, or cannot be read; kept.
    Unreadable,
}

/// A text that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundSms {
    /// The provider's id of it.
    pub provider_message_id: String,
    /// The person.
    pub from: PhoneNumber,
    /// Whom it was sent to, each once, without the person: our number, or the members of a group,
    /// with one or several numbers of ours among them.
    pub to: Vec<PhoneNumber>,
    /// What the person wrote, as received.
    pub text: Text,
    /// What came with the text.
    pub attachments: Attachments,
    /// When the provider received it.
    pub received_at: DateTime<Utc>,
    /// The provider itself answered a keyword.
    pub has_provider_autoresponse: bool,
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
