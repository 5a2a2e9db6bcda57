//! Conversations: finding the one with a person, and the number a person chose for one.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use crate::values::phone::PhoneNumber;

/// How a request names the person it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// By the lead.
    Lead(LeadId),
    /// By the number.
    Phone(PhoneNumber),
}

/// Where conversations live.
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

    /// Sets or clears the number that a person chose for a conversation; `false` when the
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
