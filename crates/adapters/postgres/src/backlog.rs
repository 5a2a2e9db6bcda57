//! [`BacklogRepository`] on Postgres: counts over the heads of partial indexes, up to a limit.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{Backlog, BacklogRepository, Unavailable, Waiting};

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::RowRef;
use crate::statement::statement;

/// Most index entries that one count reads.
const MOST: i64 = 10_000;

statement! {
    /// What is due is read from the heads of the queue's indexes; what is held up has indexes of its
    /// own.
    ListWaiting {
        now: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (Text, BigInt, Nullable<Timestamptz>, BigInt, Nullable<Timestamptz>);
    "WITH rows AS MATERIALIZED (
         (SELECT organization_id, message_id, due_at FROM due
          WHERE is_ready ORDER BY priority, provider_account, organization_id, due_at LIMIT $most)
         UNION ALL
         (SELECT organization_id, message_id, due_at FROM due
          WHERE NOT is_ready AND due_at <= $now ORDER BY due_at LIMIT $most)),
     due_now AS MATERIALIZED (
         SELECT messages.organization_id, messages.id, status, rows.due_at, queued_at,
             sending_started_at, sent_at
         FROM rows JOIN messages ON messages.organization_id = rows.organization_id
             AND messages.id = rows.message_id
         WHERE messages.due_at <= $now),
     held_up AS MATERIALIZED (
         (SELECT status, sending_started_at AS since FROM messages
          WHERE unknown_since IS NOT NULL AND due_at > $now ORDER BY unknown_since LIMIT $most)
         UNION ALL
         (SELECT status, queued_at FROM messages
          WHERE retry_at IS NOT NULL AND due_at > $now ORDER BY queued_at LIMIT $most))
     SELECT status, count(due_at), min(due_at), count(*) FILTER (WHERE due_at IS NULL), min(since)
     FROM (
         SELECT status, due_at, CASE status
             WHEN 'scheduled' THEN (
                 SELECT scheduled_until FROM submissions
                 WHERE submissions.organization_id = due_now.organization_id
                     AND submissions.id = due_now.id)
             WHEN 'queued' THEN queued_at
             WHEN 'sending' THEN sending_started_at
             ELSE sent_at END AS since
         FROM due_now
         UNION ALL
         SELECT status, NULL, since FROM held_up) AS waiting
     GROUP BY status ORDER BY status"
}

statement! {
    CountOthers { most: BigInt = i64 } -> (BigInt, BigInt);
    "SELECT (SELECT count(*) FROM (
             SELECT FROM provider_events WHERE message_id IS NULL
             ORDER BY received_at LIMIT $most) AS unmatched),
         (SELECT count(*) FROM (
             SELECT FROM conversations WHERE awaits_opt_out_review
             ORDER BY last_inbound_at LIMIT $most) AS open)"
}

type WaitingRow = (
    String,
    i64,
    Option<DateTime<Utc>>,
    i64,
    Option<DateTime<Utc>>,
);

#[async_trait]
impl BacklogRepository for Pg {
    async fn backlog(&self, now: DateTime<Utc>) -> Result<Backlog, Unavailable> {
        Ok(self.load_backlog(now).await?)
    }
}

impl Pg {
    async fn load_backlog(&self, now: DateTime<Utc>) -> Result<Backlog, StoreError> {
        let mut connection = self.hot().await?;
        let waiting: Vec<WaitingRow> = ListWaiting { now, most: MOST }
            .load(&mut connection)
            .await?;
        let (unmatched, open): (i64, i64) = CountOthers { most: MOST }
            .get_result(&mut connection)
            .await?;
        let messages: Result<_, StoreError> = waiting.into_iter().map(messages).collect();
        Ok(Backlog {
            messages: messages?,
            unmatched_events: count(unmatched),
            open_reviews: count(open),
        })
    }
}

fn messages(row: WaitingRow) -> Result<Waiting, StoreError> {
    let (status, due, due_since, held_up, oldest_since) = row;
    let reading = RowRef {
        table: "messages",
        id: "any",
    };
    Ok(Waiting {
        status: reading.name("status", &status)?,
        due: count(due),
        due_since,
        held_up: count(held_up),
        oldest_since,
    })
}

fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
