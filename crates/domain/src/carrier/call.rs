//! One call to the carrier: its input and its outcome. Must not know the purpose of a message.

use std::fmt;

use chrono::Duration;
use sha2::{Digest, Sha256};

use super::evidence::ProviderError;
use crate::content::Text;
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// A message that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundSms {
    /// The account at the provider.
    pub account: ProviderAccount,
    /// The messaging profile at the provider.
    pub messaging_profile_id: Option<String>,
    /// The sending number.
    pub from: PhoneNumber,
    /// The recipient's number.
    pub to: PhoneNumber,
    pub text: Text,
    /// Where the files of an MMS are, each for the provider to read; empty for an SMS.
    pub media: Vec<Text>,
    /// The token in the webhook URL, which identifies the attempt.
    pub token: AttemptToken,
}

/// One call: the stored request of an attempt with its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCall {
    /// The account at the provider.
    pub account: ProviderAccount,
    /// The idempotency key, the same for every call of an attempt.
    pub idempotency_key: String,
    /// The bytes of the request.
    pub body: RequestBody,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderAnswer {
    /// The provider accepted the message.
    Accepted {
        provider_message_id: String,
        /// The number of segments, as the provider counts them.
        parts: Option<u32>,
    },
    /// The provider certainly did not accept the message.
    Refused(Refusal),
    /// It is unknown whether the provider accepted the message: a time-out after bytes were sent, a
    /// connection reset, any 5xx, or an unreadable response.
    Unknown {
        /// What was observed, without phone number and text.
        detail: String,
    },
}

/// A definite non-send: the provider did not accept the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The meaning of the refusal for the message.
    pub class: RefusalClass,
    /// The provider's error code and description.
    pub error: ProviderError,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
}

/// The meaning of a definite non-send. One table in the adapter maps the provider's codes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalClass {
    /// The message or recipient is refused permanently.
    Message,
    /// Our request was malformed. Treated as `Message`, with an alert.
    Malformed,
    /// Our account or profile is refused until an operator fixes it.
    Account,
    /// Our account has reached its spending limit, which resets at midnight UTC.
    SpendLimit,
    /// The sending number is refused.
    Number,
    /// The recipient has opted out at the provider.
    OptedOut,
    /// The sending number's registration is missing or unsuitable.
    Registration,
    /// A rate limit was exceeded.
    SlowDown(Limit),
    /// The provider has a temporary problem.
    Transient,
}

/// Which rate limit was exceeded, and so which pace must be lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// The limit of the sending number, whose pace is lowered for minutes.
    Number,
    /// The limit of the campaign over all its numbers; the campaign's pace is lowered for minutes.
    Campaign,
    /// The brand's daily limit at one carrier. A lower pace does not help.
    BrandDay,
    /// The limit of the account, which pauses for as long as the provider asks.
    Account,
}

/// What a failure that the provider reports means beyond the message itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureMeaning {
    /// The recipient has opted out at the provider.
    OptOut,
    /// The sending number's registration is missing or does not fit its traffic.
    Unregistered,
    /// A rate limit was exceeded; the message and its number are otherwise acceptable.
    SlowDown(Limit),
    /// A spam filter stopped the message, which counts against the sending number's health.
    SpamBlock(SpamBlock),
    /// The destination cannot receive texts: a landline or an unassigned number.
    Landline,
}

/// How long a spam filter blocks the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpamBlock {
    /// This message only, or temporarily.
    Temporary,
    /// The number is blocked permanently.
    Permanent,
}

/// The secret that links a webhook to its attempt. It is part of the URL given to the provider, and it
/// is not stored apart from the request.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptToken(String);

/// The stored form of a random token: the SHA-256 hash of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl AttemptToken {
    /// Wraps a secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The hash of a token that may stand in the store's list: 32 lower-case hexadecimal digits, as they
    /// were made at random before tokens were sealed.
    #[must_use]
    pub fn listed(&self) -> Option<TokenHash> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_random = self.0.len() == 32 && self.0.bytes().all(is_digit);
        is_random.then(|| TokenHash(Sha256::digest(self.0.as_bytes()).into()))
    }

    /// The secret itself, for the URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AttemptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptToken(…)")
    }
}

/// The body of a request, kept until the outcome is known so that a resend sends the same bytes.
/// `Debug` shows only the length, because the body contains a phone number and a text.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestBody(pub Vec<u8>);

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_url_gets_the_secret_as_it_was_made() {
        assert_eq!(AttemptToken::new(SECRET.to_owned()).expose(), SECRET);
    }

    #[test]
    fn only_a_token_that_was_made_at_random_can_be_listed() {
        let listed = |text: &str| AttemptToken::new(text.to_owned()).listed();
        assert!(listed(SECRET).is_some());
        assert!(listed(&SECRET[1..]).is_none());
        assert!(listed(&SECRET.to_uppercase()).is_none());
        assert!(listed(&format!("{SECRET}0")).is_none());
    }

    #[test]
    fn a_developer_who_prints_an_attempt_sees_neither_secret_nor_request() {
        let token = AttemptToken::new(SECRET.to_owned());
        let request = RequestBody(b"to Ann".to_vec());
        assert_eq!(
            format!("{token:?} {request:?}"),
            "AttemptToken(…) RequestBody(6 bytes)"
        );
    }
}
