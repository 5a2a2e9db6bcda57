//! API keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::values::Actor;
use crate::values::ids::{ApiKeyId, OrganizationId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// The scopes of a key.
    Scope {
        /// Sending, drafting, canceling, previewing.
        SmsWrite = "sms:write",
        /// Reading messages and decisions.
        SmsRead = "sms:read",
        /// Choosing and overriding outgoing numbers.
        NumbersWrite = "numbers:write",
    }
}

wire_enum! {
    /// Whether messages of a key reach people.
    KeyKind {
        /// Messages reach people.
        Live = "live",
        /// Messages go to the simulator.
        Test = "test",
    }
}

/// A key as stored, with only the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// The organization that owns the key.
    pub organization_id: OrganizationId,
    /// The part of the key that is shown to people.
    pub prefix: String,
    /// The scopes of the key.
    pub scopes: Vec<Scope>,
    /// Whether the key is live or for tests.
    pub kind: KeyKind,
    /// When the key expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the key was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the key was created.
    pub created_at: DateTime<Utc>,
    /// When the key was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Access to keys.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyRepository: Send + Sync {
    /// The key with this SHA-256 hash, whatever its state.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find(&self, hash: [u8; 32]) -> Result<Option<ApiKey>, Unavailable>;

    /// Adds a key, with its entry in the audit log. MUST return `false` and store nothing when there is
    /// no such organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn insert(&self, hash: [u8; 32], key: ApiKey, by: &Actor) -> Result<bool, Unavailable>;

    /// All keys of an organization, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list(&self, organization_id: OrganizationId) -> Result<Vec<ApiKey>, Unavailable>;

    /// Revokes a key, with its entry in the audit log; `false` when the organization has no such key. A
    /// revoked key MUST keep its first instant, without another entry.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn revoke(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable>;

    /// Records a use; the store MUST write it at most once a minute per key.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn touch(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<(), Unavailable>;
}
