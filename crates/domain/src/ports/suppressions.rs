//! Entries of the opt-out list as people look at them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::SuppressionScope;
use crate::lifecycle::SuppressionSource;
use crate::values::ids::{OrganizationId, SuppressionId};
use crate::values::phone::PhoneNumber;

/// An entry of the opt-out list, in force or released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionEntry {
    pub organization_id: OrganizationId,
    pub id: SuppressionId,
    /// The person's number.
    pub phone: PhoneNumber,
    /// The scope of the entry.
    pub scope: SuppressionScope,
    /// The source of the entry.
    pub source: SuppressionSource,
    /// Why it was made, as a code or in the business's words.
    pub reason: Option<String>,
    /// The business's own name of the person.
    pub recipient: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it: the kind of an [`Actor`](crate::values::Actor) and its name. `None` = the person or the
    /// provider did, or it was not recorded.
    pub created_by: Option<String>,
    /// When it was released.
    pub released_at: Option<DateTime<Utc>>,
    /// Who released it, likewise.
    pub released_by: Option<String>,
    /// Why it was released.
    pub release_reason: Option<String>,
}

/// Looking at entries of the opt-out list. Another organization's entry MUST be answered like one that
/// does not exist.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SuppressionRepository: Send + Sync {
    /// An entry, in force or released.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_suppression(
        &self,
        organization_id: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, Unavailable>;

    /// Up to `limit` entries about a person, in force or released: those in force first, and of equals the
    /// newest.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn suppressions_of(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<SuppressionEntry>, Unavailable>;
}
