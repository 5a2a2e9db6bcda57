//! [`DecisionArchive`] and [`DecisionFeed`] on Postgres: by the key of the messages, so that a step costs the same
//! wherever it begins, and by the transaction that wrote them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Timestamptz};
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _,
};
use sms_domain::decision::{OrganizationSnapshot, RecordDigest, SnapshotHash, WhatWasDecided};
use sms_domain::ports::{
    DecisionArchive, DecisionCursor, DecisionExport, DecisionFeed, DecisionPage, DecisionQuery,
    StoredBasis, StoredDecision, Unavailable,
};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{
    ImpossibleRow, RowRef, StoredParts, StoredSnapshot, confirmation_parts, decode_decision,
    decode_organization, decode_snapshot, parts,
};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// New decisions are found by the indexes over their transactions, whatever statistics say: a reader that comes twice
/// a second must not read the tables.
const BY_INDEX: &str = "SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0;";

/// The most transactions whose decisions are read at once. Each writes at most some hundred.
const TRANSACTIONS: i64 = 200;

statement! {
    /// All decisions about the next messages, those that confirmed another last and marked. A message without one
    /// has a row without a record.
    PageOfDecisions {
        organization: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        last: SqlUuid = Uuid,
        since: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        most: BigInt = i64,
    } -> (SqlUuid, SqlUuid, Bool, Nullable<Bytea>);
    "WITH page AS MATERIALIZED (
         SELECT organization_id, id, first_decision FROM submissions
         WHERE (organization_id, id) > ($organization, $message) AND organization_id <= $last
             AND ($since IS NULL OR created_at >= $since)
         ORDER BY organization_id, id LIMIT $most)
     SELECT page.organization_id, page.id, made.confirms, made.record FROM page
     CROSS JOIN LATERAL (
         SELECT false AS confirms, 0 AS seq, page.first_decision AS record
         UNION ALL
         SELECT false, seq, record FROM decisions
         WHERE organization_id = page.organization_id AND message_id = page.id
         UNION ALL
         SELECT true, number, confirmation FROM attempts
         WHERE organization_id = page.organization_id AND message_id = page.id
             AND confirmation IS NOT NULL) AS made
     ORDER BY page.organization_id, page.id, made.confirms, made.seq"
}

statement! {
    /// The oldest running transaction: those before it have ended.
    OldestTransaction {} -> BigInt;
    "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
}

statement! {
    /// The decisions that were written by some transactions, in their order.
    DecisionsOfTransactions { first: BigInt = i64, until: BigInt = i64 }
        -> (SqlUuid, SqlUuid, Bool, Nullable<Bytea>);
    "SELECT organization_id, message_id, confirms, record FROM (
         SELECT organization_id, id AS message_id, false AS confirms, decided_in, 0::bigint AS seq,
             first_decision AS record
         FROM submissions WHERE decided_in >= $first AND decided_in < $until
         UNION ALL
         SELECT organization_id, message_id, false, decided_in, seq, record
         FROM decisions WHERE decided_in >= $first AND decided_in < $until
         UNION ALL
         SELECT organization_id, message_id, true, decided_in, number, confirmation
         FROM attempts WHERE decided_in >= $first AND decided_in < $until) AS made
     WHERE record IS NOT NULL
     ORDER BY decided_in, organization_id, message_id, confirms, seq"
}

statement! {
    FindFactSnapshots {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        hashes: Array<Bytea> = Vec<Vec<u8>>,
    } -> (SqlUuid, Bytea, Bytea);
    "SELECT stored.organization_id, stored.hash, stored.facts
     FROM unnest($organizations, $hashes) AS input (organization_id, hash)
     JOIN fact_snapshots AS stored
         ON stored.organization_id = input.organization_id AND stored.hash = input.hash"
}

type Organizations = HashMap<(Uuid, SnapshotHash), Arc<OrganizationSnapshot>>;

/// A row of a page: the organization, the message, whether the decision confirmed another, and its bytes.
type Row = (Uuid, Uuid, bool, Option<Vec<u8>>);

/// The parts of a stored decision.
struct Parts<'a> {
    decided: PartDecided<'a>,
    basis: Option<(SnapshotHash, StoredSnapshot<'a>)>,
}

enum PartDecided<'a> {
    Record(&'a [u8]),
    Digest(RecordDigest),
}

#[async_trait]
impl DecisionArchive for Pg {
    async fn page(&self, query: DecisionQuery) -> Result<DecisionPage, Unavailable> {
        let connection = self.patient().await?;
        let rows = load(&connection, query).await?;
        let last = rows.last().map(|(organization, message, ..)| {
            (OrganizationId::new(*organization), MessageId::new(*message))
        });
        let decisions = decisions(&connection, &rows).await?;
        Ok(DecisionPage { decisions, last })
    }

    async fn note_export(&self, export: &DecisionExport) -> Result<(), Unavailable> {
        let connection = self.cold().await?;
        let written = audit_log::record(&connection, export.entry()).await;
        Ok(written.map_err(StoreError::from)?)
    }
}

#[async_trait]
impl DecisionFeed for Pg {
    async fn present(&self) -> Result<DecisionCursor, Unavailable> {
        let connection = self.cold().await?;
        Ok(DecisionCursor(oldest(&connection).await?))
    }

    async fn made_since(
        &self,
        DecisionCursor(first): DecisionCursor,
    ) -> Result<(Vec<StoredDecision>, DecisionCursor), Unavailable> {
        let mut connection = self.patient().await?;
        // Asked before the rows are read, which then show everything of the transactions before it.
        let oldest = oldest(&connection).await?;
        let until = oldest.clamp(first, first.saturating_add(TRANSACTIONS));
        let rows = if first < until {
            made(&mut connection, first, until).await?
        } else {
            Vec::new()
        };
        let decisions = decisions(&connection, &rows).await?;
        Ok((decisions, DecisionCursor(until)))
    }
}

async fn oldest(mut connection: &AsyncPgConnection) -> Result<i64, StoreError> {
    Ok(OldestTransaction {}.get_result(&mut connection).await?)
}

async fn made(
    connection: &mut AsyncPgConnection,
    first: i64,
    until: i64,
) -> Result<Vec<Row>, StoreError> {
    let statement = DecisionsOfTransactions { first, until };
    let rows = connection.transaction(async |connection| {
        connection.batch_execute(BY_INDEX).await?;
        statement.load(connection).await
    });
    Ok(rows.await?)
}

/// The decisions of rows that have one.
async fn decisions(
    connection: &AsyncPgConnection,
    rows: &[Row],
) -> Result<Vec<StoredDecision>, StoreError> {
    let stored: Vec<(&Row, Parts<'_>)> = rows
        .iter()
        .filter_map(split)
        .collect::<Result<_, _>>()
        .map_err(StoreError::Row)?;
    let organizations = organizations(connection, &stored).await?;
    let decisions: Result<_, ImpossibleRow> = stored
        .iter()
        .map(|(row, parts)| decision(row, parts, &organizations))
        .collect();
    decisions.map_err(StoreError::Row)
}

async fn load(
    mut connection: &AsyncPgConnection,
    query: DecisionQuery,
) -> Result<Vec<Row>, StoreError> {
    let only = query.organization.map(OrganizationId::as_uuid);
    let begin = (only.unwrap_or(Uuid::nil()), Uuid::nil());
    let (organization, message) = query
        .after
        .map_or(begin, |after| (after.0.as_uuid(), after.1.as_uuid()));
    let statement = PageOfDecisions {
        organization,
        message,
        last: only.unwrap_or(Uuid::max()),
        since: query.since,
        most: query.messages.into(),
    };
    Ok(statement.load(&mut connection).await?)
}

fn split(row: &Row) -> Option<Result<(&Row, Parts<'_>), ImpossibleRow>> {
    let (_, message, confirms, bytes) = row;
    let bytes = bytes.as_ref()?;
    let found = if *confirms {
        confirmation(*message, bytes)
    } else {
        Ok(with_record(bytes))
    };
    Some(found.map(|parts| (row, parts)))
}

/// What cannot be taken apart is decoded as a record, which names the fault.
fn with_record(bytes: &[u8]) -> Parts<'_> {
    let found = parts(bytes).unwrap_or(StoredParts {
        record: bytes,
        basis: None,
    });
    Parts {
        decided: PartDecided::Record(found.record),
        basis: found.basis,
    }
}

fn confirmation(message: Uuid, bytes: &[u8]) -> Result<Parts<'_>, ImpossibleRow> {
    let reading = RowRef {
        table: "attempts",
        id: message,
    };
    let (digest, hash, snapshot) = confirmation_parts(bytes)
        .ok_or_else(|| reading.impossible("confirmation", "has an unknown format"))?;
    Ok(Parts {
        decided: PartDecided::Digest(digest),
        basis: Some((hash, snapshot)),
    })
}

async fn organizations(
    mut connection: &AsyncPgConnection,
    stored: &[(&Row, Parts<'_>)],
) -> Result<Organizations, StoreError> {
    let keys: BTreeSet<(Uuid, SnapshotHash)> = stored
        .iter()
        .filter_map(|((organization, ..), parts)| Some((*organization, parts.basis.as_ref()?.0)))
        .collect();
    let statement = FindFactSnapshots {
        organizations: keys.iter().map(|(organization, _)| *organization).collect(),
        hashes: keys
            .iter()
            .map(|(_, hash)| hash.as_bytes().to_vec())
            .collect(),
    };
    let found: Vec<(Uuid, Vec<u8>, Vec<u8>)> = statement.load(&mut connection).await?;
    let mut organizations = Organizations::new();
    for (organization, hash, facts) in found {
        let reading = RowRef {
            table: "fact_snapshots",
            id: organization,
        };
        let facts = decode_organization(&reading, &facts).map_err(StoreError::Row)?;
        if let Some(hash) = SnapshotHash::from_bytes(&hash) {
            organizations.insert((organization, hash), Arc::new(facts));
        }
    }
    Ok(organizations)
}

fn decision(
    (organization, message, ..): &Row,
    parts: &Parts<'_>,
    organizations: &Organizations,
) -> Result<StoredDecision, ImpossibleRow> {
    let reading = RowRef {
        table: "decisions",
        id: *message,
    };
    let basis = parts
        .basis
        .as_ref()
        .and_then(|(hash, snapshot)| Some((organizations.get(&(*organization, *hash))?, snapshot)));
    let basis = basis.map(|(organization, snapshot)| {
        Ok(StoredBasis {
            snapshot: decode_snapshot(&reading, *snapshot)?,
            organization: Arc::clone(organization),
        })
    });
    Ok(StoredDecision {
        organization_id: OrganizationId::new(*organization),
        message_id: MessageId::new(*message),
        decided: match parts.decided {
            PartDecided::Record(bytes) => {
                let record = decode_decision(&reading, "record", bytes)?;
                WhatWasDecided::Record(Box::new(record))
            }
            PartDecided::Digest(digest) => WhatWasDecided::Digest(digest),
        },
        basis: basis.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use diesel::prelude::QueryableByName;
    use diesel::sql_types::Text;
    use sms_testkit::database::TestDatabase;

    use super::*;

    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }

    #[tokio::test]
    async fn new_decisions_are_found_by_the_indexes_over_their_transactions() {
        let database = TestDatabase::create().await;
        let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
        let statement = DecisionsOfTransactions { first: 1, until: 1 };
        let sql = diesel::debug_query::<diesel::pg::Pg, _>(&statement).to_string();
        let (sql, _) = sql.split_once(" -- binds").unwrap();
        let sql = (1..=6).fold(sql.to_owned(), |sql, n| sql.replace(&format!("${n}"), "1"));
        let plan = connection.transaction(async |connection| {
            connection.batch_execute(BY_INDEX).await?;
            let explain = diesel::sql_query(format!("EXPLAIN {sql}"));
            explain.load::<Line>(connection).await
        });
        let plan: Vec<String> = plan
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.line)
            .collect();
        let plan = plan.join("\n");
        for table in ["submissions", "decisions", "attempts"] {
            let index = format!("Bitmap Index Scan on {table}_decided_in");
            assert!(plan.contains(&index), "{plan}");
        }
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
}
