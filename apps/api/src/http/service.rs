//! The use cases as the routes see them. They are traits so that tests of the HTTP layer can use services
//! that hang, panic, fail, or return one of each thing. The signatures are those of the use cases; code other
//! than routes calls the use cases directly.
//!
//! This module must not know HTTP, and it must not know which adapters answer.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_application::{
    Accepted, CancelError, DraftCommand, NumberError, OverrideRequest, Previewed, Selection,
    SelectionRequest, SendCommand, SendError, Sender, WebhookError,
};
use sms_domain::message::Message;
use sms_domain::ports::{Unavailable, WebhookRequest};
use sms_domain::values::ids::{ConversationId, MessageId, OrganizationId};

/// Messages, as their organization sees them. Another organization's message MUST be answered like
/// one that does not exist.
#[async_trait]
pub trait SmsService: Send + Sync {
    /// Takes a message to send.
    ///
    /// # Errors
    /// [`SendError`].
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError>;

    /// Saves a message without submitting it.
    ///
    /// # Errors
    /// [`SendError`].
    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError>;

    /// Withdraws a message; one that was withdrawn before is answered unchanged.
    ///
    /// # Errors
    /// [`CancelError`].
    async fn cancel(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError>;

    /// What would become of a message at an instant, by default now. MUST write nothing.
    ///
    /// # Errors
    /// [`SendError`].
    async fn preview(
        &self,
        command: SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Previewed, SendError>;
}

/// The provider's notices.
#[async_trait]
pub trait WebhookService: Send + Sync {
    /// Verifies a notice and records what it says. `token` is the secret of an attempt, as it stood
    /// in the URL. An event that belongs to nothing we know MUST be kept and answered with success.
    ///
    /// # Errors
    /// [`WebhookError`].
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<(), WebhookError>;
}

/// Choosing the number to send from.
#[async_trait]
pub trait NumberService: Send + Sync {
    /// The number that the next message would leave from: of the conversation that is named, or the
    /// first one to a lead.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn select(
        &self,
        sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError>;

    /// Whether a person may choose this number. MUST change nothing.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn check_override(
        &self,
        sender: Sender,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError>;

    /// Makes a number the one that a conversation goes on from; nothing is changed when the number
    /// cannot send.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn set_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError>;

    /// Returns a conversation to automatic selection.
    ///
    /// # Errors
    /// [`NumberError`].
    async fn clear_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError>;
}

/// Whether requests can be served.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the store.
    ///
    /// # Errors
    /// [`Unavailable`] when it does not answer.
    async fn ready(&self) -> Result<(), Unavailable>;
}
