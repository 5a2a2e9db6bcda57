//! Notices from the carrier, including received texts. Must not know what follows from them.

use chrono::{DateTime, Utc};

use super::evidence::Evidence;
use crate::content::{Attachments, Text};
use crate::values::ProviderAccount;
use crate::values::ids::{MessageId, OrganizationId};
use crate::values::phone::PhoneNumber;

/// An event of the provider, stored unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEvent {
    /// The account at the provider.
    pub account: ProviderAccount,
    /// The provider's id of the event, unique within the account.
    pub event_id: String,
    /// The provider's name for the kind of event.
    pub event_type: String,
    /// When the event happened, by the provider's clock.
    pub occurred_at: DateTime<Utc>,
    /// When we received the event.
    pub received_at: DateTime<Utc>,
    pub provider_message_id: Option<String>,
    /// The message to which the event belongs, once known.
    pub matched: Option<(OrganizationId, MessageId)>,
    /// The bytes as received.
    pub payload: Vec<u8>,
}

/// A notice of the provider whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The raw event.
    pub event: ProviderEvent,
    /// The accounts that may have signed the notice, including the account of `event`; several where
    /// they share a key. The notice has no effect on any other account.
    pub signers: Vec<ProviderAccount>,
    pub content: NoticeContent,
}

/// The content of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeContent {
    /// Evidence about an outgoing message.
    Evidence(Evidence),
    /// A received text.
    Inbound(InboundSms),
    /// An event of an unknown kind, which is stored only.
    Other,
    /// A payload that is not an event or cannot be parsed, which is stored only.
    Unreadable,
}

/// A received text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundSms {
    pub provider_message_id: String,
    /// The sender's number.
    pub from: PhoneNumber,
    /// The recipients, each once, without the sender: our number, or the members of a group that
    /// includes one or more of our numbers.
    pub to: Vec<PhoneNumber>,
    /// The messaging profile that received the text, if the provider names it.
    pub messaging_profile_id: Option<String>,
    /// The text as received.
    pub text: Text,
    /// The subject and the media.
    pub attachments: Attachments,
    /// When the provider received the text.
    pub received_at: DateTime<Utc>,
    /// Whether the provider itself replied to a keyword.
    pub has_provider_autoresponse: bool,
}

impl InboundSms {
    /// When the person wrote the text, at most `now`. The provider's clock may be ahead of ours, and an
    /// opt-out in the future would outlast the opt-in that follows it.
    #[must_use]
    pub fn written_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.received_at.min(now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_text_is_never_written_in_the_future() {
        let now = DateTime::UNIX_EPOCH;
        let received = |seconds| InboundSms {
            provider_message_id: "m-1".to_owned(),
            from: PhoneNumber::try_from("+13055550142".to_owned()).unwrap(),
            to: Vec::new(),
            messaging_profile_id: None,
            text: Text::new("STOP"),
            attachments: Attachments::default(),
            received_at: now + TimeDelta::seconds(seconds),
            has_provider_autoresponse: false,
        };
        assert_eq!(received(3).written_at(now), now);
        assert_eq!(received(-3).written_at(now), now - TimeDelta::seconds(3));
    }
}
