//! [`WebhookQueue`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};
use sms_domain::ports::{
    AuditAction, EndedCall, EndpointFailures, EndpointKey, Unavailable, WebhookClaim, WebhookQueue,
};
use sms_domain::values::Actor;
use sms_domain::webhooks::{Delivery, SwitchOff, WebhookEndpoint};
use uuid::Uuid;

use super::endpoints::{drop_deliveries, entry, find, shown};
use super::row::{ClaimedRow, ClaimedSql, delivery};
use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Of each endpoint with room, its oldest due deliveries, at most an equal share of the limit. A delivery
    /// whose event is no longer kept is removed.
    ClaimDeliveries {
        now: Timestamptz = DateTime<Utc>,
        lease_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
        share: BigInt = i64,
        failing_share: BigInt = i64,
        busy: Array<SqlUuid> = Vec<Uuid>,
        calls: Array<BigInt> = Vec<i64>,
    } -> ClaimedSql;
    "WITH rooms AS MATERIALIZED (
         SELECT endpoint.organization_id, endpoint.id, endpoint.url, endpoint.secret_generation,
             endpoint.secret_key_mark, oldest.due_at,
             CASE WHEN endpoint.failures > 0 THEN $failing_share ELSE $share END
                 - coalesce(busy.calls, 0) AS room
         FROM webhook_endpoints AS endpoint
         CROSS JOIN LATERAL (
             SELECT waiting.due_at FROM webhook_deliveries AS waiting
             WHERE waiting.organization_id = endpoint.organization_id
                 AND waiting.endpoint_id = endpoint.id AND waiting.due_at <= $now
             ORDER BY waiting.due_at LIMIT 1) AS oldest
         LEFT JOIN unnest($busy, $calls) AS busy (endpoint_id, calls)
             ON busy.endpoint_id = endpoint.id
         WHERE endpoint.is_enabled),
     open AS MATERIALIZED (
         SELECT * FROM rooms WHERE room > 0 ORDER BY due_at LIMIT $most),
     shares AS MATERIALIZED (
         SELECT open.*, least(room, greatest(1, $most / count(*) OVER ())) AS most FROM open),
     taken AS MATERIALIZED (
         SELECT shares.url, shares.secret_generation, shares.secret_key_mark, due.*
         FROM shares
         CROSS JOIN LATERAL (
             SELECT waiting.organization_id, waiting.endpoint_id, waiting.event_id
             FROM webhook_deliveries AS waiting
             WHERE waiting.organization_id = shares.organization_id
                 AND waiting.endpoint_id = shares.id AND waiting.due_at <= $now
             ORDER BY waiting.due_at LIMIT shares.most
             FOR UPDATE OF waiting SKIP LOCKED) AS due),
     forgotten AS (
         DELETE FROM webhook_deliveries AS lost USING taken
         WHERE lost.organization_id = taken.organization_id
             AND lost.endpoint_id = taken.endpoint_id AND lost.event_id = taken.event_id
             AND NOT EXISTS (
                 SELECT FROM webhook_events AS event
                 WHERE event.organization_id = taken.organization_id
                     AND event.id = taken.event_id))
     UPDATE webhook_deliveries AS leased SET due_at = $lease_until
     FROM taken
     JOIN webhook_events AS event
         ON event.organization_id = taken.organization_id AND event.id = taken.event_id
     WHERE leased.organization_id = taken.organization_id
         AND leased.endpoint_id = taken.endpoint_id AND leased.event_id = taken.event_id
     RETURNING taken.organization_id, taken.endpoint_id, taken.url, taken.secret_generation,
         taken.secret_key_mark, leased.tries,
         event.id, event.kind, event.at, event.message_id, event.number, event.data"
}

statement! {
    NextDelivery {} -> Nullable<Timestamptz>;
    "SELECT min(oldest.due_at) FROM webhook_endpoints AS endpoint
     CROSS JOIN LATERAL (
         SELECT waiting.due_at FROM webhook_deliveries AS waiting
         WHERE waiting.organization_id = endpoint.organization_id
             AND waiting.endpoint_id = endpoint.id
         ORDER BY waiting.due_at LIMIT 1) AS oldest
     WHERE endpoint.is_enabled"
}

statement! {
    SwitchOffEndpoint {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        why: Text = String,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE webhook_endpoints SET is_enabled = false, switched_off = $why, switched_off_at = $at
     WHERE organization_id = $organization AND id = $id"
}

#[async_trait]
impl WebhookQueue for Pg {
    async fn claim_deliveries(&self, claim: WebhookClaim) -> Result<Vec<Delivery>, Unavailable> {
        Ok(self.claim_webhooks(claim).await?)
    }

    async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        let mut connection = self.hot().await?;
        let next = NextDelivery {}.get_result(&mut connection).await;
        Ok(next.map_err(StoreError::from)?)
    }

    async fn record(&self, call: EndedCall) -> Result<Option<EndpointFailures>, Unavailable> {
        self.1.webhook_calls.ask(call).await
    }

    async fn switch_off(
        &self,
        endpoint: EndpointKey,
        why: SwitchOff,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable> {
        let is_off = self.switch_endpoint_off(endpoint, why, at).await;
        self.0.listeners.forget();
        Ok(is_off?)
    }

    async fn told(&self) {
        self.0.listeners.told().await;
    }
}

impl Pg {
    async fn claim_webhooks(&self, claim: WebhookClaim) -> Result<Vec<Delivery>, StoreError> {
        let integer = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (busy, calls) = (claim.under_way.iter())
            .map(|(id, calls)| (id.as_uuid(), integer(*calls)))
            .unzip();
        let statement = ClaimDeliveries {
            now: claim.now,
            lease_until: claim.lease_until,
            most: integer(claim.limit),
            share: integer(claim.share),
            failing_share: integer(claim.failing_share),
            busy,
            calls,
        };
        let mut connection = self.hot().await?;
        let rows: Vec<ClaimedRow> = statement.load(&mut connection).await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in rows {
            due.push(delivery(row)?);
        }
        due.sort_unstable_by_key(|delivery| delivery.event.id);
        Ok(due)
    }

    async fn switch_endpoint_off(
        &self,
        endpoint: EndpointKey,
        why: SwitchOff,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        connection
            .transaction(async |connection| {
                let Some(before) = find(connection, endpoint).await? else {
                    return Ok(false);
                };
                if !before.settings.is_enabled || before.failures == 0 {
                    return Ok(false);
                }
                let statement = SwitchOffEndpoint {
                    organization: endpoint.organization_id.as_uuid(),
                    id: endpoint.id.as_uuid(),
                    why: why.as_str().to_owned(),
                    at,
                };
                statement.execute(connection).await?;
                drop_deliveries(connection, endpoint).await?;
                let mut after: WebhookEndpoint = before.clone();
                after.settings.is_enabled = false;
                after.switched_off = Some((why, at));
                let by = Actor::system("webhooks");
                let entry = entry(endpoint, AuditAction::WebhookSwitchedOff, at, by)
                    .changed(Some(shown(&before)), Some(shown(&after)));
                audit_log::record(connection, entry).await?;
                Ok(true)
            })
            .await
    }
}
