//! [`ReceiptRepository`] on Postgres.

mod find;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::carrier::ProviderEvent;
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::{AwaitedEvent, EventPlace, ReceiptKey, ReceiptRepository, Unavailable};
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

pub(crate) use self::find::FindAttempts;
use self::find::{Addressed, Found, domain};
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{
    AttemptRow, AttemptSql, EventArrays, EventRow, EventSql, ImpossibleRow, MessageSql, RowRef,
    StateRow, SubmissionRow,
};
use crate::statement::{Columns, statement, statement_over};

statement! {
    FindByProviderId { account: Text = String, id: Text = String } -> (MessageSql, AttemptSql);
    "SELECT ", SubmissionRow::SELECT, ", ", StateRow::SELECT, ", ", AttemptRow::SELECT, "
     FROM attempts
     JOIN messages ON messages.organization_id = attempts.organization_id
         AND messages.id = attempts.message_id
     JOIN submissions ON submissions.organization_id = messages.organization_id
         AND submissions.id = messages.id
     WHERE attempts.provider_message_id = $id AND attempts.provider_account = $account
     ORDER BY attempts.started_at DESC LIMIT 1"
}

statement_over! {
    KeepEvents { EventArrays } -> ();
    "INSERT INTO provider_events (", EventRow::NAMES, ") SELECT * FROM unnest($rows)
     ON CONFLICT (provider_account, event_id) DO NOTHING"
}

statement! {
    AwaitNumbers { account: Text = String, id: Text = String, numbers: Array<Text> = Vec<String> } -> ();
    "INSERT INTO awaited_texts (provider_account, event_id, e164)
     SELECT $account, $id, number FROM unnest($numbers) AS number
     ON CONFLICT DO NOTHING"
}

statement! {
    ListAwaited { most: BigInt = i64 } -> (EventSql, Text);
    "SELECT ", EventRow::SELECT, ", awaited.e164
     FROM awaited_texts AS awaited
     JOIN phone_directory AS directory ON directory.e164 = awaited.e164
     JOIN provider_events ON provider_events.provider_account = awaited.provider_account
         AND provider_events.event_id = awaited.event_id
     ORDER BY provider_events.received_at, awaited.provider_account, awaited.event_id, awaited.e164
     LIMIT $most"
}

statement! {
    SettleAwaited { account: Text = String, id: Text = String, number: Text = String } -> ();
    "DELETE FROM awaited_texts
     WHERE provider_account = $account AND event_id = $id AND e164 = $number"
}

statement! {
    ListUnmatched {
        since: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        account: Nullable<Text> = Option<String>,
        id: Nullable<Text> = Option<String>,
        most: BigInt = i64,
    } -> EventSql;
    "SELECT ", EventRow::SELECT, " FROM provider_events
     WHERE message_id IS NULL AND ($since IS NULL
         OR (received_at, provider_account, event_id) > ($since, $account, $id))
     ORDER BY received_at, provider_account, event_id LIMIT $most"
}

#[async_trait]
impl ReceiptRepository for Pg {
    async fn find_attempt(
        &self,
        key: &ReceiptKey,
    ) -> Result<Option<(Message, Attempt)>, Unavailable> {
        match key {
            ReceiptKey::Attempt(id) => self.1.attempts.ask(Addressed::Attempt(*id)).await,
            ReceiptKey::Token(hash) => self.1.attempts.ask(Addressed::Token(*hash)).await,
            ReceiptKey::ProviderMessageId { account, id } => {
                let row = self.load_attempt(account, id).await?;
                Ok(row.map(domain).transpose().map_err(StoreError::Row)?)
            }
        }
    }

    async fn keep_unmatched(&self, event: ProviderEvent) -> Result<(), Unavailable> {
        Ok(self.keep(&event).await?)
    }

    async fn keep_for_numbers(
        &self,
        event: ProviderEvent,
        numbers: Vec<PhoneNumber>,
    ) -> Result<(), Unavailable> {
        Ok(self.keep_for(&event, &numbers).await?)
    }

    async fn list_awaited(&self, limit: usize) -> Result<Vec<AwaitedEvent>, Unavailable> {
        let rows = self.load_awaited(limit).await?;
        let read = |(row, number): (EventRow, String)| {
            let reading = RowRef {
                table: "awaited_texts",
                id: Uuid::nil(),
            };
            let number = reading.phone("e164", number)?;
            Ok(AwaitedEvent {
                event: row.into(),
                number,
            })
        };
        let awaited: Result<_, ImpossibleRow> = rows.into_iter().map(read).collect();
        Ok(awaited.map_err(StoreError::Row)?)
    }

    async fn settle_awaited(&self, awaited: &AwaitedEvent) -> Result<(), Unavailable> {
        Ok(self.settle(awaited).await?)
    }

    async fn list_unmatched(
        &self,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<ProviderEvent>, Unavailable> {
        let rows = self.load_unmatched(after, limit).await?;
        Ok(rows.into_iter().map(ProviderEvent::from).collect())
    }
}

impl Pg {
    async fn load_attempt(
        &self,
        account: &ProviderAccount,
        id: &str,
    ) -> Result<Option<Found>, StoreError> {
        let mut connection = self.hot().await?;
        let statement = FindByProviderId {
            account: account.as_str().to_owned(),
            id: id.to_owned(),
        };
        let rows: Vec<Found> = statement.load(&mut connection).await?;
        Ok(rows.into_iter().next())
    }

    async fn load_unmatched(
        &self,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let mut connection = self.cold().await?;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let statement = match after {
            None => ListUnmatched {
                since: None,
                account: None,
                id: None,
                most,
            },
            Some(place) => ListUnmatched {
                since: Some(place.received_at),
                account: Some(place.account.as_str().to_owned()),
                id: Some(place.event_id),
                most,
            },
        };
        Ok(statement.load(&mut connection).await?)
    }

    async fn keep(&self, event: &ProviderEvent) -> Result<(), StoreError> {
        let mut connection = self.hot().await?;
        let rows: EventArrays = [EventRow::new(event)].into_iter().collect();
        KeepEvents { rows }.execute(&mut connection).await?;
        Ok(())
    }

    /// Two statements: both may be repeated, and a note without its event violates a foreign key.
    async fn keep_for(
        &self,
        event: &ProviderEvent,
        numbers: &[PhoneNumber],
    ) -> Result<(), StoreError> {
        self.keep(event).await?;
        let statement = AwaitNumbers {
            account: event.account.as_str().to_owned(),
            id: event.event_id.clone(),
            numbers: (numbers.iter())
                .map(|number| number.as_str().to_owned())
                .collect(),
        };
        statement.execute(&mut self.hot().await?).await?;
        Ok(())
    }

    async fn load_awaited(&self, limit: usize) -> Result<Vec<(EventRow, String)>, StoreError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut connection = self.cold().await?;
        Ok(ListAwaited { most }.load(&mut connection).await?)
    }

    async fn settle(&self, awaited: &AwaitedEvent) -> Result<(), StoreError> {
        let statement = SettleAwaited {
            account: awaited.event.account.as_str().to_owned(),
            id: awaited.event.event_id.clone(),
            number: awaited.number.as_str().to_owned(),
        };
        statement.execute(&mut self.cold().await?).await?;
        Ok(())
    }
}
