//! [`PauseRepository`] on Postgres: each change excludes commits that rest on pauses (`pause_lock.rs`).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use sms_domain::facts::Pauses;
use sms_domain::ports::{
    AuditAction, AuditEntry, PauseChange, PauseOutcome, PausePage, PauseRepository, PauseTarget,
    Unavailable,
};
use sms_domain::values::ids::{ConversationId, MessageId, OrganizationId};
use uuid::Uuid;

use crate::audit_log;
use crate::emergencies::is_lock_timeout;
use crate::error::StoreError;
use crate::pause_lock::{Begin, LockAlone, PausesRow, pauses};
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    Exists { organization: SqlUuid = Uuid, kind: Text = String, id: SqlUuid = Uuid } -> Bool;
    "SELECT CASE $kind
         WHEN 'organization' THEN EXISTS (SELECT FROM organizations WHERE id = $organization)
         WHEN 'number' THEN EXISTS (
             SELECT FROM phone_numbers WHERE organization_id = $organization AND id = $id)
         ELSE EXISTS (
             SELECT FROM messaging_campaigns WHERE organization_id = $organization AND id = $id) END"
}

statement! {
    /// While the organization as a whole stays paused, nothing need be woken.
    Change {
        organization: SqlUuid = Uuid,
        kind: Text = String,
        id: SqlUuid = Uuid,
        paused: Bool = bool,
        start: SqlUuid = Uuid,
    } -> ();
    "UPDATE pauses SET version = version + 1,
         is_paused = CASE WHEN $kind = 'organization' THEN $paused ELSE is_paused END,
         numbers = CASE WHEN $kind <> 'number' THEN numbers
             WHEN $paused THEN array_append(numbers, $id) ELSE array_remove(numbers, $id) END,
         campaigns = CASE WHEN $kind <> 'campaign' THEN campaigns
             WHEN $paused THEN array_append(campaigns, $id) ELSE array_remove(campaigns, $id) END,
         turned_to = CASE WHEN $paused THEN $start ELSE turned_to END,
         woken_to = CASE WHEN NOT $paused AND NOT (is_paused AND $kind <> 'organization')
             THEN $start ELSE woken_to END
     WHERE organization_id = $organization
         AND $paused <> CASE $kind WHEN 'organization' THEN is_paused
             WHEN 'number' THEN $id = ANY(numbers) ELSE $id = ANY(campaigns) END"
}

statement! {
    FindPauses { organization: SqlUuid = Uuid }
        -> (BigInt, Bool, Array<SqlUuid>, Array<SqlUuid>);
    "SELECT version, is_paused, numbers, campaigns FROM pauses
     WHERE organization_id = $organization"
}

statement! {
    NextToWake {} -> (SqlUuid, SqlUuid);
    "SELECT organization_id, woken_to FROM pauses WHERE woken_to IS NOT NULL
     ORDER BY organization_id LIMIT 1 FOR UPDATE SKIP LOCKED"
}

statement! {
    /// Leaves out rows that a commit is changing: it may fail, so that they are looked at again. Returns how
    /// many rows there were, how many were woken, and the last.
    WakeDue {
        organization: SqlUuid = Uuid,
        after: SqlUuid = Uuid,
        now: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (BigInt, BigInt, Nullable<SqlUuid>);
    "WITH page AS MATERIALIZED (
         SELECT message_id FROM due
         WHERE is_paused AND organization_id = $organization AND message_id > $after
         ORDER BY message_id LIMIT $most),
     free AS MATERIALIZED (
         SELECT row.message_id FROM page CROSS JOIN LATERAL (
             SELECT message_id FROM due
             WHERE organization_id = $organization AND message_id = page.message_id AND is_paused
             FOR UPDATE SKIP LOCKED) AS row),
     woken AS (
         UPDATE due SET due_at = $now, is_ready = true, is_paused = false FROM free
         WHERE due.organization_id = $organization AND due.message_id = free.message_id
         RETURNING 1)
     SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM woken),
         (SELECT message_id FROM page ORDER BY message_id DESC LIMIT 1)"
}

statement! {
    SetWoken { organization: SqlUuid = Uuid, to: Nullable<SqlUuid> = Option<Uuid> } -> ();
    "UPDATE pauses SET woken_to = $to WHERE organization_id = $organization"
}

statement! {
    NextToTurn {} -> (SqlUuid, BigInt, SqlUuid);
    "SELECT organization_id, version, turned_to FROM pauses WHERE turned_to IS NOT NULL
     ORDER BY organization_id LIMIT 1"
}

statement! {
    /// The conversation of a message that is queued and that a pause may cover or whose number is disabled,
    /// beside each message that waits.
    LookAt {
        organization: SqlUuid = Uuid,
        after: SqlUuid = Uuid,
        most: BigInt = i64,
    } -> (SqlUuid, Nullable<SqlUuid>);
    "SELECT page.message_id, (
         SELECT submissions.conversation_id FROM pauses
         JOIN submissions ON submissions.organization_id = pauses.organization_id
             AND submissions.id = page.message_id
         LEFT JOIN leads ON leads.organization_id = submissions.organization_id
             AND leads.id = submissions.lead_id
         WHERE page.number_id IS NOT NULL AND pauses.organization_id = $organization
             AND (pauses.is_paused OR page.number_id = ANY(pauses.numbers)
                 OR page.campaign_id = ANY(pauses.campaigns)
                 OR page.number_id IN (
                     SELECT id FROM phone_numbers
                     WHERE organization_id = $organization AND NOT is_enabled)
                 OR coalesce((submissions.options ->> 'campaign_id')::uuid, leads.campaign_id)
                     = ANY(pauses.campaigns)))
     FROM (
         SELECT message_id, number_id, campaign_id FROM due
         WHERE organization_id = $organization AND message_id > $after
         ORDER BY message_id LIMIT $most) AS page
     ORDER BY page.message_id"
}

statement! {
    SetTurned {
        organization: SqlUuid = Uuid,
        version: BigInt = i64,
        to: Nullable<SqlUuid> = Option<Uuid>,
    } -> ();
    "UPDATE pauses SET turned_to = $to WHERE organization_id = $organization AND version = $version"
}

#[async_trait]
impl PauseRepository for Pg {
    async fn change_pauses(&self, change: PauseChange) -> Result<PauseOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let changed = tokio::spawn(async move { pg.pause_alone(&change).await });
        Ok(changed.await.map_err(StoreError::Task)??)
    }

    async fn pauses(&self, organization_id: OrganizationId) -> Result<Pauses, Unavailable> {
        Ok(self.find_pauses(organization_id).await?)
    }

    async fn wake(&self, now: DateTime<Utc>, most: u32) -> Result<u32, Unavailable> {
        let pg = self.clone();
        let woken = tokio::spawn(async move { pg.wake_paused(now, most).await });
        Ok(woken.await.map_err(StoreError::Task)??)
    }

    async fn next_page(&self, most: u32) -> Result<Option<PausePage>, Unavailable> {
        Ok(self.look_at(most).await?)
    }

    async fn page_done(&self, page: &PausePage) -> Result<(), Unavailable> {
        Ok(self.set_turned(page).await?)
    }
}

impl Pg {
    async fn pause_alone(&self, change: &PauseChange) -> Result<PauseOutcome, StoreError> {
        let mut connection = self.cold().await?;
        let patience = format!(
            "SET LOCAL lock_timeout = {}",
            change.patience.as_millis().max(1)
        );
        let changed = connection
            .transaction(async |connection| {
                connection.batch_execute(&patience).await?;
                pause(connection, change).await
            })
            .await;
        match changed {
            Err(error) if is_lock_timeout(&error) => Ok(PauseOutcome::Busy),
            other => Ok(other?),
        }
    }

    pub(crate) async fn find_pauses(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Pauses, StoreError> {
        let mut connection = self.cold().await?;
        let statement = FindPauses {
            organization: organization_id.as_uuid(),
        };
        let row: Option<PausesRow> = statement.get_result(&mut connection).await.optional()?;
        Ok(row.map(pauses).unwrap_or_default())
    }

    async fn wake_paused(&self, now: DateTime<Utc>, most: u32) -> Result<u32, StoreError> {
        let mut connection = self.cold().await?;
        loop {
            let step = connection.transaction(async |connection| wake(connection, now, most).await);
            match step.await? {
                Woken::Organization { found: 0, .. } => {}
                Woken::Organization { woken, .. } => {
                    return Ok(u32::try_from(woken).unwrap_or(most));
                }
                Woken::Everything => return Ok(0),
            }
        }
    }

    async fn look_at(&self, most: u32) -> Result<Option<PausePage>, StoreError> {
        let mut connection = self.cold().await?;
        let next: Option<(Uuid, i64, Uuid)> =
            NextToTurn {}.get_result(&mut connection).await.optional()?;
        let Some((organization, version, after)) = next else {
            return Ok(None);
        };
        let statement = LookAt {
            organization,
            after,
            most: most.into(),
        };
        let rows: Vec<(Uuid, Option<Uuid>)> = statement.load(&mut connection).await?;
        let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= most);
        let last = rows.last().map(|(message, _)| MessageId::new(*message));
        let messages = rows.into_iter().filter_map(|(message, conversation)| {
            Some((MessageId::new(message), ConversationId::new(conversation?)))
        });
        Ok(Some(PausePage {
            organization_id: OrganizationId::new(organization),
            version,
            messages: messages.collect(),
            looked_at: last.filter(|_| is_full),
        }))
    }

    async fn set_turned(&self, page: &PausePage) -> Result<(), StoreError> {
        let mut connection = self.cold().await?;
        let statement = SetTurned {
            organization: page.organization_id.as_uuid(),
            version: page.version,
            to: page.looked_at.map(MessageId::as_uuid),
        };
        statement.execute(&mut connection).await?;
        Ok(())
    }
}

/// The kind of a target and its id; the organization's own where it is the target.
fn named(change: &PauseChange) -> (&'static str, Uuid) {
    match change.target {
        PauseTarget::Organization => ("organization", change.organization_id.as_uuid()),
        PauseTarget::Number(id) => ("number", id.as_uuid()),
        PauseTarget::Campaign(id) => ("campaign", id.as_uuid()),
    }
}

async fn pause(
    connection: &mut AsyncPgConnection,
    change: &PauseChange,
) -> QueryResult<PauseOutcome> {
    let organization = change.organization_id.as_uuid();
    let (kind, id) = named(change);
    let exists = Exists {
        organization,
        kind: kind.to_owned(),
        id,
    };
    if !exists.get_result::<bool>(connection).await? {
        return Ok(PauseOutcome::Unknown);
    }
    LockAlone { organization }.execute(connection).await?;
    Begin { organization }.execute(connection).await?;
    let update = Change {
        organization,
        kind: kind.to_owned(),
        id,
        paused: change.is_paused,
        start: Uuid::nil(),
    };
    if update.execute(connection).await? == 0 {
        return Ok(PauseOutcome::Unchanged);
    }
    audit_log::record(connection, audited(change)).await?;
    Ok(PauseOutcome::Changed)
}

fn audited(change: &PauseChange) -> AuditEntry {
    let action = if change.is_paused {
        AuditAction::Paused
    } else {
        AuditAction::Resumed
    };
    let (kind, id) = named(change);
    AuditEntry::of(
        change.organization_id,
        change.by.clone(),
        change.at,
        action,
        format!("{kind} {id}"),
    )
    .changed(
        Some(json!({ "isPaused": !change.is_paused })),
        Some(json!({ "isPaused": change.is_paused })),
    )
}

/// What a step woke.
enum Woken {
    /// Messages of one organization, of those that were found.
    Organization { found: i64, woken: i64 },
    /// Nothing is left.
    Everything,
}

async fn wake(
    connection: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    most: u32,
) -> QueryResult<Woken> {
    let next: Option<(Uuid, Uuid)> = NextToWake {}.get_result(connection).await.optional()?;
    let Some((organization, after)) = next else {
        return Ok(Woken::Everything);
    };
    let statement = WakeDue {
        organization,
        after,
        now,
        most: most.into(),
    };
    let (found, woken, last): (i64, i64, Option<Uuid>) = statement.get_result(connection).await?;
    let are_all_woken = found == woken;
    let to = match last {
        Some(_) if !are_all_woken => Some(after),
        Some(last) if found >= i64::from(most) => Some(last),
        Some(_) | None => None,
    };
    SetWoken { organization, to }.execute(connection).await?;
    // What a commit holds is looked at again in the next round, not at once.
    Ok(Woken::Organization { found, woken })
}
