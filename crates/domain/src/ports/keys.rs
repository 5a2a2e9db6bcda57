//! API keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::values::ids::{ApiKeyId, OrganizationId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// What a key may be used for.
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
    /// Whether what a key sends reaches people.
    KeyKind {
        /// It does.
        Live = "live",
        /// It goes to the simulator.
        Test = "test",
    }
}

/// A key as stored: only the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names the key.
    pub id: ApiKeyId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// What people see of it.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Live or test.
    pub kind: KeyKind,
    /// Not valid from then on.
    pub expires_at: Option<DateTime<Utc>>,
    /// Withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Where keys live.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyRepository: Send + Sync {
    /// The key with this SHA-256 hash, whatever its state.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find(&self, hash: [u8; 32]) -> Result<Option<ApiKey>, Unavailable>;

    /// Adds a key. MUST answer `false` and keep nothing when there is no such organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn insert(&self, hash: [u8; 32], key: ApiKey) -> Result<bool, Unavailable>;

    /// All keys of an organization, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list(&self, organization_id: OrganizationId) -> Result<Vec<ApiKey>, Unavailable>;

    /// Withdraws a key; `false` when the organization has no such key.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn revoke(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable>;

    /// Records a use; the store MUST write it at most once a minute per key.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn touch(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<(), Unavailable>;
}
