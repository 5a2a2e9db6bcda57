//! Numbers: registration, health and pace.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::numbers::{
    HealthChange, LanePace, NumberHealth, Owned, PacedLane, ReputationReport, Slowdown,
};
use crate::values::ids::{OrganizationId, PhoneNumberId};
use crate::values::{Health, ProviderAccount};

/// Access to numbers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NumberRepository: Send + Sync {
    /// Records that a carrier or the provider does not accept the number's registration: an
    /// approved one MUST become stale, and any other MUST stay unchanged. Returns whether it
    /// changed.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn mark_registration_stale(
        &self,
        organization_id: OrganizationId,
        number_id: PhoneNumberId,
    ) -> Result<bool, Unavailable>;

    /// The numbers that send under a profile of an account, of all organizations.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn on_profile(
        &self,
        account: &ProviderAccount,
        profile: &str,
    ) -> Result<Vec<Owned>, Unavailable>;

    /// Whether an organization's numbers of an account are set apart: MUST answer as
    /// [`crate::facts::OrganizationKind::sets_apart`] does for the kind that the organization has.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn is_set_apart(
        &self,
        organization_id: OrganizationId,
        account: &ProviderAccount,
    ) -> Result<bool, Unavailable>;

    /// Stores a reputation event for the number's health. The same event MUST be stored once;
    /// returns whether it is new.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn record_reputation(&self, report: ReputationReport) -> Result<bool, Unavailable>;

    /// The health of one number, or of all numbers whose health may change with time or because of
    /// events in the 24 hours before `now`. Finished messages MAY be counted as sent ones. Events
    /// before the last change of a number's health MUST NOT be counted.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn health(
        &self,
        number: Option<(OrganizationId, PhoneNumberId)>,
        now: DateTime<Utc>,
    ) -> Result<Vec<NumberHealth>, Unavailable>;

    /// The pace of a lane; `None` = there is no such number or campaign.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn pace(&self, lane: PacedLane) -> Result<Option<LanePace>, Unavailable>;

    /// The lanes with a lowered pace.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn slowed(&self) -> Result<Vec<LanePace>, Unavailable>;

    /// Lowers or raises a lane's pace, or restores the usual one. Claims of all workers MUST
    /// respect it from then on, and earlier claims MUST count. MUST return `false` and write
    /// nothing unless the pace still equals `seen`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn set_pace(
        &self,
        seen: LanePace,
        slowdown: Option<Slowdown>,
    ) -> Result<bool, Unavailable>;

    /// Changes a number's health and stores the reason. MUST return `false` and write nothing
    /// unless the health still equals `seen`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn change_health(
        &self,
        number: (OrganizationId, PhoneNumberId),
        seen: Health,
        change: HealthChange,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable>;
}
