//! Whether what somebody names exists: for operators, who name things by hand.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{CampaignId, ConversationId, OrganizationId, PhoneNumberId};

/// Something that an operator may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A tenant.
    Organization(OrganizationId),
    /// One of its numbers.
    Number(OrganizationId, PhoneNumberId),
    /// One of its campaigns.
    Campaign(OrganizationId, CampaignId),
    /// One of its threads.
    Conversation(OrganizationId, ConversationId),
}

/// What exists.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KnownRepository: Send + Sync {
    /// Whether it exists. What another organization has MUST NOT count.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn is_known(&self, what: Known) -> Result<bool, Unavailable>;
}
