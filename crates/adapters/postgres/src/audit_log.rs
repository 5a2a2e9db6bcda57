//! [`AuditLog`] on Postgres, and the step by which other transactions write it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::ports::{AuditEntry, AuditLog, AuditQuery, AuditRecord, Unavailable};
use sms_domain::values::Actor;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    Record {
        at: Timestamptz = DateTime<Utc>,
        organization: Nullable<SqlUuid> = Option<Uuid>,
        kind: Text = String,
        actor: Text = String,
        origin: Text = String,
        action: Text = String,
        target: Text = String,
        before: Nullable<Jsonb> = Option<Value>,
        after: Nullable<Jsonb> = Option<Value>,
    } -> ();
    "INSERT INTO audit_log
         (at, organization_id, actor_kind, actor, origin, action, target, before, after)
     VALUES ($at, $organization, $kind, $actor, $origin, $action, $target, $before, $after)"
}

type Written = (BigInt, Timestamptz, Nullable<SqlUuid>, Text);
type By = (Text, Text, Text);
type Change = (Text, Nullable<Jsonb>, Nullable<Jsonb>);
type WrittenRow = (i64, DateTime<Utc>, Option<Uuid>, String);
type ByRow = (String, String, String);
type ChangeRow = (String, Option<Value>, Option<Value>);

statement! {
    List {
        since: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        organization: Nullable<SqlUuid> = Option<Uuid>,
        after: BigInt = i64,
        most: BigInt = i64,
    } -> (Written, By, Change);
    "SELECT id, at, organization_id, action, actor_kind, actor, origin, target, before, after
     FROM audit_log
     WHERE id > $after AND ($since IS NULL OR at >= $since)
         AND ($organization IS NULL OR organization_id = $organization)
     ORDER BY id LIMIT $most"
}

/// Writes an entry in the transaction of the change.
pub(crate) async fn record(
    mut connection: &AsyncPgConnection,
    entry: AuditEntry,
) -> QueryResult<()> {
    let statement = Record {
        at: entry.at,
        organization: entry.organization_id.map(OrganizationId::as_uuid),
        kind: entry.actor.kind.as_str().to_owned(),
        actor: entry.actor.name,
        origin: entry.actor.origin,
        action: entry.action.as_str().to_owned(),
        target: entry.target,
        before: entry.before,
        after: entry.after,
    };
    statement.execute(&mut connection).await?;
    Ok(())
}

#[async_trait]
impl AuditLog for Pg {
    async fn list_audit(&self, query: AuditQuery) -> Result<Vec<AuditRecord>, Unavailable> {
        Ok(self.audit_records(query).await?)
    }
}

impl Pg {
    async fn audit_records(&self, query: AuditQuery) -> Result<Vec<AuditRecord>, StoreError> {
        let mut connection = self.cold().await?;
        let statement = List {
            since: query.since,
            organization: query.organization_id.map(OrganizationId::as_uuid),
            after: query.after,
            most: i64::try_from(query.limit).unwrap_or(i64::MAX),
        };
        let rows: Vec<(WrittenRow, ByRow, ChangeRow)> = statement.load(&mut connection).await?;
        let records: Result<_, _> = rows.into_iter().map(read).collect();
        Ok(records?)
    }
}

fn read(row: (WrittenRow, ByRow, ChangeRow)) -> Result<AuditRecord, ImpossibleRow> {
    let ((id, at, organization, action), (kind, name, origin), (target, before, after)) = row;
    let reading = RowRef {
        table: "audit_log",
        id: organization.unwrap_or_default(),
    };
    Ok(AuditRecord {
        id,
        entry: AuditEntry {
            at,
            organization_id: organization.map(OrganizationId::new),
            actor: Actor {
                kind: reading.name("actor_kind", &kind)?,
                name,
                origin,
            },
            action: reading.name("action", &action)?,
            target,
            before,
            after,
        },
    })
}
