//! [`LawRepository`] on Postgres. It must not know what the law says.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Jsonb, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value};
use sms_domain::ports::{LawRepository, LawUser, RuleSet, Unavailable};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    StoreLaw { hash: Text = String, files: Jsonb = Value, now: Timestamptz = DateTime<Utc> } -> ();
    "INSERT INTO rule_sets (hash, files, stored_at) VALUES ($hash, $files, $now)
     ON CONFLICT (hash) DO NOTHING"
}

statement! {
    FindLaw { hash: Text = String } -> (Array<Text>, Array<Text>);
    "SELECT array_agg(file.key ORDER BY file.key), array_agg(file.value ORDER BY file.key)
     FROM rule_sets CROSS JOIN LATERAL jsonb_each_text(rule_sets.files) AS file
     WHERE rule_sets.hash = $hash GROUP BY rule_sets.hash"
}

statement! {
    /// Two processes that begin at the same time look at the others one after the other.
    LockUsers {} -> ();
    "LOCK TABLE law_users IN SHARE ROW EXCLUSIVE MODE"
}

statement! {
    LawUsers { alive_since: Timestamptz = DateTime<Utc> } -> (SqlUuid, Text, Bool, Timestamptz);
    "SELECT process, hash, is_transition, seen_at FROM law_users
     WHERE seen_at >= $alive_since ORDER BY seen_at DESC, process"
}

statement! {
    /// Rows of processes that are long gone leave with it.
    RecordUser {
        process: SqlUuid = Uuid,
        hash: Text = String,
        is_transition: Bool = bool,
        seen_at: Timestamptz = DateTime<Utc>,
    } -> ();
    "WITH gone AS (
         DELETE FROM law_users WHERE seen_at < $seen_at - interval '1 day' AND process <> $process)
     INSERT INTO law_users (process, hash, is_transition, seen_at)
     VALUES ($process, $hash, $is_transition, $seen_at)
     ON CONFLICT (process) DO UPDATE SET hash = $hash, is_transition = $is_transition,
         seen_at = $seen_at"
}

statement! {
    ForgetUser { process: SqlUuid = Uuid } -> ();
    "DELETE FROM law_users WHERE process = $process"
}

type UserRow = (Uuid, String, bool, DateTime<Utc>);

fn user((process, law, is_transition, seen_at): UserRow) -> LawUser {
    LawUser {
        process,
        law,
        is_transition,
        seen_at,
    }
}

async fn users(
    connection: &mut AsyncPgConnection,
    alive_since: DateTime<Utc>,
) -> QueryResult<Vec<LawUser>> {
    let rows: Vec<UserRow> = LawUsers { alive_since }.load(connection).await?;
    Ok(rows.into_iter().map(user).collect())
}

#[async_trait]
impl LawRepository for Pg {
    async fn store_law(&self, set: &RuleSet, now: DateTime<Utc>) -> Result<(), Unavailable> {
        let files = set.files.iter().cloned();
        let files: Map<_, _> = files
            .map(|(name, text)| (name, Value::String(text)))
            .collect();
        let statement = StoreLaw {
            hash: set.hash.clone(),
            files: Value::Object(files),
            now,
        };
        let mut connection = self.cold().await?;
        let stored = statement.execute(&mut connection).await;
        stored.map_err(StoreError::from)?;
        Ok(())
    }

    async fn find_law(&self, hash: &str) -> Result<Option<RuleSet>, Unavailable> {
        let hash = hash.to_owned();
        let statement = FindLaw { hash: hash.clone() };
        let mut connection = self.cold().await?;
        let rows: QueryResult<Vec<(Vec<String>, Vec<String>)>> =
            statement.load(&mut connection).await;
        let mut rows = rows.map_err(StoreError::from)?.into_iter();
        Ok(rows.next().map(|(names, texts)| RuleSet {
            hash,
            files: names.into_iter().zip(texts).collect(),
        }))
    }

    async fn use_law(
        &self,
        own: &LawUser,
        alive_since: DateTime<Utc>,
    ) -> Result<Vec<LawUser>, Unavailable> {
        let mut connection = self.cold().await?;
        let excluding = connection
            .transaction(async |connection| {
                LockUsers {}.execute(connection).await?;
                let mut others = users(connection, alive_since).await?;
                others.retain(|other| own.excludes(other));
                if others.is_empty() {
                    let statement = RecordUser {
                        process: own.process,
                        hash: own.law.clone(),
                        is_transition: own.is_transition,
                        seen_at: own.seen_at,
                    };
                    statement.execute(connection).await?;
                }
                QueryResult::Ok(others)
            })
            .await;
        Ok(excluding.map_err(StoreError::from)?)
    }

    async fn leave_law(&self, process: Uuid) -> Result<(), Unavailable> {
        let mut connection = self.cold().await?;
        let left = ForgetUser { process }.execute(&mut connection).await;
        left.map_err(StoreError::from)?;
        Ok(())
    }

    async fn law_users(&self, alive_since: DateTime<Utc>) -> Result<Vec<LawUser>, Unavailable> {
        let mut connection = self.cold().await?;
        Ok(users(&mut connection, alive_since)
            .await
            .map_err(StoreError::from)?)
    }
}
