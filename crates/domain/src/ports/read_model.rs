//! What people look at: a message with what belongs to it, and lists. No decision rests on it, and no use case
//! stands before it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{ApiKey, ListPage, ListQuery, SourceView, SuppressionEntry, Unavailable};
use crate::content::Attachments;
use crate::decision::DecisionRecord;
use crate::facts::{Lead, LeadDetails};
use crate::message::{Message, Status};
use crate::values::LeadTag;
use crate::values::ids::{ConversationId, LeadId, MessageId, OrganizationId, PhoneNumberId};
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

/// A conversation with its lead, its number and its last message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationView {
    pub id: ConversationId,
    pub lead_id: LeadId,
    /// `None` = not on record.
    pub lead_name: Option<String>,
    pub lead_phone: PhoneNumber,
    /// Whether the lead is archived.
    pub is_archived: bool,
    /// The number that the conversation goes on from.
    pub active_number: Option<PhoneNumberId>,
    /// The same number in E.164; `None` = not the organization's any more.
    pub active_phone: Option<PhoneNumber>,
    /// The number that a person chose.
    pub override_number: Option<PhoneNumberId>,
    pub last: Option<LastMessage>,
}

/// The last message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    /// When it was accepted, saved or received.
    pub at: DateTime<Utc>,
    /// `None` = erased.
    pub text: Option<String>,
    pub status: Status,
    /// A sentence about the status.
    pub status_reason: Option<String>,
}

/// Whose conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationsOf {
    /// Those of the organization, with leads that are archived or not; `None` = either.
    Everybody {
        /// Whether the lead is archived.
        is_archived: Option<bool>,
    },
    /// Those with a lead.
    Lead(LeadId),
}

/// Whose messages are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessagesOf {
    /// Those of the organization.
    Everybody,
    /// Those that were priced, or refused for money; the question is one of [`USAGE`](super::USAGE).
    Billed,
    /// Those with a lead.
    Lead(LeadId),
    /// Those of a conversation.
    Conversation(ConversationId),
    /// Those with the person of this number, or, if it is one of the organization's, over it.
    Phone(PhoneNumber),
}

/// A lead with the names around it, for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRowView {
    pub lead: Lead,
    pub details: LeadDetails,
    /// When the lead was made; `None` = not on record.
    pub created_at: Option<DateTime<Utc>>,
    /// When an intake last changed the lead.
    pub modified_at: Option<DateTime<Utc>>,
    /// The name of the source that first brought the lead.
    pub source_name: Option<String>,
    /// `None` = not on record.
    pub organization_name: Option<String>,
}

/// Which leads are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadsWith {
    /// Those that are archived, or the others; `None` = both.
    pub is_archived: Option<bool>,
    /// Those with these tags.
    pub tags: Vec<LeadTag>,
    /// Whether a lead must have all of these tags rather than one of them.
    pub has_all_tags: bool,
    /// Those without any tag.
    pub is_untagged: bool,
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

    /// A page of conversations; `query` is one of [`CONVERSATIONS`](super::CONVERSATIONS). `None` when the
    /// organization has no such lead.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn conversations(
        &self,
        organization_id: OrganizationId,
        of: ConversationsOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<ConversationView>>, Unavailable>;

    /// A page of API keys; `query` is one of [`API_KEYS`](super::API_KEYS).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn api_keys(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<ApiKeyView>, Unavailable>;

    /// A page of the numbers that are not removed, by their identifiers; `query` is one of
    /// [`PHONE_NUMBERS`](super::PHONE_NUMBERS).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn phone_numbers(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<PhoneNumberId>, Unavailable>;

    /// A page of leads; `query` is one of [`LEADS`](super::LEADS).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn leads(
        &self,
        organization_id: OrganizationId,
        with: &LeadsWith,
        query: &ListQuery,
    ) -> Result<ListPage<LeadRowView>, Unavailable>;

    /// A page of sources that are not deleted; `query` is one of [`SOURCES`](super::SOURCES).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn sources(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SourceView>, Unavailable>;

    /// A page of entries of the opt-out list, in force or released; `query` is one of
    /// [`SUPPRESSIONS`](super::SUPPRESSIONS).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn suppressions(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SuppressionEntry>, Unavailable>;

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
