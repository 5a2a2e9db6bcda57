//! What an endpoint was told, and telling it again.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::json;
use sms_domain::ports::{AuditAction, AuditEntry, EndpointKey, ReplayedEvents, WebhookAttempt};
use sms_domain::values::Actor;
use sms_domain::webhooks::WebhookEvent;
use uuid::Uuid;

use super::row::{AttemptRow, AttemptSql, attempt};
use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    ListAttempts {
        organization: SqlUuid = Uuid,
        endpoint: SqlUuid = Uuid,
        before: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        most: BigInt = i64,
    } -> AttemptSql;
    "SELECT event_id, kind, at, number, took_ms, status, fault, result, next_at
     FROM webhook_attempts
     WHERE organization_id = $organization AND endpoint_id = $endpoint
         AND at < coalesce($before, 'infinity')
     ORDER BY at DESC, event_id DESC LIMIT $most"
}

statement! {
    /// A delivery that waits for its next try begins anew. A single event may be of any kind.
    ReplayEvents {
        organization: SqlUuid = Uuid,
        endpoint: SqlUuid = Uuid,
        first: SqlUuid = Uuid,
        last: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> ();
    "INSERT INTO webhook_deliveries AS stored
         (organization_id, endpoint_id, event_id, due_at, tries)
     SELECT event.organization_id, endpoint.id, event.id, $at, 0
     FROM webhook_endpoints AS endpoint
     JOIN webhook_events AS event ON event.organization_id = endpoint.organization_id
         AND (event.kind = ANY (endpoint.kinds) OR $first = $last)
     WHERE endpoint.organization_id = $organization AND endpoint.id = $endpoint
         AND event.id >= $first AND event.id <= $last
     ORDER BY event.id LIMIT $most
     ON CONFLICT (organization_id, endpoint_id, event_id)
         DO UPDATE SET due_at = excluded.due_at, tries = 0"
}

statement! {
    TellOne {
        organization: SqlUuid = Uuid,
        endpoint: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        kind: Text = String,
        at: Timestamptz = DateTime<Utc>,
        data: Text = String,
    } -> ();
    "WITH told AS (
         INSERT INTO webhook_events (organization_id, id, kind, at, data)
         VALUES ($organization, $id, $kind, $at, $data)
         ON CONFLICT (organization_id, id) DO NOTHING)
     INSERT INTO webhook_deliveries (organization_id, endpoint_id, event_id, due_at, tries)
     VALUES ($organization, $endpoint, $id, $at, 0)
     ON CONFLICT DO NOTHING"
}

impl Pg {
    pub(super) async fn list_attempts(
        &self,
        endpoint: EndpointKey,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<WebhookAttempt>, StoreError> {
        let statement = ListAttempts {
            organization: endpoint.organization_id.as_uuid(),
            endpoint: endpoint.id.as_uuid(),
            before,
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let mut connection = self.cold().await?;
        let rows: Vec<AttemptRow> = statement.load(&mut connection).await?;
        let attempts: Result<_, _> = rows.into_iter().map(attempt).collect();
        Ok(attempts?)
    }

    pub(super) async fn replay_events(
        &self,
        endpoint: EndpointKey,
        events: ReplayedEvents,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<usize, StoreError> {
        let (first, last, limit) = range(events);
        let statement = ReplayEvents {
            organization: endpoint.organization_id.as_uuid(),
            endpoint: endpoint.id.as_uuid(),
            first,
            last,
            at,
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let mut connection = self.cold().await?;
        let count = connection
            .transaction(async |connection| {
                let count = statement.execute(connection).await?;
                if count > 0 {
                    audit_log::record(connection, entry(endpoint, events, count, at, by)).await?;
                }
                Ok::<_, StoreError>(count)
            })
            .await?;
        self.0.listeners.signal();
        Ok(count)
    }

    pub(super) async fn tell_one(
        &self,
        endpoint: EndpointKey,
        event: &WebhookEvent,
    ) -> Result<(), StoreError> {
        let statement = TellOne {
            organization: endpoint.organization_id.as_uuid(),
            endpoint: endpoint.id.as_uuid(),
            id: event.id.as_uuid(),
            kind: event.kind.as_str().to_owned(),
            at: event.at,
            data: event.data.to_string(),
        };
        let mut connection = self.cold().await?;
        statement.execute(&mut connection).await?;
        self.0.listeners.signal();
        Ok(())
    }
}

/// The first and the last id, and the most events.
fn range(events: ReplayedEvents) -> (Uuid, Uuid, usize) {
    match events {
        ReplayedEvents::One(id) => (id.as_uuid(), id.as_uuid(), 1),
        ReplayedEvents::Between {
            since,
            until,
            limit,
        } => {
            let (first, end) = WebhookEvent::ids_between(since, until);
            // No event has the id at the end itself, which has no version.
            (first.as_uuid(), end.as_uuid(), limit)
        }
    }
}

fn entry(
    endpoint: EndpointKey,
    events: ReplayedEvents,
    count: usize,
    at: DateTime<Utc>,
    by: Actor,
) -> AuditEntry {
    let asked = match events {
        ReplayedEvents::One(id) => json!({ "event": id }),
        ReplayedEvents::Between { since, until, .. } => json!({ "since": since, "until": until }),
    };
    let (action, target) = (AuditAction::WebhookReplayed, endpoint.id.to_string());
    let after = json!({ "asked": asked, "events": count });
    AuditEntry::of(endpoint.organization_id, by, at, action, target).changed(None, Some(after))
}
