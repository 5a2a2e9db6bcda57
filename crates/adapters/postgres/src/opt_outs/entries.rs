//! [`SuppressionRepository`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{SuppressionEntry, SuppressionRepository, Unavailable};
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use super::scope::{ScopeRow, ScopeSql};
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;
type SqlText = Nullable<Text>;

type MadeSql = (Text, SqlText, SqlText, Timestamptz, SqlText);
type ReleasedSql = (Nullable<Timestamptz>, SqlText, SqlText);
/// The SQL types of an entry's columns.
pub(crate) type EntrySql = (ScopeSql, MadeSql, ReleasedSql);

/// Phone, reason, the business's name of the person, when and by whom it was made.
type MadeRow = (
    String,
    Option<String>,
    Option<String>,
    DateTime<Utc>,
    Option<String>,
);
/// When, by whom and why it was released.
type ReleasedRow = (Option<DateTime<Utc>>, Option<String>, Option<String>);
/// An entry's columns.
pub(crate) type EntryRow = (ScopeRow, MadeRow, ReleasedRow);

/// The columns of an entry.
pub(crate) const ENTRY: &str = "id, scope, scope_id, source, provider_account, messaging_profile_id, phone,
     reason, recipient_identifier, created_at, created_by, released_at, released_by, release_reason";

statement! {
    FindEntry { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> EntrySql;
    "SELECT ", ENTRY, " FROM suppressions
     WHERE organization_id = $organization AND id = $id"
}

statement! {
    ListEntries {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        most: BigInt = i64,
    } -> EntrySql;
    "SELECT ", ENTRY, " FROM suppressions
     WHERE organization_id = $organization AND phone = $phone AND channel IN ('sms', 'all')
     ORDER BY released_at IS NOT NULL, created_at DESC, id DESC LIMIT $most"
}

#[async_trait]
impl SuppressionRepository for Pg {
    async fn find_suppression(
        &self,
        organization_id: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, Unavailable> {
        Ok(self.find_entry(organization_id, id).await?)
    }

    async fn suppressions_of(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<SuppressionEntry>, Unavailable> {
        Ok(self.list_entries(organization_id, person, limit).await?)
    }
}

impl Pg {
    async fn find_entry(
        &self,
        organization_id: OrganizationId,
        id: SuppressionId,
    ) -> Result<Option<SuppressionEntry>, StoreError> {
        let mut connection = self.hot().await?;
        let statement = FindEntry {
            organization: organization_id.as_uuid(),
            id: id.as_uuid(),
        };
        let row: Option<EntryRow> = statement.get_result(&mut connection).await.optional()?;
        Ok(row.map(|row| entry(organization_id, row)).transpose()?)
    }

    async fn list_entries(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<SuppressionEntry>, StoreError> {
        let mut connection = self.hot().await?;
        let statement = ListEntries {
            organization: organization_id.as_uuid(),
            phone: person.as_str().to_owned(),
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let rows: Vec<EntryRow> = statement.load(&mut connection).await?;
        let entries: Result<_, _> = rows
            .into_iter()
            .map(|row| entry(organization_id, row))
            .collect();
        Ok(entries?)
    }
}

/// An entry of an organization from its row.
pub(crate) fn entry(
    organization_id: OrganizationId,
    row: EntryRow,
) -> Result<SuppressionEntry, ImpossibleRow> {
    let (scope_row, made, released) = row;
    let (phone, reason, recipient, created_at, created_by) = made;
    let (released_at, released_by, release_reason) = released;
    let (id, scope, source, _) = scope_row.read()?;
    let reading = RowRef {
        table: "suppressions",
        id,
    };
    Ok(SuppressionEntry {
        organization_id,
        id,
        phone: reading.phone("phone", phone)?,
        scope,
        source,
        reason,
        recipient,
        created_at,
        created_by,
        released_at,
        released_by,
        release_reason,
    })
}
