//! Sources of leads and their keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{ApiKey, Unavailable};
use crate::facts::Source;
use crate::law::RuleData;
use crate::values::Actor;
use crate::values::ids::{OrganizationId, SourceId};

/// A new key of a source, with the hash of its secret. It replaces the source's keys from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceKey {
    /// The SHA-256 of the secret.
    pub hash: [u8; 32],
    pub key: ApiKey,
}

/// A source with what people look at beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    pub source: Source,
    /// The part of its key that is shown to people; `None` = it has no valid key.
    pub key_prefix: Option<String>,
    /// When its key was last used, to the minute.
    pub key_used_at: Option<DateTime<Utc>>,
    /// The organization's name.
    pub organization_name: String,
    /// When it first brought a lead.
    pub first_lead_at: Option<DateTime<Utc>>,
    /// When it last brought a lead.
    pub last_lead_at: Option<DateTime<Utc>>,
}

/// Access to sources. A source that was deleted MUST be answered like one that does not exist; what
/// refers to it stays.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SourceRepository: Send + Sync {
    /// The law under which the store works; it knows states.
    fn rules(&self) -> &'static RuleData;

    /// Adds a source with its key, with an entry in the audit log for each.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was added.
    async fn insert_source(
        &self,
        source: Source,
        key: SourceKey,
        by: &Actor,
    ) -> Result<SourceView, Unavailable>;

    /// Replaces what people may set of a source, with its entry in the audit log; a new key MUST revoke
    /// those from before, in the same transaction. `is_imported` and the instant of its making MUST stay as
    /// they are. `None` when the organization has no such source: nothing was written.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it was changed.
    async fn update_source(
        &self,
        source: Source,
        key: Option<SourceKey>,
        by: &Actor,
    ) -> Result<Option<SourceView>, Unavailable>;

    /// Deletes a source and revokes its keys, with an entry in the audit log for each; `false` when the
    /// organization has no such source.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn delete_source(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable>;

    /// A source of the organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_source(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
    ) -> Result<Option<SourceView>, Unavailable>;
}
