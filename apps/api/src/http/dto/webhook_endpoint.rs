//! Endpoints for events, as their owner sees them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;
use sms_application::{NewEndpoint, ReplayRequest};
use sms_domain::ports::{AttemptResult, CallFault, WebhookAttempt};
use sms_domain::values::ids::{WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{EndpointSettings, SwitchOff, WebhookEndpoint, WebhookKind};

use super::wire::{Id, Integer, Name, Names};
use crate::http::payload::{Fields, FromFields, parse};

/// The longest note about an endpoint, in characters.
const LONGEST_NOTE: usize = 200;

impl Names for WebhookKind {
    fn names() -> Vec<&'static str> {
        let kinds = Self::ALL.iter().filter(|kind| kind.is_subscribable());
        kinds.map(|kind| kind.as_str()).collect()
    }
}

/// Where events are posted to, and which.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookEndpointRequest {
    /// An HTTPS URL on the public internet, without user name, password and fragment.
    pub(crate) url: String,
    /// A note for people, at most 200 characters.
    #[oai(nullable, validator(max_length = 200))]
    pub(crate) description: Option<String>,
    /// The kinds of events, at least one.
    #[oai(validator(min_items = 1))]
    pub(crate) events: Vec<Name<WebhookKind>>,
    /// Whether events are posted; by default true. What waits for an endpoint is dropped when it is
    /// switched off.
    pub(crate) enabled: Option<bool>,
}

impl FromFields for WebhookEndpointRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            url: fields.required("url", parse::string).unwrap_or_default(),
            description: fields.optional("description", note),
            events: fields.required("events", kinds).unwrap_or_default(),
            enabled: fields.absent_or("enabled", parse::boolean),
        }
    }
}

impl From<WebhookEndpointRequest> for EndpointSettings {
    fn from(request: WebhookEndpointRequest) -> Self {
        Self {
            url: request.url,
            description: request.description,
            kinds: request.events.into_iter().map(|Name(kind)| kind).collect(),
            is_enabled: request.enabled.unwrap_or(true),
        }
    }
}

fn note(raw: &str) -> Result<String, Cow<'static, str>> {
    let note = parse::string(raw)?;
    if note.chars().count() > LONGEST_NOTE {
        return Err(format!("must have at most {LONGEST_NOTE} characters").into());
    }
    if note.chars().any(char::is_control) {
        return Err("must not contain control characters".into());
    }
    Ok(note)
}

fn kinds(raw: &str) -> Result<Vec<Name<WebhookKind>>, Cow<'static, str>> {
    let names: Vec<String> = serde_json::from_str(raw).map_err(|_| "must be a list of strings")?;
    let mut kinds = Vec::new();
    for name in names {
        let known = WebhookKind::ALL.iter().copied();
        let mut known = known.filter(|kind| kind.is_subscribable());
        let Some(kind) = known.find(|kind| kind.as_str() == name) else {
            let all = WebhookKind::names().join(", ");
            return Err(format!("must be a list of {all}").into());
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        return Err("must name at least one kind".into());
    }
    Ok(kinds.into_iter().map(Name).collect())
}

/// An endpoint for events.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookEndpointResponse {
    /// The endpoint.
    pub(crate) id: Id<WebhookEndpointId>,
    /// Where events are posted to.
    pub(crate) url: String,
    /// A note for people.
    #[oai(nullable)]
    pub(crate) description: Option<String>,
    /// The kinds of events.
    pub(crate) events: Vec<Name<WebhookKind>>,
    /// Whether events are posted.
    pub(crate) enabled: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was last changed.
    pub(crate) modified_at: DateTime<Utc>,
    /// Calls that failed since the last success.
    pub(crate) consecutive_failures: Integer,
    /// The first of them. An endpoint whose calls fail for five days is switched off.
    #[oai(nullable)]
    pub(crate) failing_since: Option<DateTime<Utc>>,
    /// Why we switched it off: every call failed for five days, or one was answered with 410.
    #[oai(nullable)]
    pub(crate) switched_off_reason: Option<Name<SwitchOff>>,
    /// When we switched it off. Updating it with enabled = true switches it on again.
    #[oai(nullable)]
    pub(crate) switched_off_at: Option<DateTime<Utc>>,
}

impl Names for SwitchOff {
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|why| why.as_str()).collect()
    }
}

impl From<&WebhookEndpoint> for WebhookEndpointResponse {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        let (why, at) = endpoint.switched_off.unzip();
        let settings = &endpoint.settings;
        Self {
            id: Id(endpoint.id),
            url: settings.url.clone(),
            description: settings.description.clone(),
            events: settings.kinds.iter().copied().map(Name).collect(),
            enabled: settings.is_enabled,
            created_at: endpoint.created_at,
            modified_at: endpoint.modified_at,
            consecutive_failures: endpoint.failures.unsigned_abs().into(),
            failing_since: endpoint.failing_since,
            switched_off_reason: why.map(Name),
            switched_off_at: at,
        }
    }
}

/// An endpoint with its secret.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookEndpointWithSecret {
    /// The endpoint.
    pub(crate) endpoint: WebhookEndpointResponse,
    /// What calls are signed with, after Standard Webhooks. It is shown only now.
    pub(crate) secret: String,
}

impl From<&NewEndpoint> for WebhookEndpointWithSecret {
    fn from(new: &NewEndpoint) -> Self {
        Self {
            endpoint: (&new.endpoint).into(),
            secret: new.secret.clone(),
        }
    }
}

/// All endpoints of the organization.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct WebhookEndpointList {
    /// The endpoints, oldest first.
    pub(crate) items: Vec<WebhookEndpointResponse>,
}

/// One call.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookAttemptResponse {
    /// The event: the header webhook-id.
    pub(crate) event_id: Id<WebhookEventId>,
    /// The kind of the event.
    pub(crate) event: String,
    /// When the call began.
    pub(crate) at: DateTime<Utc>,
    /// The number of the call for the event, from 1.
    pub(crate) attempt: Integer,
    /// How long it took, in milliseconds.
    pub(crate) duration_ms: Integer,
    /// The HTTP status of the answer; null without an answer.
    #[oai(nullable)]
    pub(crate) status_code: Option<Integer>,
    /// Why there was no answer.
    #[oai(nullable)]
    pub(crate) error: Option<Name<CallFault>>,
    /// What followed: taken, again, given_up or gone.
    pub(crate) result: Name<AttemptResult>,
    /// When the event is posted again.
    #[oai(nullable)]
    pub(crate) next_attempt_at: Option<DateTime<Utc>>,
}

impl Names for CallFault {
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|fault| fault.as_str()).collect()
    }
}

impl Names for AttemptResult {
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|result| result.as_str()).collect()
    }
}

impl From<&WebhookAttempt> for WebhookAttemptResponse {
    fn from(attempt: &WebhookAttempt) -> Self {
        Self {
            event_id: Id(attempt.event_id),
            event: attempt.kind.to_string(),
            at: attempt.at,
            attempt: u32::from(attempt.number.unsigned_abs()).into(),
            duration_ms: attempt.took_ms.unsigned_abs().into(),
            status_code: attempt
                .status
                .map(|status| u32::from(status.unsigned_abs()).into()),
            error: attempt.fault.map(Name),
            result: Name(attempt.result),
            next_attempt_at: attempt.next_at,
        }
    }
}

/// Calls of an endpoint.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct WebhookAttemptList {
    /// The calls, newest first, 100 at most. Older ones come with before = the instant of the last.
    pub(crate) items: Vec<WebhookAttemptResponse>,
}

/// Which events to post again: one, or those of a span.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookReplayRequest {
    /// One event. Without it, since is required.
    #[oai(nullable)]
    pub(crate) event_id: Option<Id<WebhookEventId>>,
    /// The beginning of the span, at most 30 days ago.
    #[oai(nullable)]
    pub(crate) since: Option<DateTime<Utc>>,
    /// The end of the span, which is not part of it; by default now.
    #[oai(nullable)]
    pub(crate) until: Option<DateTime<Utc>>,
}

impl FromFields for WebhookReplayRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Self {
        let request = Self {
            event_id: fields.optional("eventId", parse::id).map(Id),
            since: fields.optional("since", parse::instant),
            until: fields.optional("until", parse::instant),
        };
        let is_span = request.since.is_some() || request.until.is_some();
        if request.event_id.is_some() && is_span {
            fields.reject("eventId", "must not be given together with since or until");
        }
        if request.event_id.is_none()
            && request.since.is_none()
            && !fields.is_rejected("eventId")
            && !fields.is_rejected("since")
        {
            fields.reject("since", "is required without eventId");
        }
        request
    }
}

impl WebhookReplayRequest {
    /// What is asked for; `None` if a fault was reported.
    pub(crate) fn request(&self) -> Option<ReplayRequest> {
        let span = || Some(ReplayRequest::Since(self.since?, self.until));
        self.event_id
            .map(|Id(id)| ReplayRequest::One(id))
            .or_else(span)
    }
}

/// How many events are posted again.
#[derive(Debug, Clone, Object, Serialize)]
pub(crate) struct WebhookReplayResponse {
    /// The number of events, 10,000 at most: if it is that, ask again from a later instant on.
    pub(crate) events: Integer,
}

impl From<usize> for WebhookReplayResponse {
    fn from(count: usize) -> Self {
        Self {
            events: u32::try_from(count).unwrap_or(u32::MAX).into(),
        }
    }
}

impl From<WebhookEventId> for WebhookTestResponse {
    fn from(id: WebhookEventId) -> Self {
        Self { event_id: Id(id) }
    }
}

/// A test event that is posted.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookTestResponse {
    /// The event; the list of attempts tells what became of it.
    pub(crate) event_id: Id<WebhookEventId>,
}
