//! Endpoints for events, and the queue of what they are told.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{CallFault, Unavailable};
use crate::values::Actor;
use crate::values::ids::{OrganizationId, WebhookEndpointId, WebhookEventId};
use crate::values::wire::wire_enum;
use crate::webhooks::{
    Delivery, DeliveryOutcome, EndpointSettings, SecretRef, SwitchOff, WebhookEndpoint,
    WebhookEvent, WebhookKind,
};

/// An endpoint of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EndpointKey {
    pub organization_id: OrganizationId,
    pub id: WebhookEndpointId,
}

/// A change of an endpoint by its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointChange {
    /// Other settings. Switching an endpoint on forgets its failures.
    Settings(EndpointSettings),
    /// Another secret.
    Secret(SecretRef),
}

/// One call in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAttempt {
    pub event_id: WebhookEventId,
    pub kind: WebhookKind,
    /// When the call began.
    pub at: DateTime<Utc>,
    /// The number of the call for the event, from 1; it begins again with a replay.
    pub number: i16,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
    /// The status of the answer, if there was one.
    pub status: Option<i16>,
    /// Why there was none.
    pub fault: Option<CallFault>,
    /// What followed.
    pub result: AttemptResult,
    /// When the call is repeated.
    pub next_at: Option<DateTime<Utc>>,
}

wire_enum! {
    /// What followed from a call.
    AttemptResult {
        /// The receiver took the event.
        Taken = "taken",
        /// The call is repeated.
        Again = "again",
        /// The event is not posted again.
        GivenUp = "given_up",
        /// The receiver wants no more calls.
        Gone = "gone",
    }
}

impl AttemptResult {
    /// The result of an outcome.
    #[must_use]
    pub const fn of(outcome: DeliveryOutcome) -> Self {
        match outcome {
            DeliveryOutcome::Taken => Self::Taken,
            DeliveryOutcome::Again(_) => Self::Again,
            DeliveryOutcome::GivenUp => Self::GivenUp,
            DeliveryOutcome::Gone => Self::Gone,
        }
    }
}

/// Which events are posted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayedEvents {
    /// One event.
    One(WebhookEventId),
    /// The events of a span.
    Between {
        /// From this instant on.
        since: DateTime<Utc>,
        /// Until before this instant.
        until: DateTime<Utc>,
        /// The most events.
        limit: usize,
    },
}

/// Access to endpoints. Each change MUST be in force for every change of a message that is committed two
/// seconds later or more, by whatever process.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookEndpoints: Send + Sync {
    /// Adds an endpoint, with its entry in the audit log. MUST return `false` and store nothing when the
    /// organization has [`WebhookEndpoint::MOST`] already.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn add(&self, endpoint: WebhookEndpoint, by: &Actor) -> Result<bool, Unavailable>;

    /// The endpoints of an organization, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn all(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, Unavailable>;

    /// One endpoint.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn one(&self, endpoint: EndpointKey) -> Result<Option<WebhookEndpoint>, Unavailable>;

    /// Changes an endpoint, with its entry in the audit log, and returns it; `None` when there is none.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn change(
        &self,
        endpoint: EndpointKey,
        change: EndpointChange,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<Option<WebhookEndpoint>, Unavailable>;

    /// Removes an endpoint with all that waits for it, with its entry in the audit log; `false` when there
    /// is none.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn remove_endpoint(
        &self,
        endpoint: EndpointKey,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable>;

    /// Calls of an endpoint before an instant, newest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn attempts(
        &self,
        endpoint: EndpointKey,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<WebhookAttempt>, Unavailable>;

    /// Makes events of the endpoint's kinds due again at once, as if they had never been posted, with an
    /// entry in the audit log, and returns how many.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn replay(
        &self,
        endpoint: EndpointKey,
        events: ReplayedEvents,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<usize, Unavailable>;

    /// Stores an event for one endpoint, whatever kinds it asks for.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn tell(&self, endpoint: EndpointKey, event: WebhookEvent) -> Result<(), Unavailable>;
}

/// Which deliveries to claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookClaim {
    /// The current instant.
    pub now: DateTime<Utc>,
    /// When the claimed deliveries become due again unless their outcome is recorded.
    pub lease_until: DateTime<Utc>,
    /// The most deliveries.
    pub limit: usize,
    /// The most that one endpoint may have, with those under way.
    pub share: usize,
    /// The same for an endpoint whose last call failed.
    pub failing_share: usize,
    /// Calls under way by endpoint.
    pub under_way: Vec<(WebhookEndpointId, usize)>,
}

/// A call that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedCall {
    pub endpoint: EndpointKey,
    pub attempt: WebhookAttempt,
    pub outcome: DeliveryOutcome,
}

/// How an endpoint's calls have fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointFailures {
    /// Calls that failed since the last success.
    pub failures: i32,
    /// The first of them.
    pub failing_since: Option<DateTime<Utc>>,
}

/// The queue of what endpoints are told. Several processes may use it at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WebhookQueue: Send + Sync {
    /// Claims due deliveries of endpoints that are switched on, those first that have waited longest. Two
    /// claims MUST NOT return the same delivery before its lease ends. Endpoints MUST share the limit.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim_deliveries(&self, claim: WebhookClaim) -> Result<Vec<Delivery>, Unavailable>;

    /// When the next delivery is due.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>, Unavailable>;

    /// Records a call: a line of the log, and what follows from the outcome. Returns the endpoint's
    /// failures; `None` if there is no such endpoint any more.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn record(&self, call: EndedCall) -> Result<Option<EndpointFailures>, Unavailable>;

    /// Switches an endpoint off, with an entry in the audit log, and removes what waits for it. MUST do
    /// nothing and return `false` if the endpoint is off or its last call succeeded.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn switch_off(
        &self,
        endpoint: EndpointKey,
        why: SwitchOff,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable>;

    /// Returns once this process has stored an event for an endpoint.
    async fn told(&self);
}
