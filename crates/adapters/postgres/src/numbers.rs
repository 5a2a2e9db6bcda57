//! [`NumberRepository`] on Postgres: reputation events, health and registration of numbers.

mod paces;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::Queryable;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::WarmUp;
use sms_domain::numbers::{
    HealthChange, LanePace, NumberHealth, Owned, PacedLane, ReceiptCounts, ReputationReport,
    Slowdown,
};
use sms_domain::ports::{NumberRepository, Unavailable};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_domain::values::{Health, ProviderAccount};
use sms_domain::webhooks::WebhookEvent;
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;
use crate::webhooks::tell;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    MarkStale { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> ();
    "UPDATE phone_numbers SET registration = 'stale'
     WHERE organization_id = $organization AND id = $id AND registration = 'approved'"
}

statement! {
    OnProfile { account: Text = String, profile: Text = String } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM phone_numbers
     WHERE provider_account = $account AND messaging_profile_id = $profile
     ORDER BY organization_id, id"
}

statement! {
    IsSetApart { organization: SqlUuid = Uuid, account: Text = String } -> Bool;
    "SELECT is_set_apart($organization, $account)"
}

statement! {
    RecordReputation {
        organization: SqlUuid = Uuid,
        number: SqlUuid = Uuid,
        kind: Text = String,
        reference: Text = String,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO number_troubles (organization_id, number_id, kind, reference, at)
     VALUES ($organization, $number, $kind, $reference, $at) ON CONFLICT DO NOTHING"
}

statement! {
    /// Sent messages are counted by the hour, like capacity. Rates therefore start at the first full hour
    /// after a change of health; spam blocks, which need no rate, count from the change itself.
    LoadHealth {
        organization: Nullable<SqlUuid> = Option<Uuid>,
        number: Nullable<SqlUuid> = Option<Uuid>,
        now: Timestamptz = DateTime<Utc>,
    } -> (
        SqlUuid, SqlUuid, Text, Timestamptz, Nullable<Timestamptz>, Nullable<Date>,
        BigInt, BigInt, BigInt, BigInt, BigInt,
    );
    "SELECT number.organization_id, number.id, number.health, changed.at, number.cooling_until,
         number.warm_up_started_on,
         coalesce(sent.count, 0)::bigint, events.failures, events.opt_outs,
         events.spam_blocks, events.lasting_spam_blocks
     FROM phone_numbers AS number
     CROSS JOIN LATERAL (
         SELECT coalesce(max(at), 'epoch') AS at FROM health_changes
         WHERE organization_id = number.organization_id AND number_id = number.id) AS changed
     CROSS JOIN LATERAL (
         SELECT greatest(changed.at, $now - interval '24 hours') AS since,
             greatest(date_trunc('hour', changed.at, 'UTC') + interval '1 hour',
                 $now - interval '24 hours') AS first_hour) AS span
     LEFT JOIN LATERAL (
         SELECT sum(used) AS count FROM counters
         WHERE organization_id = number.organization_id AND number_id = number.id
             AND kind = 'hour' AND window_start >= span.first_hour) AS sent ON true
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE kind IN ('undelivered', 'refused')
                 AND at >= span.first_hour) AS failures,
             count(*) FILTER (WHERE kind = 'opt_out' AND at >= span.first_hour) AS opt_outs,
             count(*) FILTER (WHERE kind = 'spam_block') AS spam_blocks,
             count(*) FILTER (WHERE kind = 'spam_block_for_good') AS lasting_spam_blocks
         FROM number_troubles
         WHERE organization_id = number.organization_id AND number_id = number.id
             AND at > span.since) AS events
     WHERE CASE WHEN $number IS NULL
         THEN number.health IN ('unknown', 'new', 'warmup', 'limited', 'cooling_down')
             OR (number.organization_id, number.id) IN (
                 SELECT organization_id, number_id FROM number_troubles
                 WHERE at > $now - interval '24 hours')
         ELSE number.organization_id = $organization AND number.id = $number END"
}

statement! {
    ChangeHealth {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        seen: Text = String,
        health: Text = String,
        cooling_until: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "UPDATE phone_numbers SET health = $health, cooling_until = $cooling_until
     WHERE organization_id = $organization AND id = $id AND health = $seen"
}

statement! {
    RecordHealthChange {
        organization: SqlUuid = Uuid,
        number: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
        before: Text = String,
        after: Text = String,
        reason: Text = String,
        cooling_until: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "INSERT INTO health_changes
         (organization_id, number_id, at, before, after, reason, cooling_until)
     VALUES ($organization, $number, $at, $before, $after, $reason, $cooling_until)
     ON CONFLICT (organization_id, number_id, at) DO UPDATE
         SET after = excluded.after, reason = excluded.reason,
             cooling_until = excluded.cooling_until"
}

#[derive(Queryable)]
struct HealthRow {
    organization_id: Uuid,
    id: Uuid,
    health: String,
    since: DateTime<Utc>,
    cooling_until: Option<DateTime<Utc>>,
    warm_up_started_on: Option<NaiveDate>,
    sent: i64,
    failures: i64,
    opt_outs: i64,
    spam_blocks: i64,
    lasting_spam_blocks: i64,
}

#[async_trait]
impl NumberRepository for Pg {
    async fn mark_registration_stale(
        &self,
        organization_id: OrganizationId,
        number_id: PhoneNumberId,
    ) -> Result<bool, Unavailable> {
        let statement = MarkStale {
            organization: organization_id.as_uuid(),
            id: number_id.as_uuid(),
        };
        let mut connection = self.hot().await?;
        let marked = statement
            .execute(&mut connection)
            .await
            .map_err(StoreError::from)?;
        self.0.organizations.clear();
        Ok(marked == 1)
    }

    async fn on_profile(
        &self,
        account: &ProviderAccount,
        profile: &str,
    ) -> Result<Vec<Owned>, Unavailable> {
        let statement = OnProfile {
            account: account.as_str().to_owned(),
            profile: profile.to_owned(),
        };
        let mut connection = self.hot().await?;
        let rows: QueryResult<Vec<(Uuid, Uuid)>> = statement.load(&mut connection).await;
        let rows = rows.map_err(StoreError::from)?.into_iter();
        Ok(rows
            .map(|(owner, id)| (OrganizationId::new(owner), PhoneNumberId::new(id)))
            .collect())
    }

    async fn is_set_apart(
        &self,
        organization_id: OrganizationId,
        account: &ProviderAccount,
    ) -> Result<bool, Unavailable> {
        let statement = IsSetApart {
            organization: organization_id.as_uuid(),
            account: account.as_str().to_owned(),
        };
        let mut connection = self.hot().await?;
        let found: QueryResult<bool> = statement.get_result(&mut connection).await;
        Ok(found.map_err(StoreError::from)?)
    }

    async fn record_reputation(&self, report: ReputationReport) -> Result<bool, Unavailable> {
        let statement = RecordReputation {
            organization: report.organization_id.as_uuid(),
            number: report.number_id.as_uuid(),
            kind: report.event.as_str().to_owned(),
            reference: report.reference,
            at: report.at,
        };
        let mut connection = self.hot().await?;
        let recorded = statement
            .execute(&mut connection)
            .await
            .map_err(StoreError::from)?;
        Ok(recorded == 1)
    }

    async fn health(
        &self,
        number: Option<(OrganizationId, PhoneNumberId)>,
        now: DateTime<Utc>,
    ) -> Result<Vec<NumberHealth>, Unavailable> {
        let statement = LoadHealth {
            organization: number.map(|(organization, _)| organization.as_uuid()),
            number: number.map(|(_, number)| number.as_uuid()),
            now,
        };
        let mut connection = self.cold().await?;
        let rows: QueryResult<Vec<HealthRow>> = statement.load(&mut connection).await;
        let rows = rows.map_err(StoreError::from)?;
        let known: Result<_, _> = rows.into_iter().map(NumberHealth::try_from).collect();
        Ok(known.map_err(StoreError::Row)?)
    }

    async fn pace(&self, lane: PacedLane) -> Result<Option<LanePace>, Unavailable> {
        let mut connection = self.cold().await?;
        let row = paces::load(&mut connection, lane).await;
        let pace = row.map_err(StoreError::from)?.map(paces::read).transpose();
        Ok(pace.map_err(StoreError::Row)?)
    }

    async fn slowed(&self) -> Result<Vec<LanePace>, Unavailable> {
        let mut connection = self.cold().await?;
        let rows = paces::load_slowed(&mut connection).await;
        let rows = rows.map_err(StoreError::from)?;
        let slowed: Result<_, _> = rows.into_iter().map(paces::read).collect();
        Ok(slowed.map_err(StoreError::Row)?)
    }

    async fn set_pace(
        &self,
        seen: LanePace,
        slowdown: Option<Slowdown>,
    ) -> Result<bool, Unavailable> {
        let mut connection = self.cold().await?;
        let is_set = paces::set(&mut connection, seen, slowdown).await;
        self.0.organizations.clear();
        Ok(is_set.map_err(StoreError::from)?)
    }

    async fn change_health(
        &self,
        number: (OrganizationId, PhoneNumberId),
        seen: Health,
        change: HealthChange,
        at: DateTime<Utc>,
    ) -> Result<bool, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let changed = tokio::spawn(async move {
            let mut connection = pg.cold().await?;
            let changed = connection
                .transaction(async |connection| {
                    change_health(connection, number, seen, change, at).await
                })
                .await;
            Ok::<bool, StoreError>(changed?)
        });
        let changed = changed.await.map_err(StoreError::Task)??;
        self.0.organizations.clear();
        Ok(changed)
    }
}

async fn change_health(
    connection: &mut AsyncPgConnection,
    (organization_id, number_id): (OrganizationId, PhoneNumberId),
    seen: Health,
    change: HealthChange,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    let (organization, number) = (organization_id.as_uuid(), number_id.as_uuid());
    let update = ChangeHealth {
        organization,
        id: number,
        seen: seen.as_str().to_owned(),
        health: change.to.as_str().to_owned(),
        cooling_until: change.cooling_until,
    };
    if update.execute(connection).await? == 0 {
        return Ok(false);
    }
    let record = RecordHealthChange {
        organization,
        number,
        at,
        before: seen.as_str().to_owned(),
        after: change.to.as_str().to_owned(),
        reason: change.reason.as_str().to_owned(),
        cooling_until: change.cooling_until,
    };
    record.execute(connection).await?;
    let number = (organization_id, number_id);
    tell(
        connection,
        [WebhookEvent::of_health(number, seen, &change, at)],
    )
    .await?;
    Ok(true)
}

impl TryFrom<HealthRow> for NumberHealth {
    type Error = ImpossibleRow;

    fn try_from(row: HealthRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "phone_numbers",
            id: row.id,
        };
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            number_id: PhoneNumberId::new(row.id),
            health: reading.name("health", &row.health)?,
            since: row.since,
            cooling_until: row.cooling_until,
            warm_up: row
                .warm_up_started_on
                .map(|started_on| WarmUp { started_on }),
            receipts: ReceiptCounts {
                finished: count(row.sent),
                failures: count(row.failures),
                opt_outs: count(row.opt_outs),
                temporary_spam_blocks: count(row.spam_blocks),
                permanent_spam_blocks: count(row.lasting_spam_blocks),
            },
        })
    }
}

/// A count as read; larger values saturate.
fn count(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}
