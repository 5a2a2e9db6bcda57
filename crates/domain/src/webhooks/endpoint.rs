//! An address of an organization that is told of events.

use chrono::{DateTime, Utc};

use super::WebhookKind;
use crate::values::ids::{OrganizationId, WebhookEndpointId};
use crate::values::wire::wire_enum;

wire_enum! {
    /// Why we switched an endpoint off.
    SwitchOff {
        /// Every call has failed for five days.
        Failing = "failing",
        /// The receiver answered that it is gone for good (410).
        Gone = "gone",
    }
}

/// Which secret an endpoint has. The secret itself is derived from it and from a key of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretRef {
    pub endpoint_id: WebhookEndpointId,
    /// Grows by one with every new secret of the endpoint, from 1.
    pub generation: i32,
    /// The mark of the installation's key that it is derived from.
    pub key_mark: i64,
}

/// What an organization says of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSettings {
    /// Where events are posted to.
    pub url: String,
    /// A note for people, at most 200 characters.
    pub description: Option<String>,
    /// The kinds of events, at least one, each once.
    pub kinds: Vec<WebhookKind>,
    /// Whether events are posted.
    pub is_enabled: bool,
}

/// An address of an organization that is told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub organization_id: OrganizationId,
    pub id: WebhookEndpointId,
    pub settings: EndpointSettings,
    pub secret: SecretRef,
    pub created_at: DateTime<Utc>,
    /// When its owner last changed it.
    pub modified_at: DateTime<Utc>,
    /// Calls that failed since the last success.
    pub failures: i32,
    /// The first of them.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why and when we switched it off; its owner may switch it on again.
    pub switched_off: Option<(SwitchOff, DateTime<Utc>)>,
}

impl WebhookEndpoint {
    /// The most endpoints of an organization.
    pub const MOST: usize = 20;
}
