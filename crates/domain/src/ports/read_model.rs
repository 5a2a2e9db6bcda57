//! What people look at: a message with what belongs to it, and lists. No decision rests on it, and no use case
//! stands before it.

use async_trait::async_trait;

use super::Unavailable;
use crate::content::Attachments;
use crate::decision::DecisionRecord;
use crate::message::Message;
use crate::values::ids::{MessageId, OrganizationId};

/// A message with what its row alone does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    pub message: Message,
    /// What came with it, where a lead wrote it; empty once it is erased.
    pub attachments: Attachments,
    /// The lead's name; `None` = not on record.
    pub lead_name: Option<String>,
    /// The organization's name; `None` = not on record.
    pub organization_name: Option<String>,
}

/// Reading for people. Another organization's things MUST be answered like those that do not exist.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// A message with its attachments and the names around it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn message_view(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<MessageView>, Unavailable>;

    /// The stored decisions about a message, oldest first; `None` when the organization has no such
    /// message.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable>;
}
