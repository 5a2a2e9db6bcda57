//! [`ApiKeyRepository`] on Postgres.

mod find;
mod row;
mod touches;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use sms_domain::ports::{ApiKey, ApiKeyRepository, AuditEntry, Unavailable};
use sms_domain::values::Actor;
use sms_domain::values::ids::{ApiKeyId, OrganizationId};

pub(crate) use self::find::FindKeys;
pub(crate) use self::row::{ApiKeyRow, ApiKeySql, COLUMNS};
use self::touches::PRECISION;
pub(crate) use self::touches::Touches;
use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::schema::{api_keys, organizations};

#[async_trait]
impl ApiKeyRepository for Pg {
    async fn find(&self, hash: [u8; 32]) -> Result<Option<ApiKey>, Unavailable> {
        self.1.keys.ask(hash).await
    }

    async fn insert(&self, hash: [u8; 32], key: ApiKey, by: &Actor) -> Result<bool, Unavailable> {
        let (pg, by) = (self.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let inserted = tokio::spawn(async move { pg.insert_key(hash, key, by).await });
        Ok(inserted.await.map_err(StoreError::Task)??)
    }

    async fn list(&self, organization_id: OrganizationId) -> Result<Vec<ApiKey>, Unavailable> {
        Ok(self.list_keys(organization_id).await?)
    }

    async fn revoke(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<bool, Unavailable> {
        let (pg, by) = (self.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let revoked = tokio::spawn(async move { pg.revoke_key(organization_id, id, at, by).await });
        Ok(revoked.await.map_err(StoreError::Task)??)
    }

    async fn touch(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<(), Unavailable> {
        if self.0.touches.is_recent(id, at) {
            return Ok(());
        }
        self.touch_key(id, at).await?;
        self.0.touches.remember(id, at);
        Ok(())
    }
}

impl Pg {
    async fn insert_key(&self, hash: [u8; 32], key: ApiKey, by: Actor) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let organization = organizations::table.find(key.organization_id.as_uuid());
        if !select(exists(organization))
            .get_result::<bool>(&mut connection)
            .await?
        {
            return Ok(false);
        }
        let entry = AuditEntry::key_created(&key, by);
        let row = ApiKeyRow::new(hash, key);
        // Organizations are never removed.
        let inserted = connection.transaction(async |connection| {
            diesel::insert_into(api_keys::table)
                .values(&row)
                .execute(connection)
                .await?;
            audit_log::record(connection, entry).await
        });
        inserted.await?;
        Ok(true)
    }

    async fn list_keys(&self, organization_id: OrganizationId) -> Result<Vec<ApiKey>, StoreError> {
        let mut connection = self.cold().await?;
        let rows: Vec<ApiKeyRow> = api_keys::table
            .filter(api_keys::organization_id.eq(organization_id.as_uuid()))
            .order((api_keys::created_at, api_keys::id))
            .select(ApiKeyRow::as_select())
            .load(&mut connection)
            .await?;
        let keys: Result<_, _> = rows.into_iter().map(ApiKey::try_from).collect();
        Ok(keys?)
    }

    /// A second revocation keeps the time of the first.
    async fn revoke_key(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let revoked = connection.transaction(async |connection| {
            let keys = api_keys::table
                .filter(api_keys::organization_id.eq(organization_id.as_uuid()))
                .filter(api_keys::id.eq(id.as_uuid()));
            let row: Option<ApiKeyRow> = keys
                .for_update()
                .select(ApiKeyRow::as_select())
                .get_result(connection)
                .await
                .optional()?;
            let Some(key) = row.map(ApiKey::try_from).transpose()? else {
                return Ok(false);
            };
            if key.revoked_at.is_none() {
                diesel::update(keys)
                    .set(api_keys::revoked_at.eq(at))
                    .execute(connection)
                    .await?;
                audit_log::record(connection, AuditEntry::key_revoked(&key, at, by)).await?;
            }
            Ok(true)
        });
        revoked.await
    }

    async fn touch_key(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut connection = self.cold().await?;
        let keys = api_keys::table
            .filter(api_keys::id.eq(id.as_uuid()))
            .filter(
                api_keys::last_used_at
                    .is_null()
                    .or(api_keys::last_used_at.le(at - PRECISION)),
            );
        diesel::update(keys)
            .set(api_keys::last_used_at.eq(at))
            .execute(&mut connection)
            .await?;
        Ok(())
    }
}
