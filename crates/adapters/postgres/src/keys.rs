//! [`ApiKeyRepository`] on Postgres.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sms_domain::ids::{ApiKeyId, OrganizationId};
use sms_domain::ports::{ApiKey, ApiKeyRepository, Unavailable};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::{Pg, Shared};
use crate::rows::{ImpossibleRow, Reading};
use crate::schema::{api_keys, organizations};
use crate::together::Server;

/// A use is written at most so often.
const PRECISION: TimeDelta = TimeDelta::minutes(1);

/// More keys than this are not remembered: all are forgotten, and written once more.
const MOST: usize = 10_000;

/// The uses that this process wrote last, so that most uses cost no statement.
#[derive(Default)]
pub(crate) struct Touches(Mutex<HashMap<ApiKeyId, DateTime<Utc>>>);

impl Touches {
    fn is_recent(&self, id: ApiKeyId, at: DateTime<Utc>) -> bool {
        let touches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        touches
            .get(&id)
            .is_some_and(|last| at.signed_duration_since(last).abs() < PRECISION)
    }

    fn remember(&self, id: ApiKeyId, at: DateTime<Utc>) {
        let mut touches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if touches.len() >= MOST {
            touches.clear();
        }
        touches.insert(id, at);
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
struct ApiKeyRow {
    hash: Vec<u8>,
    id: Uuid,
    organization_id: Uuid,
    prefix: String,
    scopes: Vec<String>,
    kind: String,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl ApiKeyRow {
    fn new(hash: [u8; 32], key: ApiKey) -> Self {
        Self {
            hash: hash.to_vec(),
            id: key.id.as_uuid(),
            organization_id: key.organization_id.as_uuid(),
            scopes: key
                .scopes
                .iter()
                .map(|scope| scope.as_str().to_owned())
                .collect(),
            kind: key.kind.as_str().to_owned(),
            prefix: key.prefix,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
        }
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = ImpossibleRow;

    fn try_from(row: ApiKeyRow) -> Result<Self, ImpossibleRow> {
        let reading = Reading {
            table: "api_keys",
            id: row.id,
        };
        let scopes: Result<_, _> = row
            .scopes
            .iter()
            .map(|scope| reading.name("scopes", scope))
            .collect();
        Ok(Self {
            id: ApiKeyId::new(row.id),
            organization_id: OrganizationId::new(row.organization_id),
            prefix: row.prefix,
            scopes: scopes?,
            kind: reading.name("kind", &row.kind)?,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
    }
}

#[async_trait]
impl ApiKeyRepository for Pg {
    async fn find(&self, hash: [u8; 32]) -> Result<Option<ApiKey>, Unavailable> {
        self.1.keys.ask(hash).await
    }

    async fn insert(&self, hash: [u8; 32], key: ApiKey) -> Result<bool, Unavailable> {
        Ok(self.insert_key(ApiKeyRow::new(hash, key)).await?)
    }

    async fn list(&self, organization_id: OrganizationId) -> Result<Vec<ApiKey>, Unavailable> {
        Ok(self.list_keys(organization_id).await?)
    }

    async fn revoke(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable> {
        Ok(self.revoke_key(organization_id, id, at).await?)
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

/// Finds the keys of concurrent callers.
pub(crate) struct FindKeys(pub(crate) Arc<Shared>);

#[async_trait]
impl Server for FindKeys {
    const NAME: &'static str = "keys";
    type Request = [u8; 32];
    type Answer = Option<ApiKey>;
    const FULL: usize = 100;
    const ENOUGH: usize = 100;
    const AT_ONCE: usize = 1;

    fn weight(_: &Self::Request) -> usize {
        1
    }

    async fn serve(&self, hashes: Vec<[u8; 32]>) -> Result<Vec<Option<ApiKey>>, Unavailable> {
        let rows = self.load(&hashes).await?;
        let mut keys = HashMap::new();
        for row in rows {
            let hash = row.hash.clone();
            keys.insert(hash, ApiKey::try_from(row).map_err(StoreError::Row)?);
        }
        let found = |hash: &[u8; 32]| keys.get(hash.as_slice()).cloned();
        Ok(hashes.iter().map(found).collect())
    }
}

impl FindKeys {
    async fn load(&self, hashes: &[[u8; 32]]) -> Result<Vec<ApiKeyRow>, StoreError> {
        let mut connection = self.0.hot().await?;
        let hashes = hashes.iter().map(|hash| hash.to_vec());
        Ok(api_keys::table
            .filter(api_keys::hash.eq_any(hashes.collect::<Vec<_>>()))
            .select(ApiKeyRow::as_select())
            .load(&mut connection)
            .await?)
    }
}

impl Pg {
    async fn insert_key(&self, row: ApiKeyRow) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let organization = organizations::table.find(row.organization_id);
        if !select(exists(organization))
            .get_result::<bool>(&mut connection)
            .await?
        {
            return Ok(false);
        }
        // An organization is never removed.
        diesel::insert_into(api_keys::table)
            .values(&row)
            .execute(&mut connection)
            .await?;
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

    /// A key stays revoked since the first time.
    async fn revoke_key(
        &self,
        organization_id: OrganizationId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let keys = api_keys::table
            .filter(api_keys::organization_id.eq(organization_id.as_uuid()))
            .filter(api_keys::id.eq(id.as_uuid()));
        let is_known = diesel::select(diesel::dsl::exists(keys))
            .get_result(&mut connection)
            .await?;
        diesel::update(keys.filter(api_keys::revoked_at.is_null()))
            .set(api_keys::revoked_at.eq(at))
            .execute(&mut connection)
            .await?;
        Ok(is_known)
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
