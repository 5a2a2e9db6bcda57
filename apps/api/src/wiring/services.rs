//! How the use cases answer the routes. Must not name an adapter.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_application::{
    Accepted, CancelError, DraftCommand, SendCommand, SendError, Sender, WebhookError,
};
use sms_domain::decision::DecisionRecord;
use sms_domain::ids::{ConversationId, MessageId, OrganizationId};
use sms_domain::message::{Attachments, Message, Status};
use sms_domain::ports::{Unavailable, WebhookRequest};

use super::System;
use crate::http::service::{
    MessageView, NumberError, NumberService, OverrideRequest, Preview, Selection, SelectionRequest,
    SmsService, WebhookFailure, WebhookService,
};

#[async_trait]
impl SmsService for System {
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

    async fn find(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        let Some(message) = self.stores.messages.find(organization_id, id).await? else {
            return Ok(None);
        };
        let lead_id = message.submission.lead_id;
        let names = self.stores.names.names(organization_id, lead_id).await?;
        let attachments = if message.status() == Status::Received {
            self.stores.inbound.attachments(organization_id, id).await?
        } else {
            Attachments::default()
        };
        Ok(Some(MessageView {
            message,
            attachments,
            lead_name: names.lead,
            organization_name: names.organization,
        }))
    }

    async fn preview(
        &self,
        command: SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Preview, SendError> {
        self.preview.preview(&command, at).await
    }

    async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable> {
        self.stores.messages.decisions(organization_id, id).await
    }
}

#[async_trait]
impl WebhookService for System {
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<(), WebhookFailure> {
        match self.receive.receive(token, request).await {
            Ok(_) => Ok(()),
            Err(WebhookError::Rejected(rejected)) => Err(WebhookFailure::Rejected(rejected)),
            Err(WebhookError::Contended) => Err(WebhookFailure::Contended),
            Err(WebhookError::Unavailable(error)) => Err(WebhookFailure::Unavailable(error)),
        }
    }
}

#[async_trait]
impl NumberService for System {
    async fn select_for_new(
        &self,
        sender: Sender,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        self.select.select(sender, request).await
    }

    async fn select_for_conversation(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: SelectionRequest,
    ) -> Result<Selection, NumberError> {
        let request = SelectionRequest {
            conversation_id: Some(conversation_id),
            ..request
        };
        self.select.select(sender, request).await
    }

    async fn check_override(
        &self,
        sender: Sender,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        self.select.check_override(sender, &request).await
    }

    async fn set_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        request: OverrideRequest,
    ) -> Result<Selection, NumberError> {
        self.select
            .set_override(sender, conversation_id, request)
            .await
    }

    async fn clear_override(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
    ) -> Result<Selection, NumberError> {
        self.select.clear_override(sender, conversation_id).await
    }
}
