//! API keys.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::values::Actor;
use crate::values::ids::{ApiKeyId, OrganizationId, SourceId};
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
        /// Reading leads.
        LeadsRead = "leads:read",
        /// Taking leads in.
        LeadsWrite = "leads:write",
        /// Reading sources of leads.
        SourcesRead = "sources:read",
        /// Making, changing and deleting sources of leads.
        SourcesWrite = "sources:write",
        /// Reading the opt-out list.
        SuppressionsRead = "suppressions:read",
        /// Adding to the opt-out list, and releasing what was added.
        SuppressionsWrite = "suppressions:write",
        /// Reading what messages cost.
        UsageRead = "usage:read",
        /// Reading which API keys there are.
        KeysRead = "keys:read",
        /// Naming addresses that are told of events, and reading what they were told.
        WebhooksWrite = "webhooks:write",
        /// Reading numbers and campaigns, and their capacity.
        NumbersRead = "numbers:read",
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

wire_enum! {
    /// The published contract by which the requests of a key are answered.
    #[derive(Default)]
    Contract {
        /// The page of `POST /sms/send`: numbers are JSON strings. The default.
        #[default]
        Page = "page",
        /// The document of August 2026: numbers are JSON numbers, and messages show media and steps.
        August2026 = "2026-08",
    }
}

/// A key as stored, with only the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// The organization that owns the key.
    pub organization_id: OrganizationId,
    /// The source that the key is limited to: it brings that source's leads and nothing else.
    pub source_id: Option<SourceId>,
    /// The part of the key that is shown to people.
    pub prefix: String,
    /// The scopes of the key.
    pub scopes: Vec<Scope>,
    /// Whether the key is live or for tests.
    pub kind: KeyKind,
    /// The contract that its requests are answered by.
    pub contract: Contract,
    /// When the key expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the key was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the key was created.
    pub created_at: DateTime<Utc>,
    /// When the key was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A secret that is new, with what is stored of it. It is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySecret {
    /// The part that is shown to people.
    pub prefix: String,
    /// The whole secret.
    pub secret: String,
    /// The SHA-256 of the secret.
    pub hash: [u8; 32],
}

impl fmt::Debug for KeySecret {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySecret")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Makes secrets that nobody can guess.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait KeySecrets: Send + Sync {
    /// A secret whose prefix says that its key is of a source: `lp_src_…`.
    fn of_source(&self) -> KeySecret;
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
