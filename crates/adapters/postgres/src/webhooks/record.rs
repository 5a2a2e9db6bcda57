//! The record of calls, which concurrent callers share: a line of the log for each, and what follows for its
//! delivery and its endpoint.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{EndedCall, EndpointFailures, EndpointKey, Unavailable};
use uuid::Uuid;

use crate::coalescer::BatchHandler;
use crate::error::StoreError;
use crate::shared::Shared;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// An endpoint's row is written only if its calls begin to fail, go on failing, or succeed again.
    RecordCalls {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        endpoints: Array<SqlUuid> = Vec<Uuid>,
        events: Array<SqlUuid> = Vec<Uuid>,
        kinds: Array<Text> = Vec<String>,
        begun: Array<Timestamptz> = Vec<DateTime<Utc>>,
        numbers: Array<SmallInt> = Vec<i16>,
        took: Array<Integer> = Vec<i32>,
        statuses: Array<Nullable<SmallInt>> = Vec<Option<i16>>,
        faults: Array<Nullable<Text>> = Vec<Option<String>>,
        results: Array<Text> = Vec<String>,
        nexts: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
    } -> (SqlUuid, SqlUuid, Integer, Nullable<Timestamptz>);
    "WITH input AS MATERIALIZED (
         SELECT * FROM unnest($organizations, $endpoints, $events, $kinds, $begun, $numbers, $took,
             $statuses, $faults, $results, $nexts)
         AS input (organization_id, endpoint_id, event_id, kind, at, number, took_ms, status, fault,
             result, next_at)),
     done AS (
         DELETE FROM webhook_deliveries AS due USING input
         WHERE due.organization_id = input.organization_id
             AND due.endpoint_id = input.endpoint_id AND due.event_id = input.event_id
             AND input.next_at IS NULL),
     again AS (
         UPDATE webhook_deliveries AS due SET due_at = input.next_at, tries = input.number
         FROM input
         WHERE due.organization_id = input.organization_id
             AND due.endpoint_id = input.endpoint_id AND due.event_id = input.event_id
             AND input.next_at IS NOT NULL AND due.tries < input.number),
     logged AS (
         INSERT INTO webhook_attempts (organization_id, endpoint_id, event_id, kind, at, number,
             took_ms, status, fault, result, next_at)
         SELECT * FROM (SELECT organization_id, endpoint_id, event_id, kind, at, number, took_ms,
             status, fault, result, next_at FROM input) AS line
         ON CONFLICT DO NOTHING),
     sums AS MATERIALIZED (
         SELECT organization_id, endpoint_id, bool_or(result = 'taken') AS is_any_taken,
             (count(*) FILTER (WHERE result <> 'taken'))::integer AS failed,
             min(at) FILTER (WHERE result <> 'taken') AS first_failed
         FROM input GROUP BY organization_id, endpoint_id),
     changed AS (
         UPDATE webhook_endpoints AS endpoint SET
             failures = CASE WHEN sums.is_any_taken THEN 0 ELSE endpoint.failures + sums.failed END,
             failing_since = CASE WHEN NOT sums.is_any_taken
                 THEN coalesce(endpoint.failing_since, sums.first_failed) END
         FROM sums
         WHERE endpoint.organization_id = sums.organization_id AND endpoint.id = sums.endpoint_id
             AND (NOT sums.is_any_taken OR endpoint.failures > 0)
         RETURNING endpoint.organization_id, endpoint.id, endpoint.failures,
             endpoint.failing_since)
     SELECT sums.organization_id, sums.endpoint_id, coalesce(changed.failures, 0),
         changed.failing_since
     FROM sums
     JOIN webhook_endpoints AS endpoint ON endpoint.organization_id = sums.organization_id
         AND endpoint.id = sums.endpoint_id
     LEFT JOIN changed ON changed.organization_id = sums.organization_id
         AND changed.id = sums.endpoint_id"
}

/// Records the calls of concurrent callers.
pub(crate) struct EndedCalls(pub(crate) Arc<Shared>);

#[async_trait]
impl BatchHandler for EndedCalls {
    const NAME: &'static str = "webhook_calls";
    type Request = EndedCall;
    type Answer = Option<EndpointFailures>;
    const FULL: usize = 200;
    const ENOUGH: usize = 32;
    const AT_ONCE: usize = 2;

    fn weight(_: &EndedCall) -> usize {
        1
    }

    async fn handle(
        &self,
        calls: Vec<EndedCall>,
    ) -> Result<Vec<Option<EndpointFailures>>, Unavailable> {
        let mut connection = self.0.hot().await?;
        let recorded = record_calls(&calls).load(&mut connection).await;
        let rows: Vec<(Uuid, Uuid, i32, Option<DateTime<Utc>>)> =
            recorded.map_err(StoreError::from)?;
        let failures: HashMap<(Uuid, Uuid), EndpointFailures> = rows
            .into_iter()
            .map(|(organization, endpoint, failures, failing_since)| {
                let failures = EndpointFailures {
                    failures,
                    failing_since,
                };
                ((organization, endpoint), failures)
            })
            .collect();
        let of_call = |call: &EndedCall| {
            let EndpointKey {
                organization_id,
                id,
            } = call.endpoint;
            failures
                .get(&(organization_id.as_uuid(), id.as_uuid()))
                .copied()
        };
        Ok(calls.iter().map(of_call).collect())
    }
}

fn record_calls(calls: &[EndedCall]) -> RecordCalls {
    let attempts = || calls.iter().map(|call| &call.attempt);
    RecordCalls {
        organizations: (calls.iter())
            .map(|call| call.endpoint.organization_id.as_uuid())
            .collect(),
        endpoints: calls
            .iter()
            .map(|call| call.endpoint.id.as_uuid())
            .collect(),
        events: attempts().map(|one| one.event_id.as_uuid()).collect(),
        kinds: attempts().map(|one| one.kind.as_str().to_owned()).collect(),
        begun: attempts().map(|one| one.at).collect(),
        numbers: attempts().map(|one| one.number).collect(),
        took: attempts().map(|one| one.took_ms).collect(),
        statuses: attempts().map(|one| one.status).collect(),
        faults: attempts()
            .map(|one| one.fault.map(|fault| fault.as_str().to_owned()))
            .collect(),
        results: attempts()
            .map(|one| one.result.as_str().to_owned())
            .collect(),
        nexts: attempts().map(|one| one.next_at).collect(),
    }
}
