//! Reading a message back with what its own row does not tell. It must not name an adapter.

use std::sync::Arc;

use sms_domain::content::Attachments;
use sms_domain::decision::DecisionRecord;
use sms_domain::message::Status;
use sms_domain::ports::{InboundRepository, MessageRepository, NameRepository, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};

use super::Stores;
use crate::http::service::MessageView;

/// Reads messages for their organization.
#[derive(Clone)]
pub struct ReadSms {
    messages: Arc<dyn MessageRepository>,
    names: Arc<dyn NameRepository>,
    inbound: Arc<dyn InboundRepository>,
}

impl ReadSms {
    pub(super) fn new(stores: &Stores) -> Self {
        Self {
            messages: stores.messages.clone(),
            names: stores.names.clone(),
            inbound: stores.inbound.clone(),
        }
    }

    /// A message with the names of what it belongs to; `None` = the organization has no such one.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable> {
        let Some(message) = self.messages.find(organization_id, id).await? else {
            return Ok(None);
        };
        let lead_id = message.submission.lead_id;
        let names = self.names.names(organization_id, lead_id).await?;
        let attachments = if message.status() == Status::Received {
            self.inbound.attachments(organization_id, id).await?
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

    /// The stored decisions about a message, oldest first; `None` = there is no such message.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable> {
        self.messages.decisions(organization_id, id).await
    }
}
