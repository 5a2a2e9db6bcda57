//! What people call whom a message belongs to: to be shown, never for a decision.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{LeadId, OrganizationId};

/// The names around a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The lead's; `None` = not on record.
    pub lead: Option<String>,
    /// The organization's; `None` = no such organization.
    pub organization: Option<String>,
}

/// Where names are on record.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NameRepository: Send + Sync {
    /// The names of an organization and of a lead of it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn names(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Names, Unavailable>;
}
