//! [`OptOutRepository`] on Postgres, and the steps of it that other transactions share.
//!
//! Whoever changes the list takes the recipient's row first: its version orders the change against
//! every decision to send.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::change::{OptOutChange, ReleaseChange};
use sms_domain::decision::SuppressionScope;
use sms_domain::ids::{CampaignId, OrganizationId, PhoneNumberId, SuppressionId};
use sms_domain::inbound::ActiveSuppression;
use sms_domain::message::Message;
use sms_domain::phone::PhoneNumber;
use sms_domain::ports::{OptOutOutcome, OptOutRepository, Unavailable};
use uuid::Uuid;

use crate::error::{StoreError, TRIES, is_race};
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, MessageRow, MessageSql, Reading};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    AdvanceRecipient { organization: SqlUuid = Uuid, phone: Text = String } -> ();
    "INSERT INTO recipients
         (organization_id, phone, version, recent_ids, recent_at, recent_hash, recent_counted)
     VALUES ($organization, $phone, 1, '{}', '{}', '{}', '{}')
     ON CONFLICT (organization_id, phone) DO UPDATE SET version = recipients.version + 1"
}

statement! {
    IsOvertaken {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        scope: Text = String,
        scope_id: Nullable<SqlUuid> = Option<Uuid>,
        at: Timestamptz = DateTime<Utc>,
    } -> Bool;
    "SELECT EXISTS (
         SELECT FROM suppressions
         WHERE organization_id = $organization AND phone = $phone AND released_at >= $at
             AND (scope = 'organization'
                 OR scope = $scope AND scope_id IS NOT DISTINCT FROM $scope_id))"
}

statement! {
    /// Neither an active entry of the same scope nor one of the same id is there afterwards twice.
    Suppress {
        id: SqlUuid = Uuid,
        organization: SqlUuid = Uuid,
        phone: Text = String,
        scope: Text = String,
        scope_id: Nullable<SqlUuid> = Option<Uuid>,
        source: Text = String,
        reason: Text = String,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO suppressions
         (organization_id, id, phone, channel, scope, scope_id, source, reason, created_at)
     VALUES ($organization, $id, $phone, 'all', $scope, $scope_id, $source, $reason, $at)
     ON CONFLICT DO NOTHING"
}

statement! {
    Renew {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        scope: Text = String,
        scope_id: Nullable<SqlUuid> = Option<Uuid>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE suppressions SET renewed_at = $at
     WHERE organization_id = $organization AND phone = $phone AND released_at IS NULL
         AND scope = $scope AND scope_id IS NOT DISTINCT FROM $scope_id
         AND coalesce(renewed_at, created_at) < $at"
}

statement! {
    Release {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        ids: Array<SqlUuid> = Vec<Uuid>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE suppressions SET released_at = $at
     WHERE organization_id = $organization AND phone = $phone AND id = ANY($ids)
         AND released_at IS NULL AND coalesce(renewed_at, created_at) <= $at"
}

type SuppressionSql = (
    SqlUuid,
    Text,
    Nullable<SqlUuid>,
    Text,
    Nullable<Text>,
    Timestamptz,
    Timestamptz,
);
type SuppressionRow = (
    Uuid,
    String,
    Option<Uuid>,
    String,
    Option<String>,
    DateTime<Utc>,
    DateTime<Utc>,
);

statement! {
    ListActive { organization: SqlUuid = Uuid, phone: Text = String } -> SuppressionSql;
    "SELECT id, scope, scope_id, source, reason, created_at, coalesce(renewed_at, created_at)
     FROM suppressions
     WHERE organization_id = $organization AND phone = $phone AND released_at IS NULL
         AND channel IN ('sms', 'all')
     ORDER BY created_at, id"
}

statement! {
    ListWaiting {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        most: BigInt = i64,
    } -> MessageSql;
    "SELECT ", MessageRow::SELECT, " FROM messages
     WHERE organization_id = $organization AND recipient = $phone
         AND status IN ('scheduled', 'queued') AND traffic <> 'SystemInternal'
     ORDER BY id LIMIT $most"
}

#[async_trait]
impl OptOutRepository for Pg {
    async fn record_opt_out(&self, change: OptOutChange) -> Result<OptOutOutcome, Unavailable> {
        let pg = self.clone();
        // A caller that goes away must not leave a transaction half sent.
        let recorded = tokio::spawn(async move { pg.opt_out(&change).await });
        Ok(recorded.await.map_err(StoreError::Task)??)
    }

    async fn release(&self, change: ReleaseChange) -> Result<usize, Unavailable> {
        let mut connection = self.hot().await?;
        let released = release(&mut connection, &change).await;
        Ok(released.map_err(StoreError::from)?)
    }

    async fn active(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
    ) -> Result<Vec<ActiveSuppression>, Unavailable> {
        let connection = self.hot().await?;
        let rows = list_active(&connection, organization_id, person).await;
        let rows = rows.map_err(StoreError::from)?;
        Ok(active(rows).map_err(StoreError::from)?)
    }

    async fn waiting_messages(
        &self,
        organization_id: OrganizationId,
        person: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<Message>, Unavailable> {
        let statement = ListWaiting {
            organization: organization_id.as_uuid(),
            phone: person.as_str().to_owned(),
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let mut connection = self.hot().await?;
        let rows: QueryResult<Vec<MessageRow>> = statement.load(&mut connection).await;
        let rows = rows.map_err(StoreError::from)?;
        let messages: Result<_, _> = rows.into_iter().map(Message::try_from).collect();
        Ok(messages.map_err(StoreError::Row)?)
    }
}

impl Pg {
    async fn opt_out(&self, change: &OptOutChange) -> Result<OptOutOutcome, StoreError> {
        let mut connection = self.hot().await?;
        let mut tries = 1;
        loop {
            let recorded = connection
                .transaction(async |connection| {
                    advance_recipient(connection, change.organization_id, &change.phone).await?;
                    suppress(connection, change).await
                })
                .await;
            match recorded {
                Err(error) if is_race(&error) && tries < TRIES => tries += 1,
                other => return Ok(other?),
            }
        }
    }
}

/// Takes the recipient's row and advances its version, whatever it is.
pub(crate) async fn advance_recipient(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    phone: &PhoneNumber,
) -> QueryResult<()> {
    let statement = AdvanceRecipient {
        organization: organization_id.as_uuid(),
        phone: phone.as_str().to_owned(),
    };
    statement.execute(connection).await.map(|_| ())
}

/// Puts an opt-out on the list. The recipient's row must be taken.
pub(crate) async fn suppress(
    connection: &mut AsyncPgConnection,
    change: &OptOutChange,
) -> QueryResult<OptOutOutcome> {
    let (organization, phone) = (
        change.organization_id.as_uuid(),
        change.phone.as_str().to_owned(),
    );
    let (scope, scope_id) = scope_columns(change.scope);
    let overtaken = IsOvertaken {
        organization,
        phone: phone.clone(),
        scope: scope.clone(),
        scope_id,
        at: change.at,
    };
    if overtaken.get_result(connection).await? {
        return Ok(OptOutOutcome::Overtaken);
    }
    let statement = Suppress {
        id: change.suppression_id.as_uuid(),
        organization,
        phone: phone.clone(),
        scope: scope.clone(),
        scope_id,
        source: change.source.as_str().to_owned(),
        reason: change.reason.clone(),
        at: change.at,
    };
    if statement.execute(connection).await? == 1 {
        return Ok(OptOutOutcome::Recorded);
    }
    let renew = Renew {
        organization,
        phone,
        scope,
        scope_id,
        at: change.at,
    };
    renew.execute(connection).await?;
    Ok(OptOutOutcome::AlreadyClosed)
}

pub(crate) async fn release(
    connection: &mut AsyncPgConnection,
    change: &ReleaseChange,
) -> QueryResult<usize> {
    let statement = Release {
        organization: change.organization_id.as_uuid(),
        phone: change.phone.as_str().to_owned(),
        ids: change.suppressions.iter().map(|id| id.as_uuid()).collect(),
        at: change.at,
    };
    statement.execute(connection).await
}

pub(crate) async fn list_active(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    phone: &PhoneNumber,
) -> QueryResult<Vec<SuppressionRow>> {
    let statement = ListActive {
        organization: organization_id.as_uuid(),
        phone: phone.as_str().to_owned(),
    };
    statement.load(&mut connection).await
}

pub(crate) fn active(rows: Vec<SuppressionRow>) -> Result<Vec<ActiveSuppression>, ImpossibleRow> {
    let entry = |(id, scope, scope_id, source, reason, at, renewed_at): SuppressionRow| {
        let reading = Reading {
            table: "suppressions",
            id,
        };
        Ok(ActiveSuppression {
            id: SuppressionId::new(id),
            scope: match (scope.as_str(), scope_id) {
                ("organization", None) => SuppressionScope::Organization,
                ("campaign", Some(id)) => SuppressionScope::Campaign(CampaignId::new(id)),
                ("number", Some(id)) => SuppressionScope::Number(PhoneNumberId::new(id)),
                (other, _) => return Err(reading.impossible("scope", format!("is {other:?}"))),
            },
            source: reading.name("source", &source)?,
            reason,
            at,
            renewed_at,
        })
    };
    rows.into_iter().map(entry).collect()
}

fn scope_columns(scope: SuppressionScope) -> (String, Option<Uuid>) {
    let (name, id) = match scope {
        SuppressionScope::Organization => ("organization", None),
        SuppressionScope::Campaign(id) => ("campaign", Some(id.as_uuid())),
        SuppressionScope::Number(id) => ("number", Some(id.as_uuid())),
    };
    (name.to_owned(), id)
}
