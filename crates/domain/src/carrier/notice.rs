//! What the carrier tells us unasked, and a text that came in. Must not know what follows from it.

use chrono::{DateTime, Utc};

use super::evidence::Evidence;
use crate::content::{Attachments, Text};
use crate::values::ProviderAccount;
use crate::values::ids::{MessageId, OrganizationId};
use crate::values::phone::PhoneNumber;

/// A raw event of the provider, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEvent {
    /// Whose account.
    pub account: ProviderAccount,
    /// Unique within the account.
    pub event_id: String,
    /// The provider's name for its kind.
    pub event_type: String,
    /// When it happened, by the provider's clock.
    pub occurred_at: DateTime<Utc>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// The provider's id of the message.
    pub provider_message_id: Option<String>,
    /// The message it belongs to, once known.
    pub matched: Option<(OrganizationId, MessageId)>,
    /// The bytes as received.
    pub payload: Vec<u8>,
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
    /// The provider's profile that it came in by, if the provider says so.
    pub messaging_profile_id: Option<String>,
    /// What the person wrote, as received.
    pub text: Text,
    /// What came with the text.
    pub attachments: Attachments,
    /// When the provider received it.
    pub received_at: DateTime<Utc>,
    /// The provider itself answered a keyword.
    pub has_provider_autoresponse: bool,
}

impl InboundSms {
    /// When the person wrote the text, as far as we know at `now`. The provider's clock may be ahead of ours, and an
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
