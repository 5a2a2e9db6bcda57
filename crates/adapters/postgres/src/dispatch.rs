//! [`DispatchQueue`] on Postgres: the rows of `messages` that have a due time.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::message::{Attempt, Message};
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{DispatchQueue, Due, Unavailable};

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{AttemptRow, AttemptSql, ImpossibleRow, MessageRow, MessageSql};
use crate::statement::{Columns, statement};

statement! {
    /// One scan per priority, each in the order of the index, so that neither the rows that are due
    /// later nor a backlog of bulk messages are ever read or sorted. Of the rows found, the first of
    /// each recipient is taken; the others stay due.
    ///
    /// A number with a pace admits what its lane has room for: one message each `step`, and at most
    /// a second's worth at once after a pause. With 62 seconds shared among a minute's messages no
    /// 60 seconds see more than the pace allows. The others are not rescanned: they become due again
    /// when their turn may come, bulk messages at the tail.
    Claim {
        now: Timestamptz = DateTime<Utc>,
        lease_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
        paused: Array<Text> = Vec<String>,
    } -> (Timestamptz, Bool, MessageSql, Nullable<AttemptSql>);
    "WITH system AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id
         FROM messages
         WHERE priority = 0 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most FOR UPDATE SKIP LOCKED),
     immediate AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id
         FROM messages
         WHERE priority = 1 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most - (SELECT count(*) FROM system)
         FOR UPDATE SKIP LOCKED),
     bulk AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at, status,
             provider_account, number_id
         FROM messages
         WHERE priority = 2 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at
         LIMIT $most - (SELECT count(*) FROM system) - (SELECT count(*) FROM immediate)
         FOR UPDATE SKIP LOCKED),
     found AS (
         SELECT * FROM system UNION ALL SELECT * FROM immediate UNION ALL SELECT * FROM bulk),
     taken AS (
         SELECT DISTINCT ON (organization_id, recipient) * FROM found
         ORDER BY organization_id, recipient, priority, due_at, id),
     lanes_of_taken AS MATERIALIZED (
         SELECT lanes.provider_account, lanes.number_id,
             greatest(lanes.next_at, $now - interval '1 second') AS next_at, lanes.tail_at,
             interval '62 seconds' / lanes.per_minute AS step
         FROM (SELECT DISTINCT provider_account, number_id FROM taken WHERE status = 'queued')
             AS wanted
         JOIN lanes ON lanes.provider_account = wanted.provider_account
             AND lanes.number_id = wanted.number_id
         ORDER BY lanes.provider_account, lanes.number_id FOR UPDATE OF lanes),
     placed AS (
         SELECT taken.*, lane.next_at AS lane_next_at, lane.tail_at AS lane_tail_at, lane.step,
             row_number() OVER (PARTITION BY lane.provider_account, lane.number_id
                 ORDER BY taken.priority, taken.due_at, taken.id) - 1 AS place
         FROM taken LEFT JOIN lanes_of_taken AS lane ON taken.status = 'queued'
             AND lane.provider_account = taken.provider_account
             AND lane.number_id = taken.number_id),
     admitted AS (
         SELECT placed.*, coalesce(lane_next_at + place * step <= $now, true) AS is_admitted
         FROM placed),
     turned AS (
         SELECT admitted.*, row_number() OVER (PARTITION BY provider_account, number_id,
                 is_admitted, priority ORDER BY due_at, id) AS wait
         FROM admitted),
     moved AS (
         UPDATE lanes SET next_at = passed.next_at, tail_at = passed.tail_at
         FROM (
             SELECT provider_account, number_id,
                 min(lane_next_at) + count(*) FILTER (WHERE is_admitted) * min(step) AS next_at,
                 greatest(min(lane_tail_at), $now) + min(step)
                     * count(*) FILTER (WHERE NOT is_admitted AND priority = 2) AS tail_at
             FROM turned WHERE step IS NOT NULL GROUP BY provider_account, number_id) AS passed
         WHERE lanes.provider_account = passed.provider_account
             AND lanes.number_id = passed.number_id)
     UPDATE messages SET due_at = CASE
         WHEN taken.is_admitted THEN $lease_until
         WHEN taken.priority = 2 THEN greatest(lane_tail_at, $now) + taken.wait * step
         ELSE lane_next_at + place * step END
     FROM turned AS taken LEFT JOIN attempts
         ON attempts.organization_id = taken.organization_id AND attempts.message_id = taken.id
         AND attempts.number = taken.attempts_last
     WHERE messages.organization_id = taken.organization_id AND messages.id = taken.id
     RETURNING taken.due_at, taken.is_admitted, ", MessageRow::SELECT, ", ", AttemptRow::SELECT
}

statement! {
    NextDue {} -> Nullable<Timestamptz>;
    "SELECT least(
         (SELECT due_at FROM messages WHERE priority = 0 AND due_at IS NOT NULL
          ORDER BY due_at LIMIT 1),
         (SELECT due_at FROM messages WHERE priority = 1 AND due_at IS NOT NULL
          ORDER BY due_at LIMIT 1),
         (SELECT due_at FROM messages WHERE priority = 2 AND due_at IS NOT NULL
          ORDER BY due_at LIMIT 1))"
}

/// A found row with the instant at which it was due, and whether its lane admits it now.
type Claimed = (DateTime<Utc>, bool, MessageRow, Option<AttemptRow>);

#[async_trait]
impl DispatchQueue for Pg {
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        paused: &[ProviderAccount],
    ) -> Result<Vec<Due>, Unavailable> {
        let claim = Claim {
            now,
            lease_until,
            most: i64::try_from(limit).unwrap_or(i64::MAX),
            paused: paused
                .iter()
                .map(|account| account.as_str().to_owned())
                .collect(),
        };
        let mut rows = self.load_claimed(claim).await?;
        rows.retain(|(_, is_admitted, ..)| *is_admitted);
        rows.sort_unstable_by_key(|(due_at, _, row, _)| (row.priority, *due_at, row.id));
        let due: Result<_, _> = rows.into_iter().map(due).collect();
        Ok(due.map_err(StoreError::Row)?)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        Ok(self.load_next_due().await?)
    }
}

impl Pg {
    async fn load_claimed(&self, claim: Claim) -> Result<Vec<Claimed>, StoreError> {
        let mut connection = self.hot().await?;
        Ok(claim.load(&mut connection).await?)
    }

    async fn load_next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut connection = self.hot().await?;
        Ok(NextDue {}.get_result(&mut connection).await?)
    }
}

fn due((_, _, message, attempt): Claimed) -> Result<Due, ImpossibleRow> {
    Ok(Due {
        message: Message::try_from(message)?,
        attempt: attempt.map(Attempt::try_from).transpose()?,
    })
}

#[cfg(test)]
mod tests;
