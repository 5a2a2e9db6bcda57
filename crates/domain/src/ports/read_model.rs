//! What people look at: a message with what belongs to it, and lists. No decision rests on it, and no use case
//! stands before it.

use async_trait::async_trait;

use super::{ApiKey, ListPage, ListQuery, Unavailable};
use crate::content::Attachments;
use crate::decision::DecisionRecord;
use crate::message::Message;
use crate::values::ids::{ConversationId, LeadId, MessageId, OrganizationId};
use crate::values::phone::PhoneNumber;

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

/// An API key with the name of its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyView {
    pub key: ApiKey,
    /// `None` = not on record.
    pub organization_name: Option<String>,
}

/// Whose messages are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessagesOf {
    /// Those of the organization.
    Everybody,
    /// Those with a lead.
    Lead(LeadId),
    /// Those of a conversation.
    Conversation(ConversationId),
    /// Those with the person of this number, or, if it is one of the organization's, over it.
    Phone(PhoneNumber),
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

    /// A page of messages with what people see beside them; `query` is one of
    /// [`SMS_EVENTS`](super::SMS_EVENTS). `None` when the organization has no such lead or conversation. It
    /// MUST NOT read more than [`MOST_READ`](super::MOST_READ) messages.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn messages(
        &self,
        organization_id: OrganizationId,
        of: &MessagesOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<MessageView>>, Unavailable>;

    /// A page of API keys; `query` is one of [`API_KEYS`](super::API_KEYS).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn api_keys(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<ApiKeyView>, Unavailable>;

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
