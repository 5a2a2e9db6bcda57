//! Names of the lead and the organization of a message, for display only and never for a decision.

use async_trait::async_trait;

use super::Unavailable;
use crate::values::ids::{LeadId, OrganizationId};

/// The names around a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The lead's name; `None` = not on record.
    pub lead: Option<String>,
    /// The organization's name; `None` = no such organization.
    pub organization: Option<String>,
}

/// Access to names.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NameRepository: Send + Sync {
    /// The names of an organization and of one of its leads.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn names(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Names, Unavailable>;
}
