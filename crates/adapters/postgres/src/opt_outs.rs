//! [`OptOutRepository`] on Postgres, and the steps that other transactions share with it.
//!
//! Every change of the list locks the recipient's row first: its version orders the change against every
//! decision to send.

mod entries;
mod opt_ins;
mod scope;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::inbound::ActiveSuppression;
use sms_domain::lifecycle::{OptIn, OptInReach, OptOutChange, ReleaseChange};
use sms_domain::message::Message;
use sms_domain::ports::{AuditEntry, OptOutOutcome, OptOutRepository, Unavailable};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::webhooks::WebhookEvent;
use uuid::Uuid;

pub(crate) use self::entries::{ENTRY, EntryRow, EntrySql, entry};
pub(crate) use self::opt_ins::{last_opt_in, opt_in};
use self::scope::{ScopeRow, ScopeSql, scope_columns};
use crate::audit_log;
use crate::error::{StoreError, TRIES, is_race};
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, MESSAGES, MessageRow, MessageSql, StateRow, SubmissionRow};
use crate::statement::{Columns, statement};
use crate::webhooks::tell;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    AdvanceRecipient { organization: SqlUuid = Uuid, phone: Text = String } -> ();
    "INSERT INTO recipients
         (organization_id, phone, version, recent_ids, recent_at, recent_hash, recent_counted)
     VALUES ($organization, $phone, 1, '{}', '{}', '{}', '{}')
     ON CONFLICT (organization_id, phone) DO UPDATE SET version = recipients.version + 1"
}

statement! {
    /// Inserts nothing if the list has an active entry of the same source and scope, or one of the same id.
    Suppress {
        id: SqlUuid = Uuid,
        organization: SqlUuid = Uuid,
        phone: Text = String,
        scope: Text = String,
        scope_id: Nullable<SqlUuid> = Option<Uuid>,
        source: Text = String,
        account: Nullable<Text> = Option<String>,
        profile: Nullable<Text> = Option<String>,
        reason: Text = String,
        at: Timestamptz = DateTime<Utc>,
        recipient: Nullable<Text> = Option<String>,
        by: Nullable<Text> = Option<String>,
    } -> ();
    "INSERT INTO suppressions
         (organization_id, id, phone, channel, scope, scope_id, source, provider_account,
          messaging_profile_id, reason, created_at, recipient_identifier, created_by)
     VALUES ($organization, $id, $phone, 'all', $scope, $scope_id, $source, $account, $profile,
         $reason, $at, $recipient, $by)
     ON CONFLICT DO NOTHING"
}

statement! {
    Renew {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        scope: Text = String,
        scope_id: Nullable<SqlUuid> = Option<Uuid>,
        source: Text = String,
        account: Nullable<Text> = Option<String>,
        profile: Nullable<Text> = Option<String>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE suppressions SET renewed_at = $at
     WHERE organization_id = $organization AND phone = $phone AND released_at IS NULL
         AND scope = $scope AND scope_id IS NOT DISTINCT FROM $scope_id AND source = $source
         AND provider_account IS NOT DISTINCT FROM $account
         AND messaging_profile_id IS NOT DISTINCT FROM $profile
         AND coalesce(renewed_at, created_at) < $at"
}

statement! {
    Release {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        ids: Array<SqlUuid> = Vec<Uuid>,
        at: Timestamptz = DateTime<Utc>,
        by: Nullable<Text> = Option<String>,
        reason: Nullable<Text> = Option<String>,
    } -> SqlUuid;
    "UPDATE suppressions SET released_at = $at, released_by = $by, release_reason = $reason
     WHERE organization_id = $organization AND phone = $phone AND id = ANY($ids)
         AND released_at IS NULL AND coalesce(renewed_at, created_at) <= $at
     RETURNING id"
}

type SuppressionSql = (ScopeSql, Nullable<Text>, Timestamptz, Timestamptz);
pub(crate) type SuppressionRow = (ScopeRow, Option<String>, DateTime<Utc>, DateTime<Utc>);

statement! {
    ListActive { organization: SqlUuid = Uuid, phone: Text = String } -> SuppressionSql;
    "SELECT id, scope, scope_id, source, provider_account, messaging_profile_id, reason, created_at,
         coalesce(renewed_at, created_at)
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
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, " FROM ", MESSAGES, "
     WHERE submissions.organization_id = $organization AND submissions.recipient = $phone
         AND messages.status IN ('scheduled', 'queued')
         AND submissions.traffic <> 'SystemInternal'
     ORDER BY submissions.id LIMIT $most"
}

#[async_trait]
impl OptOutRepository for Pg {
    async fn record_opt_out(&self, change: OptOutChange) -> Result<OptOutOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let recorded = tokio::spawn(async move { pg.opt_out(&change).await });
        Ok(recorded.await.map_err(StoreError::Task)??)
    }

    async fn release(&self, change: ReleaseChange) -> Result<usize, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let released = tokio::spawn(async move { pg.release_opt_outs(&change).await });
        Ok(released.await.map_err(StoreError::Task)??)
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
                Err(StoreError::Query(error)) if is_race(&error) && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    async fn release_opt_outs(&self, change: &ReleaseChange) -> Result<usize, StoreError> {
        let mut connection = self.hot().await?;
        let mut tries = 1;
        loop {
            let released = connection
                .transaction(async |connection| {
                    advance_recipient(connection, change.organization_id, &change.phone).await?;
                    release(connection, change).await
                })
                .await;
            match released {
                Err(StoreError::Query(error)) if is_race(&error) && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }
}

/// Locks the recipient's row and advances its version unconditionally.
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

/// Adds an opt-out to the list. The caller must hold the recipient's row.
pub(crate) async fn suppress(
    connection: &mut AsyncPgConnection,
    change: &OptOutChange,
) -> Result<OptOutOutcome, StoreError> {
    if opt_ins::is_overtaken(connection, change).await? {
        return Ok(OptOutOutcome::Overtaken);
    }
    let (organization, phone) = (
        change.organization_id.as_uuid(),
        change.phone.as_str().to_owned(),
    );
    let (scope, scope_id) = scope_columns(change.scope);
    let source = change.source.as_str().to_owned();
    let profile = change.profile.as_ref();
    let account = profile.map(|profile| profile.account.as_str().to_owned());
    let profile = profile.and_then(|profile| profile.id.clone());
    let statement = Suppress {
        id: change.suppression_id.as_uuid(),
        organization,
        phone: phone.clone(),
        scope: scope.clone(),
        scope_id,
        source: source.clone(),
        account: account.clone(),
        profile: profile.clone(),
        reason: change.reason.clone(),
        at: change.at,
        recipient: change.recipient.clone(),
        by: change.by.as_ref().map(named),
    };
    if statement.execute(connection).await? == 1 {
        tell(connection, [WebhookEvent::of_opt_out(change)]).await?;
        if let Some(by) = change.by.clone() {
            let entry = AuditEntry::suppression_added(change, by);
            audit_log::record(connection, entry).await?;
        }
        return Ok(OptOutOutcome::Recorded);
    }
    let renew = Renew {
        organization,
        phone,
        scope,
        scope_id,
        source,
        account,
        profile,
        at: change.at,
    };
    renew.execute(connection).await?;
    Ok(OptOutOutcome::AlreadyClosed)
}

/// Releases one entry or all. Releasing all records an opt-in for the person: an opt-out from before it that
/// arrives later does not close the person again.
async fn release(
    connection: &mut AsyncPgConnection,
    change: &ReleaseChange,
) -> Result<usize, StoreError> {
    let (organization, phone) = (change.organization_id, &change.phone);
    let rows = list_active(&*connection, organization, phone).await?;
    let mut entries = active(rows)?;
    entries.retain(|entry| change.only.is_none_or(|only| only == entry.id));
    let ids = entries.iter().map(|entry| entry.id.as_uuid()).collect();
    if change.only.is_none() {
        let everything = OptIn {
            organization_id: organization,
            phone: phone.clone(),
            reach: OptInReach::Everything,
            at: change.at,
        };
        opt_ins::put(connection, &everything).await?;
    }
    let by = Some((named(&change.by), change.reason.clone()));
    let released = release_entries(connection, organization, phone, ids, change.at, by).await?;
    if released > 0 {
        let by = change.by.clone();
        let entry = AuditEntry::suppression_released(organization, phone, &entries, change.at, by);
        audit_log::record(connection, entry).await?;
    }
    Ok(released)
}

/// Who made a change, as the list keeps it.
fn named(by: &Actor) -> String {
    format!("{} {}", by.kind, by.name)
}

async fn release_entries(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    phone: &PhoneNumber,
    ids: Vec<Uuid>,
    at: DateTime<Utc>,
    by: Option<(String, Option<String>)>,
) -> QueryResult<usize> {
    let (by, reason) = by.unzip();
    let statement = Release {
        organization: organization_id.as_uuid(),
        phone: phone.as_str().to_owned(),
        ids,
        at,
        by,
        reason: reason.flatten(),
    };
    let released: Vec<Uuid> = statement.load(connection).await?;
    let told = released
        .iter()
        .map(|id| WebhookEvent::of_release(organization_id, SuppressionId::new(*id), phone, at));
    tell(connection, told.collect::<Vec<_>>()).await?;
    Ok(released.len())
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
    let entry = |(row, reason, at, renewed_at): SuppressionRow| {
        let (id, scope, source, profile) = row.read()?;
        Ok(ActiveSuppression {
            id,
            scope,
            source,
            profile,
            reason,
            at,
            renewed_at,
        })
    };
    rows.into_iter().map(entry).collect()
}
