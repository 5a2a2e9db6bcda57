//! Rows of endpoints, deliveries and the log, as the domain has them.

use chrono::{DateTime, Utc};
use diesel::Queryable;
use diesel::sql_types::{Array, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use sms_domain::ports::WebhookAttempt;
use sms_domain::values::ids::{MessageId, OrganizationId, WebhookEndpointId, WebhookEventId};
use sms_domain::webhooks::{Delivery, EndpointSettings, SecretRef, WebhookEndpoint, WebhookEvent};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, RowRef};

type SqlUuid = diesel::sql_types::Uuid;
type BigInt = diesel::sql_types::BigInt;

/// The columns of an endpoint, in the order of [`EndpointRow`].
pub(super) const ENDPOINT: &str = "organization_id, id, url, description, kinds, is_enabled, \
    secret_generation, secret_key_mark, created_at, modified_at, failures, failing_since, \
    switched_off, switched_off_at";

pub(super) type EndpointSql = (
    SqlUuid,
    SqlUuid,
    Text,
    Nullable<Text>,
    Array<Text>,
    Bool,
    Integer,
    BigInt,
    Timestamptz,
    Timestamptz,
    Integer,
    Nullable<Timestamptz>,
    Nullable<Text>,
    Nullable<Timestamptz>,
);

#[derive(Debug, Queryable)]
pub(super) struct EndpointRow {
    organization_id: Uuid,
    id: Uuid,
    url: String,
    description: Option<String>,
    kinds: Vec<String>,
    is_enabled: bool,
    secret_generation: i32,
    secret_key_mark: i64,
    created_at: DateTime<Utc>,
    modified_at: DateTime<Utc>,
    failures: i32,
    failing_since: Option<DateTime<Utc>>,
    switched_off: Option<String>,
    switched_off_at: Option<DateTime<Utc>>,
}

impl TryFrom<EndpointRow> for WebhookEndpoint {
    type Error = ImpossibleRow;

    fn try_from(row: EndpointRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "webhook_endpoints",
            id: row.id,
        };
        let kinds: Result<_, _> = (row.kinds.iter())
            .map(|kind| reading.name("kinds", kind))
            .collect();
        let why = row.switched_off.as_deref();
        let why = why
            .map(|why| reading.name("switched_off", why))
            .transpose()?;
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            id: WebhookEndpointId::new(row.id),
            settings: EndpointSettings {
                url: row.url,
                description: row.description,
                kinds: kinds?,
                is_enabled: row.is_enabled,
            },
            secret: SecretRef {
                endpoint_id: WebhookEndpointId::new(row.id),
                generation: row.secret_generation,
                key_mark: row.secret_key_mark,
            },
            created_at: row.created_at,
            modified_at: row.modified_at,
            failures: row.failures,
            failing_since: row.failing_since,
            switched_off: why.zip(row.switched_off_at),
        })
    }
}

pub(super) type ClaimedSql = (
    (SqlUuid, SqlUuid, Text, Integer, BigInt, SmallInt),
    (
        SqlUuid,
        Text,
        Timestamptz,
        Nullable<SqlUuid>,
        Nullable<Integer>,
        Text,
    ),
);

/// The endpoint, and how often it was called.
type CalledRow = (Uuid, Uuid, String, i32, i64, i16);
type EventRow = (
    Uuid,
    String,
    DateTime<Utc>,
    Option<Uuid>,
    Option<i32>,
    String,
);
pub(super) type ClaimedRow = (CalledRow, EventRow);

pub(super) fn delivery((called, event): ClaimedRow) -> Result<Delivery, ImpossibleRow> {
    let (organization_id, endpoint_id, url, generation, key_mark, tries) = called;
    let (id, kind, at, message_id, number, data) = event;
    let reading = RowRef {
        table: "webhook_events",
        id,
    };
    let (organization_id, endpoint_id) = (
        OrganizationId::new(organization_id),
        WebhookEndpointId::new(endpoint_id),
    );
    let data = serde_json::from_str(&data);
    Ok(Delivery {
        organization_id,
        endpoint_id,
        url,
        secret: SecretRef {
            endpoint_id,
            generation,
            key_mark,
        },
        event: WebhookEvent {
            organization_id,
            id: WebhookEventId::new(id),
            kind: reading.name("kind", &kind)?,
            at,
            message_id: message_id.map(MessageId::new),
            data: data.map_err(|error| reading.impossible("data", error.to_string()))?,
        },
        number,
        tries,
    })
}

pub(super) type AttemptSql = (
    (SqlUuid, Text, Timestamptz, SmallInt, Integer),
    (
        Nullable<SmallInt>,
        Nullable<Text>,
        Text,
        Nullable<Timestamptz>,
    ),
);
type CallRow = (Uuid, String, DateTime<Utc>, i16, i32);
type ResultRow = (Option<i16>, Option<String>, String, Option<DateTime<Utc>>);
pub(super) type AttemptRow = (CallRow, ResultRow);

pub(super) fn attempt((call, answer): AttemptRow) -> Result<WebhookAttempt, ImpossibleRow> {
    let (event_id, kind, at, number, took_ms) = call;
    let (status, fault, result, next_at) = answer;
    let reading = RowRef {
        table: "webhook_attempts",
        id: event_id,
    };
    let fault = fault.as_deref();
    Ok(WebhookAttempt {
        event_id: WebhookEventId::new(event_id),
        kind: reading.name("kind", &kind)?,
        at,
        number,
        took_ms,
        status,
        fault: fault
            .map(|fault| reading.name("fault", fault))
            .transpose()?,
        result: reading.name("result", &result)?,
        next_at,
    })
}
