//! A lead's text as a message.

use chrono::{DateTime, Utc};

use super::content::Submission;
use super::message::{Message, Route, State};
use crate::values::ids::{MessageId, OrganizationId};

/// What is known of a text that arrived, besides its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The number it arrived by.
    pub route: Route,
    /// The provider's id of it.
    pub provider_message_id: String,
    /// When the provider got it.
    pub received_at: DateTime<Utc>,
    /// A sentence about how it was understood, for people.
    pub status_reason: Option<String>,
}

impl Message {
    /// A lead's text, recorded at an instant. It has no transitions.
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
