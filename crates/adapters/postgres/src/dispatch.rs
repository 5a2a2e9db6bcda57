//! [`DispatchQueue`] on Postgres: the rows of `messages` that have a due time.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
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
    Claim {
        now: Timestamptz = DateTime<Utc>,
        lease_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
        paused: Array<Text> = Vec<String>,
    } -> (Timestamptz, MessageSql, Nullable<AttemptSql>);
    "WITH system AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at FROM messages
         WHERE priority = 0 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most FOR UPDATE SKIP LOCKED),
     immediate AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at FROM messages
         WHERE priority = 1 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at LIMIT $most - (SELECT count(*) FROM system)
         FOR UPDATE SKIP LOCKED),
     bulk AS MATERIALIZED (
         SELECT organization_id, id, recipient, attempts_last, priority, due_at FROM messages
         WHERE priority = 2 AND due_at <= $now
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
         ORDER BY due_at
         LIMIT $most - (SELECT count(*) FROM system) - (SELECT count(*) FROM immediate)
         FOR UPDATE SKIP LOCKED),
     found AS (
         SELECT * FROM system UNION ALL SELECT * FROM immediate UNION ALL SELECT * FROM bulk),
     taken AS (
         SELECT DISTINCT ON (organization_id, recipient) * FROM found
         ORDER BY organization_id, recipient, priority, due_at, id)
     UPDATE messages SET due_at = $lease_until
     FROM taken LEFT JOIN attempts
         ON attempts.organization_id = taken.organization_id AND attempts.message_id = taken.id
         AND attempts.number = taken.attempts_last
     WHERE messages.organization_id = taken.organization_id AND messages.id = taken.id
     RETURNING taken.due_at, ", MessageRow::SELECT, ", ", AttemptRow::SELECT
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

/// A claimed row with the instant at which it was due.
type Claimed = (DateTime<Utc>, MessageRow, Option<AttemptRow>);

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
        rows.sort_unstable_by_key(|(due_at, row, _)| (row.priority, *due_at, row.id));
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

fn due((_, message, attempt): Claimed) -> Result<Due, ImpossibleRow> {
    Ok(Due {
        message: Message::try_from(message)?,
        attempt: attempt.map(Attempt::try_from).transpose()?,
    })
}
