//! Endpoints for events: what the fake knows, and how it is shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_application::{EndpointError, EndpointService, NewEndpoint, ReplayRequest};
use sms_domain::ports::{AttemptResult, CallFault, EndpointKey, WebhookAttempt};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{EndpointSettings, SecretRef, SwitchOff, WebhookEndpoint, WebhookKind};
use sms_testkit::fixtures::{noon, organization_id};
use sms_testkit::sequential_uuid;

use crate::fakes::{FakeService, World};
use crate::operations::call;

const ENDPOINT: WebhookEndpointId = WebhookEndpointId::new(sequential_uuid(0xF1));
const EVENT: WebhookEventId = WebhookEventId::new(sequential_uuid(0xF2));

fn endpoint(settings: EndpointSettings) -> WebhookEndpoint {
    WebhookEndpoint {
        organization_id: organization_id(),
        id: ENDPOINT,
        settings,
        secret: SecretRef {
            endpoint_id: ENDPOINT,
            generation: 1,
            key_mark: 0,
        },
        created_at: noon(),
        modified_at: noon(),
        failures: 12,
        failing_since: Some(noon()),
        switched_off: Some((SwitchOff::Failing, noon())),
    }
}

fn settings() -> EndpointSettings {
    EndpointSettings {
        url: "https://hooks.acme.com/".to_owned(),
        description: None,
        kinds: vec![WebhookKind::MessageStatus],
        is_enabled: true,
    }
}

fn known(key: EndpointKey) -> Result<WebhookEndpoint, EndpointError> {
    assert_eq!(key.organization_id, organization_id());
    let is_known = key.id == ENDPOINT;
    is_known
        .then(|| endpoint(settings()))
        .ok_or(EndpointError::Unknown)
}

fn with_secret(endpoint: WebhookEndpoint) -> NewEndpoint {
    NewEndpoint {
        endpoint,
        secret: "whsec_c2VjcmV0".to_owned(),
    }
}

#[async_trait]
impl EndpointService for FakeService {
    async fn create(
        &self,
        organization: OrganizationId,
        settings: EndpointSettings,
        by: Actor,
    ) -> Result<NewEndpoint, EndpointError> {
        assert_eq!(organization, organization_id());
        assert_eq!(by.kind.as_str(), "key");
        self.up()?;
        Ok(with_secret(endpoint(settings)))
    }

    async fn list(
        &self,
        _organization: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, EndpointError> {
        Ok(vec![endpoint(settings())])
    }

    async fn get(&self, key: EndpointKey) -> Result<WebhookEndpoint, EndpointError> {
        known(key)
    }

    async fn update(
        &self,
        key: EndpointKey,
        settings: EndpointSettings,
        _by: Actor,
    ) -> Result<WebhookEndpoint, EndpointError> {
        known(key).map(|_| endpoint(settings))
    }

    async fn renew_secret(
        &self,
        key: EndpointKey,
        _by: Actor,
    ) -> Result<NewEndpoint, EndpointError> {
        known(key).map(with_secret)
    }

    async fn remove(&self, key: EndpointKey, _by: Actor) -> Result<(), EndpointError> {
        known(key).map(drop)
    }

    async fn attempts(
        &self,
        key: EndpointKey,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<WebhookAttempt>, EndpointError> {
        known(key)?;
        Ok(vec![WebhookAttempt {
            event_id: EVENT,
            kind: WebhookKind::Test,
            at: before.unwrap_or_else(noon),
            number: 2,
            took_ms: 15_000,
            status: None,
            fault: Some(CallFault::Timeout),
            result: AttemptResult::GivenUp,
            next_at: None,
        }])
    }

    async fn replay(
        &self,
        key: EndpointKey,
        request: ReplayRequest,
        _by: Actor,
    ) -> Result<usize, EndpointError> {
        known(key)?;
        Ok(match request {
            ReplayRequest::One(id) => usize::from(id == EVENT),
            ReplayRequest::Since(..) => 17,
        })
    }

    async fn test(&self, key: EndpointKey) -> Result<WebhookEventId, EndpointError> {
        known(key).map(|_| EVENT)
    }
}

fn path(rest: &str) -> String {
    format!("/webhooks/endpoints/{ENDPOINT}{rest}")
}

fn valid() -> Value {
    json!({ "url": "https://hooks.acme.com/", "events": ["message.status", "message.status"] })
}

#[tokio::test]
async fn a_new_endpoint_is_shown_with_its_secret_and_later_without() {
    let world = World::new();
    let made = call(&world, Method::POST, "/webhooks/endpoints", Some(valid())).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.body["secret"], "whsec_c2VjcmV0");
    assert_eq!(made.body["endpoint"]["events"], json!(["message.status"]));
    assert_eq!(made.body["endpoint"]["enabled"], true);
    let shown = call(&world, Method::GET, &path(""), None).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.body["switchedOffReason"], "failing");
    assert_eq!(shown.body.get("secret"), None);
    let listed = call(&world, Method::GET, "/webhooks/endpoints", None).await;
    assert_eq!(listed.body["items"], json!([shown.body]));
    let renewed = call(&world, Method::POST, &path("/secret"), None).await;
    assert_eq!(renewed.body["secret"], "whsec_c2VjcmV0");
    let removed = call(&world, Method::DELETE, &path(""), None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn calls_tests_and_replays_are_shown() {
    let world = World::new();
    let log = call(&world, Method::GET, &path("/attempts"), None).await;
    let attempt = &log.body["items"][0];
    assert_eq!(attempt["error"], "timeout");
    assert_eq!(attempt["statusCode"], Value::Null);
    assert_eq!(attempt["result"], "given_up");
    let earlier = path("/attempts?before=2026-03-01T00:00:00Z");
    let log = call(&world, Method::GET, &earlier, None).await;
    assert_eq!(log.body["items"][0]["at"], "2026-03-01T00:00:00Z");
    let test = call(&world, Method::POST, &path("/test"), None).await;
    assert_eq!(test.status, StatusCode::ACCEPTED);
    assert_eq!(test.body["eventId"], EVENT.to_string());
    for (body, events) in [
        (json!({ "eventId": EVENT }), "1"),
        (json!({ "since": "2026-03-01T00:00:00Z" }), "17"),
    ] {
        let replayed = call(&world, Method::POST, &path("/replay"), Some(body)).await;
        assert_eq!(replayed.status, StatusCode::ACCEPTED);
        let count = replayed.body["events"].to_string();
        assert_eq!(count.trim_matches('"'), events);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_field() {
    let world = World::new();
    let long = "a".repeat(201);
    for (set, field) in [
        (json!({ "url": null }), "url"),
        (json!({ "url": 7 }), "url"),
        (json!({ "events": null }), "events"),
        (json!({ "events": [] }), "events"),
        (json!({ "events": ["webhook.test"] }), "events"),
        (json!({ "events": "message.status" }), "events"),
        (json!({ "enabled": null }), "enabled"),
        (json!({ "description": long }), "description"),
        (json!({ "description": "\u{1b}" }), "description"),
    ] {
        let mut body = valid();
        let members = set.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        let answer = call(&world, Method::POST, "/webhooks/endpoints", Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{set}");
        assert!(
            answer.body["errors"].get(field).is_some(),
            "{}",
            answer.body
        );
    }
    let both = json!({ "eventId": EVENT, "since": "2026-03-01T00:00:00Z" });
    for (body, field) in [
        (json!({}), "since"),
        (both, "eventId"),
        (json!({ "since": 1 }), "since"),
    ] {
        let answer = call(&world, Method::POST, &path("/replay"), Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(
            answer.body["errors"].get(field).is_some(),
            "{}",
            answer.body
        );
    }
    let bad = call(
        &world,
        Method::GET,
        &path("/attempts?before=yesterday"),
        None,
    )
    .await;
    assert!(bad.body["errors"].get("before").is_some(), "{}", bad.body);
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_404_and_its_path_is_shown() {
    let world = World::new();
    for id in [sequential_uuid(1).to_string(), "one".to_owned()] {
        let path = format!("/webhooks/endpoints/{id}");
        let answer = call(&world, Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.body["instance"], path);
    }
}
