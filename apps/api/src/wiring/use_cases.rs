//! The use cases behind the routes, and that they are what the routes ask for. It must not name an
//! adapter.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_application::{
    Accepted, CancelError, CancelSms, DraftCommand, NumberError, OverrideRequest, PreviewSms,
    Previewed, ReceiveWebhook, SelectNumber, Selection, SelectionRequest, SendCommand, SendError,
    SendSms, Sender, WebhookError,
};
use sms_domain::message::Message;
use sms_domain::ports::WebhookRequest;
use sms_domain::values::ids::{ConversationId, MessageId, OrganizationId};

use crate::http::service::{NumberService, SmsService, WebhookService};

/// The use cases behind the routes. Commands and tests call them directly.
#[derive(Clone)]
pub struct UseCases {
    /// Taking messages and drafts.
    pub send: SendSms,
    /// Withdrawing messages.
    pub cancel: CancelSms,
    /// What would become of a message.
    pub preview: PreviewSms,
    /// The number to send from.
    pub select: SelectNumber,
    /// The provider's notices.
    pub receive: ReceiveWebhook,
}

#[async_trait]
impl SmsService for UseCases {
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError> {
        self.send.send(command).await
    }

    async fn save_draft(&self, command: DraftCommand) -> Result<Accepted, SendError> {
        self.send.save_draft(command).await
    }

    async fn cancel(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError> {
        self.cancel.cancel(organization_id, id).await
    }

    async fn preview(
        &self,
        command: SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Previewed, SendError> {
        self.preview.preview(&command, at).await
    }
}

#[async_trait]
impl WebhookService for ReceiveWebhook {
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<(), WebhookError> {
        Self::receive(self, token, request).await.map(drop)
    }
}

#[async_trait]
impl NumberService for SelectNumber {
    async fn select(
        &self,
        sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        Self::select(self, sender, request).await
    }

    async fn check_override(
        &self,
        sender: Sender,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        Self::check_override(self, sender, &request).await
    }

    async fn set_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        Self::set_override(self, sender, conversation_id, request).await
    }

    async fn clear_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError> {
        Self::clear_override(self, sender, conversation_id).await
    }
}
