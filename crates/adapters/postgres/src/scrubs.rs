//! [`ScrubRepository`] on Postgres.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::OptionalExtension;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::sql_types::{Array, BigInt, Binary, Date, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::json;
use sms_domain::ports::{
    AuditAction, AuditEntry, Exchange, Imported, ImportedList, ReassignedRow, ScrubRepository,
    Unavailable,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// Rows removed, or answers stored, by one statement.
const CHUNK: usize = 10_000;

statement! {
    NextGeneration {} -> BigInt;
    "SELECT nextval('scrub_generations')"
}

statement! {
    /// Everything but the list in force and, while it runs, one import.
    RemoveOthers {
        organization: SqlUuid = Uuid,
        most: BigInt = i64,
    } -> ();
    "DELETE FROM national_dnc WHERE (organization_id, generation, exchange) IN (
         SELECT organization_id, generation, exchange FROM national_dnc AS old
         WHERE old.organization_id = $organization AND NOT EXISTS (
             SELECT FROM scrub_lists AS current
             WHERE current.organization_id = old.organization_id
                 AND current.generation = old.generation)
         LIMIT $most)"
}

statement! {
    PutExchanges {
        organization: SqlUuid = Uuid,
        generation: BigInt = i64,
        exchanges: Array<Integer> = Vec<i32>,
        listed: Array<Binary> = Vec<Vec<u8>>,
    } -> ();
    "INSERT INTO national_dnc (organization_id, generation, exchange, listed)
     SELECT $organization, $generation, exchange, listed
     FROM unnest($exchanges, $listed) AS input (exchange, listed)"
}

statement! {
    CountExchanges { organization: SqlUuid = Uuid, generation: BigInt = i64 } -> BigInt;
    "SELECT count(*) FROM national_dnc
     WHERE organization_id = $organization AND generation = $generation"
}

statement! {
    FindList { organization: SqlUuid = Uuid } -> (Date, BigInt, Timestamptz);
    "SELECT as_of, numbers, imported_at FROM scrub_lists WHERE organization_id = $organization"
}

statement! {
    PutList {
        organization: SqlUuid = Uuid,
        generation: BigInt = i64,
        as_of: Date = NaiveDate,
        numbers: BigInt = i64,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO scrub_lists (organization_id, generation, as_of, numbers, imported_at)
     VALUES ($organization, $generation, $as_of, $numbers, $at)
     ON CONFLICT (organization_id) DO UPDATE
     SET generation = excluded.generation, as_of = excluded.as_of, numbers = excluded.numbers,
         imported_at = excluded.imported_at"
}

statement! {
    PutReassigned {
        organization: SqlUuid = Uuid,
        phones: Array<Text> = Vec<String>,
        consents: Array<Date> = Vec<NaiveDate>,
        asked: Array<Date> = Vec<NaiveDate>,
        answers: Array<Text> = Vec<String>,
    } -> ();
    "INSERT INTO reassigned (organization_id, phone, consent_on, asked_on, answer)
     SELECT DISTINCT ON (phone, consent_on) $organization, phone, consent_on, asked_on, answer
     FROM unnest($phones, $consents, $asked, $answers)
         AS input (phone, consent_on, asked_on, answer)
     ORDER BY phone, consent_on, asked_on DESC
     ON CONFLICT (organization_id, phone, consent_on) DO UPDATE
     SET asked_on = excluded.asked_on, answer = excluded.answer
     WHERE reassigned.asked_on <= excluded.asked_on"
}

statement! {
    CountReassigned { organization: SqlUuid = Uuid } -> (BigInt, Nullable<Date>);
    "SELECT count(*), max(asked_on) FROM reassigned WHERE organization_id = $organization"
}

#[async_trait]
impl ScrubRepository for Pg {
    async fn begin_national_dnc(
        &self,
        organization_id: OrganizationId,
    ) -> Result<i64, Unavailable> {
        self.remove_other_lists(organization_id).await?;
        Ok(self.next_generation().await?)
    }

    async fn put_exchanges(
        &self,
        organization_id: OrganizationId,
        generation: i64,
        exchanges: Vec<Exchange>,
    ) -> Result<bool, Unavailable> {
        let statement = PutExchanges {
            organization: organization_id.as_uuid(),
            generation,
            exchanges: exchanges
                .iter()
                .map(|one| exchange_column(one.code))
                .collect(),
            listed: exchanges.into_iter().map(|one| one.listed).collect(),
        };
        Ok(self.insert_exchanges(statement).await?)
    }

    async fn finish_national_dnc(&self, list: ImportedList) -> Result<bool, Unavailable> {
        let organization_id = list.organization_id;
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let finished = tokio::spawn(async move { pg.put_list(&list).await });
        let is_finished = finished.await.map_err(StoreError::Task)??;
        if is_finished {
            self.remove_other_lists(organization_id).await?;
        }
        Ok(is_finished)
    }

    async fn put_reassigned(
        &self,
        organization_id: OrganizationId,
        rows: Vec<ReassignedRow>,
        at: DateTime<Utc>,
        by: Actor,
    ) -> Result<(), Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let put = tokio::spawn(async move {
            let target = format!("reassigned, {} answers", rows.len());
            let action = AuditAction::ScrubImported;
            let entry = AuditEntry::of(organization_id, by, at, action, target);
            pg.put_answers(organization_id, rows, entry).await
        });
        Ok(put.await.map_err(StoreError::Task)??)
    }

    async fn imported(&self, organization_id: OrganizationId) -> Result<Imported, Unavailable> {
        Ok(self.imported_lists(organization_id).await?)
    }
}

impl Pg {
    async fn next_generation(&self) -> Result<i64, StoreError> {
        let mut connection = self.cold().await?;
        Ok(NextGeneration {}.get_result(&mut connection).await?)
    }

    /// In steps, each of which is short.
    async fn remove_other_lists(&self, organization_id: OrganizationId) -> Result<(), StoreError> {
        loop {
            let mut connection = self.cold().await?;
            let statement = RemoveOthers {
                organization: organization_id.as_uuid(),
                most: i64::try_from(CHUNK).unwrap_or(i64::MAX),
            };
            if statement.execute(&mut connection).await? < CHUNK {
                return Ok(());
            }
        }
    }

    async fn insert_exchanges(&self, statement: PutExchanges) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        match statement.execute(&mut connection).await {
            Ok(_) => Ok(true),
            Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn put_list(&self, list: &ImportedList) -> Result<bool, StoreError> {
        let mut connection = self.patient().await?;
        let organization = list.organization_id.as_uuid();
        let put = connection.transaction(async |connection| {
            let count = CountExchanges {
                organization,
                generation: list.generation,
            };
            let stored: i64 = count.get_result(connection).await?;
            if u64::try_from(stored).ok() != Some(list.exchanges) {
                return Ok(false);
            }
            let before: Option<(NaiveDate, i64, DateTime<Utc>)> = FindList { organization }
                .get_result(connection)
                .await
                .optional()?;
            let numbers = i64::try_from(list.numbers).unwrap_or(i64::MAX);
            let statement = PutList {
                organization,
                generation: list.generation,
                as_of: list.as_of,
                numbers,
                at: list.at,
            };
            statement.execute(connection).await?;
            let shown = |as_of, numbers| json!({ "asOf": as_of, "numbers": numbers });
            let before = before.map(|(as_of, numbers, _)| shown(as_of, numbers));
            let after = Some(shown(list.as_of, numbers));
            let (by, action) = (list.by.clone(), AuditAction::ScrubImported);
            let target = "national_dnc".to_owned();
            let entry = AuditEntry::of(list.organization_id, by, list.at, action, target);
            audit_log::record(connection, entry.changed(before, after)).await?;
            Ok::<_, StoreError>(true)
        });
        put.await
    }

    async fn put_answers(
        &self,
        organization_id: OrganizationId,
        rows: Vec<ReassignedRow>,
        entry: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut connection = self.patient().await?;
        let put = connection.transaction(async |connection| {
            for rows in rows.chunks(CHUNK) {
                let statement = PutReassigned {
                    organization: organization_id.as_uuid(),
                    phones: rows
                        .iter()
                        .map(|row| row.phone.as_str().to_owned())
                        .collect(),
                    consents: rows.iter().map(|row| row.consent_on).collect(),
                    asked: rows.iter().map(|row| row.asked_on).collect(),
                    answers: rows
                        .iter()
                        .map(|row| row.answer.as_str().to_owned())
                        .collect(),
                };
                statement.execute(connection).await?;
            }
            let after = json!({ "answers": rows.len() });
            audit_log::record(connection, entry.changed(None, Some(after))).await?;
            Ok::<_, StoreError>(())
        });
        put.await
    }

    async fn imported_lists(&self, id: OrganizationId) -> Result<Imported, StoreError> {
        let mut connection = self.cold().await?;
        let organization = id.as_uuid();
        let list: Option<(NaiveDate, i64, DateTime<Utc>)> = FindList { organization }
            .get_result(&mut connection)
            .await
            .optional()?;
        let count = CountReassigned { organization };
        let (answers, latest): (i64, Option<NaiveDate>) = count.get_result(&mut connection).await?;
        let many = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(Imported {
            national_dnc: list.map(|(as_of, numbers, at)| (as_of, many(numbers), at)),
            reassigned: (many(answers), latest),
        })
    }
}

fn exchange_column(code: u32) -> i32 {
    i32::try_from(code).unwrap_or(i32::MAX)
}
