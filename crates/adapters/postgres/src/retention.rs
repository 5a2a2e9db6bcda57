//! [`RetentionRepository`] on Postgres: texts in the order of the primary key, all other rows by the pages of
//! their table. It has no index of its own: every write of a message would pay for a job that runs four times
//! a day.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sms_domain::facts::Policy;
use sms_domain::lifecycle::retention::{DecisionRetention, Perishable, TextRetention};
use sms_domain::ports::{
    EraseTexts, ErasedTexts, RemoveOld, Removed, RetentionRepository, Unavailable,
};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::RowRef;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Those whose policy says how long something is kept.
    PoliciesOfRetention {} -> (SqlUuid, Jsonb);
    "SELECT id, policy FROM organizations
     WHERE policy ->> 'retentionDays' IS NOT NULL OR policy ->> 'decisionRetentionDays' IS NOT NULL
     ORDER BY id"
}

statement! {
    /// Advances the version, so that no change commits that was decided before the erasure: it would restore
    /// the text. A message that changed while its lock was waited for is left for the next step: another process
    /// may have erased it.
    EraseMessages {
        organization: SqlUuid = Uuid,
        after: SqlUuid = Uuid,
        before: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (BigInt, Nullable<SqlUuid>, Nullable<SqlUuid>, Bool);
    "WITH seen AS MATERIALIZED (
         SELECT id, created_at < $before AS is_old, body IS NULL AS is_erased
         FROM submissions WHERE organization_id = $organization AND id > $after
         ORDER BY id LIMIT $most),
     taken AS MATERIALIZED (
         SELECT messages.id FROM seen
         JOIN messages AS as_seen
             ON as_seen.organization_id = $organization AND as_seen.id = seen.id
         JOIN messages ON messages.organization_id = $organization AND messages.id = seen.id
             AND messages.version = as_seen.version
         WHERE NOT seen.is_erased AND messages.modified_at < $before
             AND messages.due_at IS NULL AND messages.status <> 'draft'
         FOR UPDATE OF messages SKIP LOCKED),
     erased AS (
         UPDATE messages SET version = version + 1 FROM taken
         WHERE messages.organization_id = $organization AND messages.id = taken.id
         RETURNING messages.id),
     emptied AS (
         UPDATE submissions SET body = NULL, options = nullif((options::jsonb - 'media')::text, '{}')::json
         FROM erased
         WHERE submissions.organization_id = $organization AND submissions.id = erased.id),
     forgotten AS (
         UPDATE attempts SET request = NULL FROM erased
         WHERE attempts.organization_id = $organization AND attempts.message_id = erased.id
             AND attempts.request IS NOT NULL),
     bared AS (
         DELETE FROM received_attachments AS attached USING erased
         WHERE attached.organization_id = $organization AND attached.message_id = erased.id),
     unkept AS (
         DELETE FROM media USING erased
         WHERE media.organization_id = $organization AND media.message_id = erased.id),
     kept AS (
         SELECT id FROM seen WHERE NOT is_erased AND id NOT IN (SELECT id FROM erased)
         ORDER BY id LIMIT 1)
     SELECT (SELECT count(*) FROM erased),
         (SELECT id FROM seen WHERE id < coalesce((SELECT id FROM kept),
              'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY id DESC LIMIT 1),
         (SELECT id FROM seen ORDER BY id DESC LIMIT 1),
         (SELECT count(*) FILTER (WHERE is_old) = $most FROM seen)"
}

/// Pages per step through a table: about 8 MB.
const PAGES: i64 = 1_000;

/// Declares a statement that removes rows from [`PAGES`] pages of a table and returns the table's number of
/// pages. Locked rows are left for the next pass.
macro_rules! removal {
    ($name:ident of $table:literal where $condition:literal) => {
        statement! {
            $name {
                before: Timestamptz = DateTime<Utc>,
                from: BigInt = i64,
                to: BigInt = i64,
            } -> (BigInt, BigInt);
            "WITH taken AS MATERIALIZED (
                 SELECT ctid FROM ", $table, " AS old
                 WHERE ctid >= format('(%s,0)', $from)::tid AND ctid < format('(%s,0)', $to)::tid
                     AND ", $condition, "
                 FOR UPDATE SKIP LOCKED),
             removed AS (
                 DELETE FROM ", $table, " WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken))
                 RETURNING 1)
             SELECT (SELECT count(*) FROM removed),
                 pg_relation_size('", $table, "') / current_setting('block_size')::bigint"
        }

        impl $name {
            const fn new(before: DateTime<Utc>, from: i64) -> Self {
                let to = from.saturating_add(PAGES);
                Self { before, from, to }
            }
        }
    };
}

/// Declares a statement that takes the facts behind decisions out of rows on [`PAGES`] pages of a table, and returns
/// the table's number of pages. The decisions stay.
macro_rules! forgetting {
    ($name:ident of $table:literal as $made_at:literal set $set:expr, where $condition:expr) => {
        statement! {
            $name {
                before: Timestamptz = DateTime<Utc>,
                organizations: Array<SqlUuid> = Vec<Uuid>,
                cutoffs: Array<Timestamptz> = Vec<DateTime<Utc>>,
                from: BigInt = i64,
                to: BigInt = i64,
            } -> (BigInt, BigInt);
            "WITH own AS MATERIALIZED (
                 SELECT * FROM unnest($organizations, $cutoffs) AS own (organization_id, cutoff)),
             taken AS MATERIALIZED (
                 SELECT old.ctid FROM ", $table, " AS old LEFT JOIN own USING (organization_id)
                 WHERE old.ctid >= format('(%s,0)', $from)::tid
                     AND old.ctid < format('(%s,0)', $to)::tid
                     AND ", $condition, "
                     AND ", $made_at, " < coalesce(own.cutoff, $before)
                 FOR UPDATE OF old SKIP LOCKED),
             forgotten AS (
                 UPDATE ", $table, " SET ", $set, "
                 WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken))
                 RETURNING 1)
             SELECT (SELECT count(*) FROM forgotten),
                 pg_relation_size('", $table, "') / current_setting('block_size')::bigint"
        }

        impl $name {
            fn new(step: &RemoveOld, from: i64) -> Self {
                let own = step.exceptions.iter();
                let (organizations, cutoffs) =
                    own.map(|(id, cutoff)| (id.as_uuid(), *cutoff)).unzip();
                Self {
                    before: step.before,
                    organizations,
                    cutoffs,
                    from,
                    to: from.saturating_add(PAGES),
                }
            }
        }
    };
}

forgetting!(ForgetFirst of "submissions" as "old.created_at"
    set "first_decision = decision_alone(first_decision)",
    where "decision_alone(first_decision) <> first_decision");
forgetting!(ForgetLater of "decisions" as "(
        SELECT created_at FROM submissions WHERE submissions.organization_id = old.organization_id
            AND submissions.id = old.message_id)"
    set "record = decision_alone(record)",
    where "decision_alone(record) <> record");
forgetting!(ForgetConfirmations of "attempts" as "old.started_at"
    set "confirmation = NULL",
    where "confirmation IS NOT NULL");

removal!(RemoveKeys of "idempotency_keys" where "expires_at < $before");
removal!(RemoveCounters of "counters" where "window_start < $before");
removal!(RemoveCampaignCounters of "campaign_counters" where "day_start < $before");
removal!(RemoveReputationEvents of "number_troubles" where "at < $before");
removal!(RemoveEvents of "provider_events" where "received_at < $before");
removal!(RemoveWebhookEvents of "webhook_events" where "at < $before");
removal!(RemoveWebhookAttempts of "webhook_attempts" where "at < $before");
removal!(RemoveWebhookDeliveries of "webhook_deliveries" where "due_at < $before");
removal!(RemoveUploads of "media" where "kept_until < $before");
removal!(RemoveHealthChanges of "health_changes" where "at < $before AND EXISTS (
    SELECT FROM health_changes AS newer WHERE newer.organization_id = old.organization_id
        AND newer.number_id = old.number_id AND newer.at > old.at)");

removal!(RemoveTokens of "attempt_tokens" where "NOT EXISTS (
    SELECT FROM attempts WHERE attempts.organization_id = old.organization_id
        AND attempts.message_id = old.message_id AND attempts.number = old.number
        AND attempts.started_at >= $before)");

#[async_trait]
impl RetentionRepository for Pg {
    async fn text_retentions(&self) -> Result<Vec<TextRetention>, Unavailable> {
        let policies = self.policies_of_retention().await?.into_iter();
        Ok(policies
            .filter_map(|(id, policy)| TextRetention::of(id, &policy))
            .collect())
    }

    async fn decision_retentions(&self) -> Result<Vec<DecisionRetention>, Unavailable> {
        let policies = self.policies_of_retention().await?.into_iter();
        Ok(policies
            .filter_map(|(id, policy)| DecisionRetention::of(id, &policy))
            .collect())
    }

    async fn erase_texts(&self, step: EraseTexts) -> Result<ErasedTexts, Unavailable> {
        Ok(self.erase(step).await?)
    }

    async fn remove(&self, step: RemoveOld) -> Result<Removed, Unavailable> {
        let from = i64::try_from(step.from).unwrap_or(i64::MAX);
        let (rows, pages) = self.remove_from(&step, from).await?;
        let next = from.saturating_add(PAGES);
        Ok(Removed {
            rows: usize::try_from(rows).unwrap_or(0),
            next: u64::try_from(next).ok().filter(|_| next < pages),
        })
    }
}

impl Pg {
    async fn policies_of_retention(&self) -> Result<Vec<(OrganizationId, Policy)>, StoreError> {
        let mut connection = self.cold().await?;
        let rows: Vec<(Uuid, Value)> = PoliciesOfRetention {}.load(&mut connection).await?;
        let mut policies = Vec::with_capacity(rows.len());
        for (id, policy) in rows {
            let reading = RowRef {
                table: "organizations",
                id,
            };
            let policy = serde_json::from_value(policy)
                .map_err(|error| reading.impossible("policy", error.to_string()))?;
            policies.push((OrganizationId::new(id), policy));
        }
        Ok(policies)
    }

    async fn erase(&self, step: EraseTexts) -> Result<ErasedTexts, StoreError> {
        let statement = EraseMessages {
            organization: step.organization_id.as_uuid(),
            after: step.after.map_or(Uuid::nil(), MessageId::as_uuid),
            before: step.before,
            most: i64::try_from(step.limit).unwrap_or(i64::MAX),
        };
        let mut connection = self.cold().await?;
        let (erased, done_to, last, is_old): (i64, Option<Uuid>, Option<Uuid>, bool) =
            statement.get_result(&mut connection).await?;
        Ok(ErasedTexts {
            erased: usize::try_from(erased).unwrap_or(0),
            done_to: done_to.map(MessageId::new),
            looked_at: last.filter(|_| is_old).map(MessageId::new),
        })
    }

    /// Returns the number of removed rows and the table's number of pages.
    async fn remove_from(&self, step: &RemoveOld, from: i64) -> Result<(i64, i64), StoreError> {
        let mut connection = self.cold().await?;
        let (to, before) = (&mut connection, step.before);
        let removed: QueryResult<(i64, i64)> = match step.what {
            Perishable::IdempotencyKeys => RemoveKeys::new(before, from).get_result(to).await,
            Perishable::NumberUsage => RemoveCounters::new(before, from).get_result(to).await,
            Perishable::CampaignUsage => {
                RemoveCampaignCounters::new(before, from)
                    .get_result(to)
                    .await
            }
            Perishable::ReputationEvents => {
                RemoveReputationEvents::new(before, from)
                    .get_result(to)
                    .await
            }
            Perishable::HealthChanges => {
                RemoveHealthChanges::new(before, from).get_result(to).await
            }
            Perishable::ProviderEvents => RemoveEvents::new(before, from).get_result(to).await,
            Perishable::ListedTokens => RemoveTokens::new(before, from).get_result(to).await,
            Perishable::FirstDecisions => ForgetFirst::new(step, from).get_result(to).await,
            Perishable::LaterDecisions => ForgetLater::new(step, from).get_result(to).await,
            Perishable::Confirmations => ForgetConfirmations::new(step, from).get_result(to).await,
            Perishable::WebhookEvents => {
                RemoveWebhookEvents::new(before, from).get_result(to).await
            }
            Perishable::WebhookAttempts => {
                RemoveWebhookAttempts::new(before, from)
                    .get_result(to)
                    .await
            }
            Perishable::WebhookDeliveries => {
                RemoveWebhookDeliveries::new(before, from)
                    .get_result(to)
                    .await
            }
            Perishable::Uploads => RemoveUploads::new(before, from).get_result(to).await,
        };
        Ok(removed?)
    }
}
