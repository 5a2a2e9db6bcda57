//! Conversations: lookup by person, and the number that a user chose for a conversation.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;

/// How a request identifies a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// By the lead's identifier.
    Lead(LeadId),
    /// By the phone number.
    Phone(PhoneNumber),
}

/// Access to conversations.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConversationRepository: Send + Sync {
    /// The organization's conversation with a person.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_with(
        &self,
        organization_id: OrganizationId,
        person: &Person,
    ) -> Result<Option<ConversationId>, Unavailable>;

    /// Sets or clears the number that a user chose for a conversation; `false` when the
    /// organization has no such conversation.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn set_override(
        &self,
        organization_id: OrganizationId,
        id: ConversationId,
        number: Option<PhoneNumberId>,
    ) -> Result<bool, Unavailable>;
}
