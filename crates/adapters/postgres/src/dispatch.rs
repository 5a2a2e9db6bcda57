//! [`DispatchQueue`] on Postgres: the rows of `due`.

mod claim;
mod cursors;
mod lanes;
mod rates;
mod ready;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join;
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::{Claim, DispatchQueue, Due, Unavailable};
use sms_domain::values::ProviderAccount;

use self::claim::{Claimed, ready_queues};
pub(crate) use self::cursors::Cursors;
use self::ready::NextLater;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::ImpossibleRow;

#[async_trait]
impl DispatchQueue for Pg {
    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Unavailable> {
        let due: Result<_, _> = self
            .claim_rows(&claim)
            .await?
            .into_iter()
            .map(due)
            .collect();
        Ok(due.map_err(StoreError::Row)?)
    }

    async fn next_due(
        &self,
        paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, Unavailable> {
        Ok(self.load_next_due(paused).await?)
    }
}

impl Pg {
    async fn claim_rows(&self, claim: &Claim) -> Result<Vec<Claimed>, StoreError> {
        let mut session = self.0.session().await?;
        let claimed = claim::claim(session.connection()?, &self.0.cursors, claim).await?;
        session.finish();
        Ok(claimed)
    }

    async fn load_next_due(
        &self,
        paused: &[ProviderAccount],
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let connection = self.hot().await?;
        let paused: Vec<String> = (paused.iter())
            .map(|account| account.as_str().to_owned())
            .collect();
        let (queues, later) = join(
            ready_queues(&connection),
            next_later(&connection, paused.clone()),
        )
        .await;
        let ready = (queues?.into_iter())
            .filter(|(_, account, ..)| !paused.contains(account))
            // An account at its rate limit gives no rows until its lane opens.
            .map(|(_, _, due_at, lane)| lane.map_or(due_at, |(next_at, _)| due_at.max(next_at)));
        Ok(ready.chain(later?).min())
    }
}

async fn next_later(
    mut connection: &AsyncPgConnection,
    paused: Vec<String>,
) -> diesel::QueryResult<Option<DateTime<Utc>>> {
    NextLater { paused }.get_result(&mut connection).await
}

fn due((message, attempt): Claimed) -> Result<Due, ImpossibleRow> {
    Ok(Due {
        message: Message::try_from(message)?,
        attempt: attempt.map(Attempt::try_from).transpose()?,
    })
}

#[cfg(test)]
mod tests;
