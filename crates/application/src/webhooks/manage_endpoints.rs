//! An organization's endpoints: making, changing and removing them, what they were told, and telling it
//! again.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_domain::ports::{
    Clock, EndpointChange, EndpointKey, IdGenerator, OutboundCalls, ReplayedEvents, Unavailable,
    WebhookAttempt, WebhookEndpoints, WebhookSecrets,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{
    EndpointSettings, SecretRef, WebhookEndpoint, WebhookEvent, replayed_span,
};

use crate::send::FieldError;

/// The most calls that a look at the log shows.
const MOST_ATTEMPTS: usize = 100;

/// The most events of one replay.
const MOST_REPLAYED: usize = 10_000;

/// An endpoint with its secret, which is shown only now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    pub endpoint: WebhookEndpoint,
    /// `whsec_…`.
    pub secret: String,
}

/// Which events to post again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayRequest {
    /// One event.
    One(WebhookEventId),
    /// The events from an instant until before another; `None` = now.
    Since(DateTime<Utc>, Option<DateTime<Utc>>),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The organization has no such endpoint.
    #[error("the organization has no such endpoint")]
    Unknown,
    /// Invalid fields.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The operations on endpoints.
#[async_trait]
pub trait EndpointService: Send + Sync {
    /// Makes an endpoint.
    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: EndpointSettings,
        by: Actor,
    ) -> Result<NewEndpoint, EndpointError>;

    /// All endpoints, oldest first.
    async fn list(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, EndpointError>;

    /// One endpoint.
    async fn get(&self, endpoint: EndpointKey) -> Result<WebhookEndpoint, EndpointError>;

    /// Replaces an endpoint's settings.
    async fn update(
        &self,
        endpoint: EndpointKey,
        settings: EndpointSettings,
        by: Actor,
    ) -> Result<WebhookEndpoint, EndpointError>;

    /// Gives an endpoint another secret.
    async fn renew_secret(
        &self,
        endpoint: EndpointKey,
        by: Actor,
    ) -> Result<NewEndpoint, EndpointError>;

    /// Removes an endpoint with all that waits for it.
    async fn remove(&self, endpoint: EndpointKey, by: Actor) -> Result<(), EndpointError>;

    /// Calls before an instant, newest first, 100 at most.
    async fn attempts(
        &self,
        endpoint: EndpointKey,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<WebhookAttempt>, EndpointError>;

    /// Posts events again, 10,000 at most; returns how many.
    async fn replay(
        &self,
        endpoint: EndpointKey,
        request: ReplayRequest,
        by: Actor,
    ) -> Result<usize, EndpointError>;

    /// Posts a test event, and returns its id.
    async fn test(&self, endpoint: EndpointKey) -> Result<WebhookEventId, EndpointError>;
}

/// Manages endpoints.
#[derive(Clone)]
pub struct ManageEndpoints {
    /// The store.
    pub endpoints: Arc<dyn WebhookEndpoints>,
    /// What URLs may be called.
    pub calls: Arc<dyn OutboundCalls>,
    /// The secrets of endpoints.
    pub secrets: Arc<dyn WebhookSecrets>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdGenerator>,
}

#[async_trait]
impl EndpointService for ManageEndpoints {
    async fn create(
        &self,
        organization_id: OrganizationId,
        settings: EndpointSettings,
        by: Actor,
    ) -> Result<NewEndpoint, EndpointError> {
        self.check(&settings)?;
        let (id, now) = (WebhookEndpointId::new(self.ids.uuid()), self.clock.now());
        let endpoint = WebhookEndpoint {
            organization_id,
            id,
            settings,
            secret: SecretRef {
                endpoint_id: id,
                generation: 1,
                key_mark: self.secrets.newest_key(),
            },
            created_at: now,
            modified_at: now,
            failures: 0,
            failing_since: None,
            switched_off: None,
        };
        if !self.endpoints.add(endpoint.clone(), &by).await? {
            let most = WebhookEndpoint::MOST;
            let message = format!("the organization has {most} endpoints already");
            return Err(invalid("url", message));
        }
        self.with_secret(endpoint)
    }

    async fn list(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, EndpointError> {
        Ok(self.endpoints.all(organization_id).await?)
    }

    async fn get(&self, endpoint: EndpointKey) -> Result<WebhookEndpoint, EndpointError> {
        let found = self.endpoints.one(endpoint).await?;
        found.ok_or(EndpointError::Unknown)
    }

    async fn update(
        &self,
        endpoint: EndpointKey,
        settings: EndpointSettings,
        by: Actor,
    ) -> Result<WebhookEndpoint, EndpointError> {
        self.check(&settings)?;
        let (change, now) = (EndpointChange::Settings(settings), self.clock.now());
        let changed = self.endpoints.change(endpoint, change, now, &by).await?;
        changed.ok_or(EndpointError::Unknown)
    }

    async fn renew_secret(
        &self,
        endpoint: EndpointKey,
        by: Actor,
    ) -> Result<NewEndpoint, EndpointError> {
        let before = self.get(endpoint).await?;
        let secret = SecretRef {
            generation: before.secret.generation.saturating_add(1),
            key_mark: self.secrets.newest_key(),
            ..before.secret
        };
        let (change, now) = (EndpointChange::Secret(secret), self.clock.now());
        let changed = self.endpoints.change(endpoint, change, now, &by).await?;
        self.with_secret(changed.ok_or(EndpointError::Unknown)?)
    }

    async fn remove(&self, endpoint: EndpointKey, by: Actor) -> Result<(), EndpointError> {
        let now = self.clock.now();
        let is_removed = self.endpoints.remove_endpoint(endpoint, now, &by).await?;
        is_removed.then_some(()).ok_or(EndpointError::Unknown)
    }

    async fn attempts(
        &self,
        endpoint: EndpointKey,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<WebhookAttempt>, EndpointError> {
        self.get(endpoint).await?;
        let attempts = self
            .endpoints
            .attempts(endpoint, before, MOST_ATTEMPTS)
            .await?;
        Ok(attempts)
    }

    async fn replay(
        &self,
        endpoint: EndpointKey,
        request: ReplayRequest,
        by: Actor,
    ) -> Result<usize, EndpointError> {
        let now = self.clock.now();
        let events = events_of(request, now)?;
        self.must_be_on(endpoint).await?;
        let count = self.endpoints.replay(endpoint, events, now, &by).await?;
        if count == 0 && matches!(events, ReplayedEvents::One(_)) {
            return Err(EndpointError::Invalid(vec![FieldError::unknown(
                "eventId", "event",
            )]));
        }
        Ok(count)
    }

    async fn test(&self, endpoint: EndpointKey) -> Result<WebhookEventId, EndpointError> {
        self.must_be_on(endpoint).await?;
        let event = WebhookEvent::test(endpoint.organization_id, endpoint.id, self.clock.now());
        let id = event.id;
        self.endpoints.tell(endpoint, event).await?;
        Ok(id)
    }
}

impl ManageEndpoints {
    fn check(&self, settings: &EndpointSettings) -> Result<(), EndpointError> {
        let checked = self.calls.check(&settings.url);
        checked.map_err(|fault| invalid("url", fault.to_string()))
    }

    fn with_secret(&self, endpoint: WebhookEndpoint) -> Result<NewEndpoint, EndpointError> {
        let secret = self.secrets.shown(&endpoint.secret);
        let secret = secret.ok_or_else(|| Unavailable("the newest key has no mark".into()))?;
        Ok(NewEndpoint { endpoint, secret })
    }

    async fn must_be_on(&self, endpoint: EndpointKey) -> Result<(), EndpointError> {
        if self.get(endpoint).await?.settings.is_enabled {
            return Ok(());
        }
        Err(invalid("id", "the endpoint is switched off".to_owned()))
    }
}

fn invalid(field: &'static str, message: String) -> EndpointError {
    EndpointError::Invalid(vec![FieldError::new(field, message)])
}

fn events_of(request: ReplayRequest, now: DateTime<Utc>) -> Result<ReplayedEvents, EndpointError> {
    let (since, until) = match request {
        ReplayRequest::One(id) => return Ok(ReplayedEvents::One(id)),
        ReplayRequest::Since(since, until) => {
            replayed_span(since, until, now).map_err(|fault| invalid("since", fault.to_string()))?
        }
    };
    Ok(ReplayedEvents::Between {
        since,
        until,
        limit: MOST_REPLAYED,
    })
}
