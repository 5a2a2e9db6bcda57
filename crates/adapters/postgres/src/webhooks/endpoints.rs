//! [`WebhookEndpoints`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension as _;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use sms_domain::ports::{
    AuditAction, AuditEntry, EndpointChange, EndpointKey, ReplayedEvents, Unavailable,
    WebhookAttempt, WebhookEndpoints,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::OrganizationId;
use sms_domain::webhooks::{WebhookEndpoint, WebhookEvent};
use uuid::Uuid;

use super::row::{ENDPOINT, EndpointRow, EndpointSql};
use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// So that two requests at once do not both find room.
    LockOrganization { organization: SqlUuid = Uuid } -> ();
    "SELECT FROM organizations WHERE id = $organization FOR NO KEY UPDATE"
}

statement! {
    AddEndpoint {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        url: Text = String,
        description: Nullable<Text> = Option<String>,
        kinds: Array<Text> = Vec<String>,
        is_enabled: Bool = bool,
        generation: Integer = i32,
        key_mark: BigInt = i64,
        at: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> ();
    "INSERT INTO webhook_endpoints
         (organization_id, id, url, description, kinds, is_enabled, secret_generation,
          secret_key_mark, created_at, modified_at)
     SELECT $organization, $id, $url, $description, $kinds, $is_enabled, $generation, $key_mark,
         $at, $at
     WHERE (SELECT count(*) FROM webhook_endpoints WHERE organization_id = $organization) < $most"
}

statement! {
    ListEndpoints { organization: SqlUuid = Uuid } -> EndpointSql;
    "SELECT ", ENDPOINT, " FROM webhook_endpoints WHERE organization_id = $organization
     ORDER BY created_at, id"
}

statement! {
    FindEndpoint { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> EndpointSql;
    "SELECT ", ENDPOINT, " FROM webhook_endpoints
     WHERE organization_id = $organization AND id = $id FOR NO KEY UPDATE"
}

statement! {
    /// Switching an endpoint on forgets its failures.
    ChangeSettings {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        url: Text = String,
        description: Nullable<Text> = Option<String>,
        kinds: Array<Text> = Vec<String>,
        is_enabled: Bool = bool,
        at: Timestamptz = DateTime<Utc>,
    } -> EndpointSql;
    "UPDATE webhook_endpoints SET url = $url, description = $description, kinds = $kinds,
         is_enabled = $is_enabled, modified_at = $at,
         failures = CASE WHEN $is_enabled AND NOT is_enabled THEN 0 ELSE failures END,
         failing_since = CASE WHEN $is_enabled AND NOT is_enabled THEN NULL ELSE failing_since END,
         switched_off = CASE WHEN $is_enabled THEN NULL ELSE switched_off END,
         switched_off_at = CASE WHEN $is_enabled THEN NULL ELSE switched_off_at END
     WHERE organization_id = $organization AND id = $id
     RETURNING ", ENDPOINT
}

statement! {
    ChangeSecret {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        generation: Integer = i32,
        key_mark: BigInt = i64,
        at: Timestamptz = DateTime<Utc>,
    } -> EndpointSql;
    "UPDATE webhook_endpoints SET secret_generation = $generation, secret_key_mark = $key_mark,
         modified_at = $at
     WHERE organization_id = $organization AND id = $id
     RETURNING ", ENDPOINT
}

statement! {
    RemoveEndpoint { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> ();
    "DELETE FROM webhook_endpoints WHERE organization_id = $organization AND id = $id"
}

statement! {
    /// An endpoint that is off or gone is told nothing.
    DropDeliveries { organization: SqlUuid = Uuid, endpoint: SqlUuid = Uuid } -> ();
    "DELETE FROM webhook_deliveries
     WHERE organization_id = $organization AND endpoint_id = $endpoint"
}

#[async_trait]
impl WebhookEndpoints for Pg {
    async fn add(&self, endpoint: WebhookEndpoint, by: &Actor) -> Result<bool, Unavailable> {
        let is_added = self.add_endpoint(&endpoint, by.clone()).await;
        self.0.listeners.forget();
        Ok(is_added?)
    }

    async fn all(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, Unavailable> {
        Ok(self.list_endpoints(organization_id).await?)
    }

    async fn one(&self, endpoint: EndpointKey) -> Result<Option<WebhookEndpoint>, Unavailable> {
        let mut connection = self.cold().await?;
        Ok(find(&mut connection, endpoint).await?)
    }

    async fn change(
        &self,
        endpoint: EndpointKey,
        change: EndpointChange,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<Option<WebhookEndpoint>, Unavailable> {
        let changed = self.change_endpoint(endpoint, change, at, by.clone()).await;
        self.0.listeners.forget();
        Ok(changed?)
    }

    async fn remove_endpoint(
        &self,
        endpoint: EndpointKey,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable> {
        let is_removed = self.delete_endpoint(endpoint, at, by.clone()).await;
        self.0.listeners.forget();
        Ok(is_removed?)
    }

    async fn attempts(
        &self,
        endpoint: EndpointKey,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<WebhookAttempt>, Unavailable> {
        Ok(self.list_attempts(endpoint, before, limit).await?)
    }

    async fn replay(
        &self,
        endpoint: EndpointKey,
        events: ReplayedEvents,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<usize, Unavailable> {
        Ok(self.replay_events(endpoint, events, at, by.clone()).await?)
    }

    async fn tell(&self, endpoint: EndpointKey, event: WebhookEvent) -> Result<(), Unavailable> {
        Ok(self.tell_one(endpoint, &event).await?)
    }
}

impl Pg {
    async fn add_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        by: Actor,
    ) -> Result<bool, StoreError> {
        let organization = endpoint.organization_id.as_uuid();
        let statement = AddEndpoint {
            organization,
            id: endpoint.id.as_uuid(),
            url: endpoint.settings.url.clone(),
            description: endpoint.settings.description.clone(),
            kinds: kinds(&endpoint.settings.kinds),
            is_enabled: endpoint.settings.is_enabled,
            generation: endpoint.secret.generation,
            key_mark: endpoint.secret.key_mark,
            at: endpoint.created_at,
            most: i64::try_from(WebhookEndpoint::MOST).unwrap_or(i64::MAX),
        };
        let (at, action) = (endpoint.created_at, AuditAction::WebhookCreated);
        let entry = entry(key(endpoint), action, at, by).changed(None, Some(shown(endpoint)));
        let mut connection = self.cold().await?;
        connection
            .transaction(async |connection| {
                LockOrganization { organization }
                    .execute(connection)
                    .await?;
                if statement.execute(connection).await? == 0 {
                    return Ok(false);
                }
                audit_log::record(connection, entry).await?;
                Ok(true)
            })
            .await
    }

    async fn list_endpoints(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let mut connection = self.cold().await?;
        let statement = ListEndpoints {
            organization: organization_id.as_uuid(),
        };
        let rows: Vec<EndpointRow> = statement.load(&mut connection).await?;
        let endpoints: Result<_, _> = rows.into_iter().map(WebhookEndpoint::try_from).collect();
        Ok(endpoints?)
    }

    async fn change_endpoint(
        &self,
        endpoint: EndpointKey,
        change: EndpointChange,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let mut connection = self.cold().await?;
        connection
            .transaction(async |connection| {
                let Some(before) = find(connection, endpoint).await? else {
                    return Ok(None);
                };
                let row = apply(connection, endpoint, change, at).await?;
                let after = WebhookEndpoint::try_from(row)?;
                if !after.settings.is_enabled {
                    drop_deliveries(connection, endpoint).await?;
                }
                let entry = entry(endpoint, AuditAction::WebhookChanged, at, by)
                    .changed(Some(shown(&before)), Some(shown(&after)));
                audit_log::record(connection, entry).await?;
                Ok(Some(after))
            })
            .await
    }

    async fn delete_endpoint(
        &self,
        endpoint: EndpointKey,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        connection
            .transaction(async |connection| {
                let Some(before) = find(connection, endpoint).await? else {
                    return Ok(false);
                };
                let statement = RemoveEndpoint {
                    organization: endpoint.organization_id.as_uuid(),
                    id: endpoint.id.as_uuid(),
                };
                statement.execute(connection).await?;
                drop_deliveries(connection, endpoint).await?;
                let entry = entry(endpoint, AuditAction::WebhookRemoved, at, by)
                    .changed(Some(shown(&before)), None);
                audit_log::record(connection, entry).await?;
                Ok(true)
            })
            .await
    }
}

/// The endpoint, whose row is locked until the end of the transaction.
pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    endpoint: EndpointKey,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let statement = FindEndpoint {
        organization: endpoint.organization_id.as_uuid(),
        id: endpoint.id.as_uuid(),
    };
    let row: Option<EndpointRow> = statement.get_result(connection).await.optional()?;
    Ok(row.map(WebhookEndpoint::try_from).transpose()?)
}

pub(super) async fn drop_deliveries(
    connection: &mut AsyncPgConnection,
    endpoint: EndpointKey,
) -> Result<(), StoreError> {
    let statement = DropDeliveries {
        organization: endpoint.organization_id.as_uuid(),
        endpoint: endpoint.id.as_uuid(),
    };
    statement.execute(connection).await?;
    Ok(())
}

async fn apply(
    connection: &mut AsyncPgConnection,
    endpoint: EndpointKey,
    change: EndpointChange,
    at: DateTime<Utc>,
) -> Result<EndpointRow, StoreError> {
    let (organization, id) = (endpoint.organization_id.as_uuid(), endpoint.id.as_uuid());
    let row = match change {
        EndpointChange::Settings(settings) => {
            let statement = ChangeSettings {
                organization,
                id,
                url: settings.url,
                description: settings.description,
                kinds: kinds(&settings.kinds),
                is_enabled: settings.is_enabled,
                at,
            };
            statement.get_result(connection).await?
        }
        EndpointChange::Secret(secret) => {
            let statement = ChangeSecret {
                organization,
                id,
                generation: secret.generation,
                key_mark: secret.key_mark,
                at,
            };
            statement.get_result(connection).await?
        }
    };
    Ok(row)
}

fn kinds(kinds: &[sms_domain::webhooks::WebhookKind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.as_str().to_owned()).collect()
}

const fn key(endpoint: &WebhookEndpoint) -> EndpointKey {
    EndpointKey {
        organization_id: endpoint.organization_id,
        id: endpoint.id,
    }
}

pub(super) fn entry(
    endpoint: EndpointKey,
    action: AuditAction,
    at: DateTime<Utc>,
    by: Actor,
) -> AuditEntry {
    let target = endpoint.id.to_string();
    AuditEntry::of(endpoint.organization_id, by, at, action, target)
}

/// An endpoint in the audit log. The query of its URL may hold a secret.
pub(super) fn shown(endpoint: &WebhookEndpoint) -> Value {
    let settings = &endpoint.settings;
    let url = settings.url.split('?').next().unwrap_or_default();
    json!({
        "url": url,
        "events": settings.kinds,
        "enabled": settings.is_enabled,
        "secret": endpoint.secret.generation,
        "switchedOff": endpoint.switched_off.map(|(why, _)| why),
    })
}
