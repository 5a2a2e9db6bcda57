//! [`SourceRepository`] on Postgres. A source and its keys change in one transaction.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel::sql_types::{Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::Source;
use sms_domain::law::RuleData;
use sms_domain::ports::{ApiKey, AuditEntry, SourceKey, SourceRepository, SourceView, Unavailable};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, SourceId};
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::keys::ApiKeyRow;
use crate::pg::Pg;
use crate::rows::SourceRow;
use crate::schema::{api_keys, sources};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;
type SqlInstant = Nullable<Timestamptz>;
type Instant = Option<DateTime<Utc>>;

statement! {
    /// What people look at beside a source.
    FindAround {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
    } -> (Text, Nullable<Text>, SqlInstant, SqlInstant, SqlInstant);
    "SELECT organizations.name, key.prefix, key.last_used_at,
         (SELECT min(received_at) FROM lead_intakes
          WHERE organization_id = $organization AND source_id = $id),
         (SELECT max(received_at) FROM lead_intakes
          WHERE organization_id = $organization AND source_id = $id)
     FROM organizations
     LEFT JOIN LATERAL (
         SELECT prefix, last_used_at FROM api_keys
         WHERE organization_id = $organization AND source_id = $id AND revoked_at IS NULL
         ORDER BY created_at DESC LIMIT 1) AS key ON true
     WHERE organizations.id = $organization"
}

#[async_trait]
impl SourceRepository for Pg {
    fn rules(&self) -> &'static RuleData {
        self.0.rules
    }

    async fn insert_source(
        &self,
        source: Source,
        key: SourceKey,
        by: &Actor,
    ) -> Result<SourceView, Unavailable> {
        let (pg, by) = (self.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let inserted = tokio::spawn(async move { pg.add_source(source, key, by).await });
        let inserted = inserted.await.map_err(StoreError::Task)?;
        // A message that names the source must find it.
        self.0.organizations.clear();
        Ok(inserted?)
    }

    async fn update_source(
        &self,
        source: Source,
        key: Option<SourceKey>,
        by: &Actor,
    ) -> Result<Option<SourceView>, Unavailable> {
        let (pg, by) = (self.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let updated = tokio::spawn(async move { pg.change_source(source, key, by).await });
        Ok(updated.await.map_err(StoreError::Task)??)
    }

    async fn delete_source(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable> {
        let (pg, by) = (self.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let deleted =
            tokio::spawn(async move { pg.remove_source(organization_id, id, at, by).await });
        Ok(deleted.await.map_err(StoreError::Task)??)
    }

    async fn find_source(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
    ) -> Result<Option<SourceView>, Unavailable> {
        Ok(self.source_view(organization_id, id).await?)
    }
}

impl Pg {
    async fn add_source(
        &self,
        source: Source,
        key: SourceKey,
        by: Actor,
    ) -> Result<SourceView, StoreError> {
        let mut connection = self.cold().await?;
        let added = connection.transaction(async |connection| {
            diesel::insert_into(sources::table)
                .values(&SourceRow::from(&source))
                .execute(connection)
                .await?;
            record(connection, None, Some(&source), source.created_at, &by).await?;
            insert_key(connection, key, &by).await?;
            view(connection, source).await
        });
        added.await
    }

    async fn change_source(
        &self,
        source: Source,
        key: Option<SourceKey>,
        by: Actor,
    ) -> Result<Option<SourceView>, StoreError> {
        let mut connection = self.cold().await?;
        let changed = connection.transaction(async |connection| {
            let (organization_id, id) = (source.organization_id, source.id);
            let Some(before) = lock(connection, organization_id, id).await? else {
                return Ok(None);
            };
            let after = Source {
                is_imported: before.is_imported,
                created_at: before.created_at,
                ..source
            };
            diesel::update(
                sources::table
                    .filter(sources::organization_id.eq(organization_id.as_uuid()))
                    .filter(sources::id.eq(id.as_uuid())),
            )
            .set(&SourceRow::from(&after))
            .execute(connection)
            .await?;
            let at = after.modified_at;
            if before.settings() != after.settings() {
                record(connection, Some(&before), Some(&after), at, &by).await?;
            }
            if let Some(key) = key {
                revoke_keys(connection, &before, key.key.created_at, &by).await?;
                insert_key(connection, key, &by).await?;
            }
            view(connection, after).await.map(Some)
        });
        changed.await
    }

    async fn remove_source(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let removed = connection.transaction(async |connection| {
            let Some(before) = lock(connection, organization_id, id).await? else {
                return Ok(false);
            };
            diesel::update(
                sources::table
                    .filter(sources::organization_id.eq(organization_id.as_uuid()))
                    .filter(sources::id.eq(id.as_uuid())),
            )
            .set(sources::deleted_at.eq(at))
            .execute(connection)
            .await?;
            record(connection, Some(&before), None, Some(at), &by).await?;
            revoke_keys(connection, &before, at, &by).await?;
            Ok(true)
        });
        removed.await
    }

    async fn source_view(
        &self,
        organization_id: OrganizationId,
        id: SourceId,
    ) -> Result<Option<SourceView>, StoreError> {
        let mut connection = self.cold().await?;
        match find(&mut connection, organization_id, id).await? {
            Some(source) => view(&mut connection, source).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A source that is not deleted.
pub(crate) async fn find(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    id: SourceId,
) -> Result<Option<Source>, StoreError> {
    let row: Option<SourceRow> = sources::table
        .filter(sources::organization_id.eq(organization_id.as_uuid()))
        .filter(sources::id.eq(id.as_uuid()))
        .filter(sources::deleted_at.is_null())
        .select(SourceRow::as_select())
        .get_result(connection)
        .await
        .optional()?;
    Ok(row.map(Source::try_from).transpose()?)
}

async fn lock(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    id: SourceId,
) -> Result<Option<Source>, StoreError> {
    let row: Option<SourceRow> = sources::table
        .filter(sources::organization_id.eq(organization_id.as_uuid()))
        .filter(sources::id.eq(id.as_uuid()))
        .filter(sources::deleted_at.is_null())
        .for_update()
        .select(SourceRow::as_select())
        .get_result(connection)
        .await
        .optional()?;
    Ok(row.map(Source::try_from).transpose()?)
}

async fn view(
    connection: &mut AsyncPgConnection,
    source: Source,
) -> Result<SourceView, StoreError> {
    let statement = FindAround {
        organization: source.organization_id.as_uuid(),
        id: source.id.as_uuid(),
    };
    let around: (String, Option<String>, Instant, Instant, Instant) =
        statement.get_result(connection).await?;
    let (organization_name, key_prefix, key_used_at, first_lead_at, last_lead_at) = around;
    Ok(SourceView {
        source,
        key_prefix,
        key_used_at,
        organization_name,
        first_lead_at,
        last_lead_at,
    })
}

async fn record(
    connection: &AsyncPgConnection,
    before: Option<&Source>,
    after: Option<&Source>,
    at: Option<DateTime<Utc>>,
    by: &Actor,
) -> Result<(), StoreError> {
    let entry = at.and_then(|at| AuditEntry::source(before, after, at, by.clone()));
    if let Some(entry) = entry {
        audit_log::record(connection, entry).await?;
    }
    Ok(())
}

async fn insert_key(
    connection: &mut AsyncPgConnection,
    key: SourceKey,
    by: &Actor,
) -> Result<(), StoreError> {
    let entry = AuditEntry::key_created(&key.key, by.clone());
    diesel::insert_into(api_keys::table)
        .values(&ApiKeyRow::new(key.hash, key.key))
        .execute(connection)
        .await?;
    audit_log::record(connection, entry).await?;
    Ok(())
}

async fn revoke_keys(
    connection: &mut AsyncPgConnection,
    source: &Source,
    at: DateTime<Utc>,
    by: &Actor,
) -> Result<(), StoreError> {
    let rows: Vec<ApiKeyRow> = diesel::update(
        api_keys::table
            .filter(api_keys::organization_id.eq(source.organization_id.as_uuid()))
            .filter(api_keys::source_id.eq(source.id.as_uuid()))
            .filter(api_keys::revoked_at.is_null()),
    )
    .set(api_keys::revoked_at.eq(at))
    .returning(ApiKeyRow::as_returning())
    .get_results(connection)
    .await?;
    for row in rows {
        let before = ApiKey {
            revoked_at: None,
            ..ApiKey::try_from(row)?
        };
        audit_log::record(connection, AuditEntry::key_revoked(&before, at, by.clone())).await?;
    }
    Ok(())
}
