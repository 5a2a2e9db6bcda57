//! One call to the carrier: what it takes and what it answers. Must not know what a message is for.

use std::fmt;

use chrono::Duration;
use sha2::{Digest, Sha256};

use super::evidence::ProviderError;
use crate::content::Text;
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

/// The secret that links a webhook to its attempt: part of the URL given to the provider. Only its
/// hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptToken(String);

/// How a token is stored: SHA-256 of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl AttemptToken {
    /// Wraps a secret: 32 lower-case hexadecimal digits.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// How the token is stored and looked up.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
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

/// The request as it goes over the wire, kept until the outcome is known so that a resend sends the
/// same bytes. `Debug` shows only the length: it holds a number and a text.
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
    fn a_developer_who_prints_an_attempt_sees_neither_secret_nor_request() {
        let token = AttemptToken::new(SECRET.to_owned());
        let request = RequestBody(b"to Ann".to_vec());
        assert_eq!(
            format!("{token:?} {request:?}"),
            "AttemptToken(…) RequestBody(6 bytes)"
        );
    }
}
