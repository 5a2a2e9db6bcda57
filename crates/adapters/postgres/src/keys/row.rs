//! Rows of `api_keys`.

use chrono::{DateTime, Utc};
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sql_types::{Array, Bytea, Nullable, SmallInt, Text, Timestamptz};
use sms_domain::ports::{ApiKey, Contract};
use sms_domain::values::ids::{ApiKeyId, OrganizationId, SourceId};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, RowRef};
use crate::schema::api_keys;

/// The columns of [`ApiKeyRow`] in its order.
pub(crate) const COLUMNS: &str =
    "api_keys.hash, api_keys.id, api_keys.organization_id, api_keys.prefix,
    api_keys.scopes, api_keys.contract, api_keys.kind, api_keys.expires_at, api_keys.revoked_at,
    api_keys.created_at, api_keys.last_used_at, api_keys.source_id";

/// The SQL types of [`COLUMNS`].
pub(crate) type ApiKeySql = (
    Bytea,
    diesel::sql_types::Uuid,
    diesel::sql_types::Uuid,
    Text,
    Array<Text>,
    SmallInt,
    Text,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Timestamptz,
    Nullable<Timestamptz>,
    Nullable<diesel::sql_types::Uuid>,
);

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ApiKeyRow {
    pub(super) hash: Vec<u8>,
    id: Uuid,
    pub(super) organization_id: Uuid,
    prefix: String,
    scopes: Vec<String>,
    contract: i16,
    kind: String,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    source_id: Option<Uuid>,
}

impl ApiKeyRow {
    pub(crate) fn new(hash: [u8; 32], key: ApiKey) -> Self {
        Self {
            hash: hash.to_vec(),
            id: key.id.as_uuid(),
            organization_id: key.organization_id.as_uuid(),
            scopes: key
                .scopes
                .iter()
                .map(|scope| scope.as_str().to_owned())
                .collect(),
            contract: stored(key.contract),
            kind: key.kind.as_str().to_owned(),
            prefix: key.prefix,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            source_id: key.source_id.map(SourceId::as_uuid),
        }
    }
}

const fn stored(contract: Contract) -> i16 {
    match contract {
        Contract::Page => 1,
        Contract::August2026 => 2,
    }
}

fn contract(reading: &RowRef<Uuid>, stored: i16) -> Result<Contract, ImpossibleRow> {
    match stored {
        1 => Ok(Contract::Page),
        2 => Ok(Contract::August2026),
        other => Err(reading.impossible("contract", other.to_string())),
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = ImpossibleRow;

    fn try_from(row: ApiKeyRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
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
            source_id: row.source_id.map(SourceId::new),
            prefix: row.prefix,
            scopes: scopes?,
            contract: contract(&reading, row.contract)?,
            kind: reading.name("kind", &row.kind)?,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
    }
}
