//! [`DispatchQueue`] on Postgres: the rows of `messages` that have a due time.

mod claim;
mod lanes;
mod rates;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::message::{Attempt, Message};
use sms_domain::numbers::ProviderAccount;
use sms_domain::ports::{DispatchQueue, Due, Unavailable};

use self::claim::Claim;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{AttemptRow, ImpossibleRow, MessageRow};
use crate::statement::statement;

statement! {
    NextDue { paused: Array<Text> = Vec<String> } -> Nullable<Timestamptz>;
    "SELECT least(
         (SELECT due_at FROM messages WHERE priority = 0 AND due_at IS NOT NULL
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
          ORDER BY due_at LIMIT 1),
         (SELECT due_at FROM messages WHERE priority = 1 AND due_at IS NOT NULL
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
          ORDER BY due_at LIMIT 1),
         (SELECT due_at FROM messages WHERE priority = 2 AND due_at IS NOT NULL
             AND (provider_account IS NULL OR provider_account <> ALL($paused))
          ORDER BY due_at LIMIT 1))"
}

/// A found row with the instant at which it was due, and whether its lanes admit it now.
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
            paused: names(paused),
        };
        let mut rows = self.load_claimed(claim).await?;
        rows.retain(|(_, is_admitted, ..)| *is_admitted);
        rows.sort_unstable_by_key(|(due_at, _, row, _)| (row.priority, *due_at, row.id));
        let due: Result<_, _> = rows.into_iter().map(due).collect();
        Ok(due.map_err(StoreError::Row)?)
    }

    async fn next_due(
        &self,
        paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, Unavailable> {
        let paused = names(paused);
        Ok(self.load_next_due(NextDue { paused }).await?)
    }
}

impl Pg {
    async fn load_claimed(&self, claim: Claim) -> Result<Vec<Claimed>, StoreError> {
        let mut connection = self.hot().await?;
        Ok(claim.load(&mut connection).await?)
    }

    async fn load_next_due(&self, next: NextDue) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut connection = self.hot().await?;
        Ok(next.get_result(&mut connection).await?)
    }
}

fn names(accounts: &[ProviderAccount]) -> Vec<String> {
    accounts
        .iter()
        .map(|account| account.as_str().to_owned())
        .collect()
}

fn due((_, _, message, attempt): Claimed) -> Result<Due, ImpossibleRow> {
    Ok(Due {
        message: Message::try_from(message)?,
        attempt: attempt.map(Attempt::try_from).transpose()?,
    })
}

#[cfg(test)]
mod tests;
