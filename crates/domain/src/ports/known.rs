//! Existence checks for identifiers that operators enter by hand.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{CampaignId, ConversationId, OrganizationId, PhoneNumberId};

/// An entity that an operator may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// An organization.
    Organization(OrganizationId),
    /// A number of an organization.
    Number(OrganizationId, PhoneNumberId),
    /// A campaign of an organization.
    Campaign(OrganizationId, CampaignId),
    /// A conversation of an organization.
    Conversation(OrganizationId, ConversationId),
}

/// Existence checks.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KnownRepository: Send + Sync {
    /// Whether the entity exists. Entities of another organization MUST NOT count.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn is_known(&self, what: Known) -> Result<bool, Unavailable>;
}
