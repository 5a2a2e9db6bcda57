//! Records of consent.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::{ConsentRecord, Revocation};
use crate::values::Actor;
use crate::values::ids::{ConsentId, LeadId, OrganizationId};

/// The revocation of a consent on record.
#[must_use = "a revocation has no effect until it is recorded"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRevocation {
    pub organization_id: OrganizationId,
    pub id: ConsentId,
    /// When and how the person revoked it.
    pub revoked: Revocation,
    /// When it is recorded.
    pub at: DateTime<Utc>,
    /// Who records it.
    pub by: Actor,
}

/// The outcome of revoking a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationOutcome {
    /// The revocation is recorded.
    Recorded,
    /// The consent was revoked before; its first revocation stays.
    AlreadyRevoked,
    /// The revocation is older than the consent.
    BeforeConsent,
    /// The organization has no such record.
    Unknown,
}

/// Access to records of consent.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConsentRepository: Send + Sync {
    /// All records of a lead, oldest first, the revoked ones too.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn consents(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Vec<ConsentRecord>, Unavailable>;

    /// Revokes a consent, with its entry in the audit log. MUST advance the recipient's version, so that
    /// no decision that rests on it is committed afterwards. The lead's consent MUST become the strongest
    /// of the records that are left ([`crate::facts::ConsentBasis::STRONGEST_FIRST`]).
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn revoke_consent(
        &self,
        change: ConsentRevocation,
    ) -> Result<RevocationOutcome, Unavailable>;
}
