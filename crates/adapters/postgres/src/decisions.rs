//! [`DecisionArchive`] on Postgres: by the key of the messages, so that a step costs the same wherever it begins.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::decision::{OrganizationSnapshot, SnapshotHash};
use sms_domain::ports::{
    DecisionArchive, DecisionPage, DecisionQuery, StoredBasis, StoredDecision, Unavailable,
};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{
    ImpossibleRow, RowRef, StoredParts, decode_decision, decode_organization, decode_snapshot,
    parts,
};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// All decisions about the next messages. A message without one has a row without a record.
    PageOfDecisions {
        organization: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        since: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        most: BigInt = i64,
    } -> (SqlUuid, SqlUuid, Nullable<Bytea>);
    "WITH page AS MATERIALIZED (
         SELECT organization_id, id, first_decision FROM submissions
         WHERE (organization_id, id) > ($organization, $message)
             AND ($since IS NULL OR created_at >= $since)
         ORDER BY organization_id, id LIMIT $most)
     SELECT page.organization_id, page.id, made.record FROM page
     CROSS JOIN LATERAL (
         SELECT 0 AS seq, page.first_decision AS record
         UNION ALL
         SELECT seq, record FROM decisions
         WHERE organization_id = page.organization_id AND message_id = page.id) AS made
     ORDER BY page.organization_id, page.id, made.seq"
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

/// A row of a page: the organization, the message and one stored decision.
type Row = (Uuid, Uuid, Option<Vec<u8>>);

#[async_trait]
impl DecisionArchive for Pg {
    async fn page(&self, query: DecisionQuery) -> Result<DecisionPage, Unavailable> {
        let connection = self.cold().await?;
        let rows = load(&connection, query).await?;
        let last = rows.last().map(|(organization, message, _)| {
            (OrganizationId::new(*organization), MessageId::new(*message))
        });
        let stored: Vec<(&Row, StoredParts<'_>)> = rows.iter().filter_map(split).collect();
        let organizations = organizations(&connection, &stored).await?;
        let decisions: Result<_, ImpossibleRow> = stored
            .iter()
            .map(|(row, parts)| decision(row, parts, &organizations))
            .collect();
        Ok(DecisionPage {
            decisions: decisions.map_err(StoreError::Row)?,
            last,
        })
    }
}

async fn load(
    mut connection: &AsyncPgConnection,
    query: DecisionQuery,
) -> Result<Vec<Row>, StoreError> {
    let (organization, message) = query.after.map_or((Uuid::nil(), Uuid::nil()), |after| {
        (after.0.as_uuid(), after.1.as_uuid())
    });
    let statement = PageOfDecisions {
        organization,
        message,
        since: query.since,
        most: query.messages.into(),
    };
    Ok(statement.load(&mut connection).await?)
}

fn split(row: &Row) -> Option<(&Row, StoredParts<'_>)> {
    let bytes = row.2.as_ref()?;
    // What cannot be taken apart is decoded as a record, which names the fault.
    let whole = StoredParts {
        record: bytes,
        basis: None,
    };
    Some((row, parts(bytes).unwrap_or(whole)))
}

async fn organizations(
    mut connection: &AsyncPgConnection,
    stored: &[(&Row, StoredParts<'_>)],
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
    (organization, message, _): &Row,
    parts: &StoredParts<'_>,
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
            snapshot: decode_snapshot(&reading, snapshot)?,
            organization: Arc::clone(organization),
        })
    });
    Ok(StoredDecision {
        organization_id: OrganizationId::new(*organization),
        message_id: MessageId::new(*message),
        record: decode_decision(&reading, "record", parts.record)?,
        basis: basis.transpose()?,
    })
}
