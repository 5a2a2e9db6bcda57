//! Pausing and resuming an organization, a number or a campaign.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sms_domain::facts::Pauses;
use sms_domain::ports::{
    Clock, DispatchWaker, PauseChange, PauseOutcome, PauseRepository, PauseTarget, Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::OrganizationId;

/// How long a change waits for attempts that are being committed: less than a client waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// What is to be paused or resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRequest {
    pub organization_id: OrganizationId,
    pub target: PauseTarget,
    /// Whether it is paused from now on, rather than resumed.
    pub is_paused: bool,
    /// Who asks for it.
    pub by: Actor,
}

/// Why nothing was paused or resumed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// The organization has no such thing.
    #[error("the organization has no such thing")]
    Unknown,
    /// Attempts were being committed all the time.
    #[error("attempts were being committed all the time")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Pausing and resuming.
#[async_trait]
pub trait PauseService: Send + Sync {
    /// Pauses or resumes; what is paused or resumed already stays so. Once a pause is answered, nothing that it
    /// covers is handed over; the messages that wait are turned to `paused` soon after, and woken soon after a
    /// resumption.
    ///
    /// # Errors
    /// [`PauseError`].
    async fn change(&self, request: PauseRequest) -> Result<(), PauseError>;

    /// What the organization has paused.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn pauses(&self, organization_id: OrganizationId) -> Result<Pauses, Unavailable>;
}

/// [`PauseService`] over its ports.
#[derive(Clone)]
pub struct Pausing {
    store: Arc<dyn PauseRepository>,
    waker: Arc<dyn DispatchWaker>,
    clock: Arc<dyn Clock>,
}

impl Pausing {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn PauseRepository>,
        waker: Arc<dyn DispatchWaker>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            waker,
            clock,
        }
    }
}

#[async_trait]
impl PauseService for Pausing {
    async fn change(&self, request: PauseRequest) -> Result<(), PauseError> {
        let change = PauseChange {
            organization_id: request.organization_id,
            target: request.target,
            is_paused: request.is_paused,
            at: self.clock.now(),
            by: request.by,
            patience: PATIENCE,
        };
        match self.store.change_pauses(change).await? {
            PauseOutcome::Changed | PauseOutcome::Unchanged => {
                self.waker.wake();
                Ok(())
            }
            PauseOutcome::Unknown => Err(PauseError::Unknown),
            PauseOutcome::Busy => Err(PauseError::Busy),
        }
    }

    async fn pauses(&self, organization_id: OrganizationId) -> Result<Pauses, Unavailable> {
        self.store.pauses(organization_id).await
    }
}
