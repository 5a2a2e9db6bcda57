//! The examples of the operations on endpoints for events.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sms_application::NewEndpoint;
use sms_domain::ports::{AttemptResult, WebhookAttempt};
use sms_domain::values::ids::{OrganizationId, WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{EndpointSettings, SecretRef, WebhookEndpoint, WebhookKind};
use uuid::Uuid;

use super::example::{Answer, example};
use super::{
    WebhookAttemptList, WebhookEndpointList, WebhookEndpointResponse, WebhookEndpointWithSecret,
    WebhookReplayResponse, WebhookTestResponse,
};

const ENDPOINT: WebhookEndpointId = WebhookEndpointId::new(uuid(0xF1));
const EVENT: WebhookEventId = WebhookEventId::new(uuid(0xF2));

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x019a_b5f0_8c00_7000_8000_0000_0000_0000 | n)
}

/// The examples of an operation: of its request and of its answer.
pub(super) fn examples(operation_id: &str) -> (Option<Value>, Option<Answer>) {
    let secret = || example(WebhookEndpointWithSecret::from(&new()));
    let shown = || example(WebhookEndpointResponse::from(&endpoint()));
    match operation_id {
        "WebhookEndpoints_Create" => (Some(request()), secret()),
        "WebhookEndpoints_List" => {
            let items = vec![(&endpoint()).into()];
            (None, example(WebhookEndpointList { items }))
        }
        "WebhookEndpoints_Get" => (None, shown()),
        "WebhookEndpoints_Update" => (Some(request()), shown()),
        "WebhookEndpoints_RenewSecret" => (None, secret()),
        "WebhookEndpoints_Test" => (None, example(WebhookTestResponse::from(EVENT))),
        "WebhookEndpoints_Replay" => {
            let request = json!({ "since": noon() - TimeDelta::hours(2), "until": noon() });
            (Some(request), example(WebhookReplayResponse::from(17)))
        }
        "WebhookEndpoints_Attempts" => {
            let items = vec![(&attempt()).into()];
            (None, example(WebhookAttemptList { items }))
        }
        _ => (None, None),
    }
}

fn request() -> Value {
    json!({
        "url": "https://hooks.acme.example/sms",
        "description": "CRM",
        "events": ["message.status", "message.received"],
        "enabled": true,
    })
}

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_764_000_000)
}

fn endpoint() -> WebhookEndpoint {
    WebhookEndpoint {
        organization_id: OrganizationId::new(uuid(0xA1)),
        id: ENDPOINT,
        settings: EndpointSettings {
            url: "https://hooks.acme.example/sms".to_owned(),
            description: Some("CRM".to_owned()),
            kinds: vec![WebhookKind::MessageStatus, WebhookKind::MessageReceived],
            is_enabled: true,
        },
        secret: SecretRef {
            endpoint_id: ENDPOINT,
            generation: 1,
            key_mark: 0,
        },
        created_at: noon(),
        modified_at: noon(),
        failures: 0,
        failing_since: None,
        switched_off: None,
    }
}

fn new() -> NewEndpoint {
    NewEndpoint {
        endpoint: endpoint(),
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=".to_owned(),
    }
}

fn attempt() -> WebhookAttempt {
    WebhookAttempt {
        event_id: EVENT,
        kind: WebhookKind::MessageStatus,
        at: noon(),
        number: 1,
        took_ms: 42,
        status: Some(503),
        fault: None,
        result: AttemptResult::Again,
        next_at: Some(noon() + TimeDelta::seconds(5)),
    }
}
