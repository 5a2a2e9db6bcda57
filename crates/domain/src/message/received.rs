//! A received text as a message.

use chrono::{DateTime, Utc};

use super::content::Submission;
use super::message::{Message, Route, State};
use crate::values::ids::{MessageId, OrganizationId};

/// Facts about a received text other than its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The number that received the text.
    pub route: Route,
    /// The provider's id of the text.
    pub provider_message_id: String,
    /// When the provider received the text.
    pub received_at: DateTime<Utc>,
    /// How the text was interpreted, as a sentence for people.
    pub status_reason: Option<String>,
}

impl Message {
    /// A received text, recorded at an instant. It has no transitions.
    #[must_use]
    pub fn received(
        organization_id: OrganizationId,
        id: MessageId,
        submission: Submission,
        received: Received,
        at: DateTime<Utc>,
    ) -> Self {
        let mut message = Self::new(organization_id, id, submission, at);
        message.parts.state = State::Received;
        message.parts.timeline.received_at = Some(received.received_at);
        message.parts.route = Some(received.route);
        message.parts.provider_message_id = Some(received.provider_message_id);
        message.parts.status_reason = received.status_reason;
        message
    }
}
