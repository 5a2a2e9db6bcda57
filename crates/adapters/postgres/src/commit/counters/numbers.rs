//! Hourly and daily counters of numbers.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Integer, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::values::ids::PhoneNumberId;
use sms_domain::values::{CounterKey, CounterKind};
use uuid::Uuid;

use crate::commit::keys::CounterId;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LockCounters {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        kinds: Array<Text> = Vec<String>,
        starts: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> (SqlUuid, SqlUuid, Text, Timestamptz, Integer);
    "SELECT input.organization_id, input.number_id, input.kind, input.window_start, stored.used
     FROM unnest($organizations, $numbers, $kinds, $starts)
         AS input (organization_id, number_id, kind, window_start)
     CROSS JOIN LATERAL (
         SELECT used FROM counters
         WHERE organization_id = input.organization_id AND number_id = input.number_id
             AND kind = input.kind AND window_start = input.window_start FOR UPDATE) AS stored"
}

statement! {
    InsertCounters {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        kinds: Array<Text> = Vec<String>,
        starts: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> ();
    "INSERT INTO counters (organization_id, number_id, kind, window_start, used)
     SELECT input.*, 0 FROM unnest($organizations, $numbers, $kinds, $starts) AS input
     ON CONFLICT DO NOTHING"
}

/// The columns of counters, one array each.
#[derive(Default)]
pub(in crate::commit) struct NumberColumns {
    pub(in crate::commit) organizations: Vec<Uuid>,
    pub(in crate::commit) numbers: Vec<Uuid>,
    pub(in crate::commit) kinds: Vec<String>,
    pub(in crate::commit) starts: Vec<DateTime<Utc>>,
}

/// Skips counters of campaigns.
impl<'c> FromIterator<&'c CounterId> for NumberColumns {
    fn from_iter<I: IntoIterator<Item = &'c CounterId>>(counters: I) -> Self {
        let mut columns = Self::default();
        for (organization, key) in counters {
            match *key {
                CounterKey::Number {
                    id,
                    kind,
                    window_start,
                } => {
                    columns.organizations.push(*organization);
                    columns.numbers.push(id.as_uuid());
                    columns.kinds.push(kind.as_str().to_owned());
                    columns.starts.push(window_start);
                }
                CounterKey::Campaign { .. } => {}
            }
        }
        columns
    }
}

/// Locks the existing counters of numbers.
pub(super) async fn lock(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<HashMap<CounterId, i32>> {
    let NumberColumns {
        organizations,
        numbers,
        kinds,
        starts,
    } = counters.iter().collect();
    if organizations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, String, DateTime<Utc>, i32)> = LockCounters {
        organizations,
        numbers,
        kinds,
        starts,
    }
    .load(&mut connection)
    .await?;
    rows.into_iter()
        .map(|(organization, number, kind, window_start, used)| {
            let kind: CounterKind = kind
                .parse()
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            let key = CounterKey::Number {
                id: PhoneNumberId::new(number),
                kind,
                window_start,
            };
            Ok(((organization, key), used))
        })
        .collect()
}

pub(super) async fn insert(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<()> {
    let NumberColumns {
        organizations,
        numbers,
        kinds,
        starts,
    } = counters.iter().collect();
    if organizations.is_empty() {
        return Ok(());
    }
    let statement = InsertCounters {
        organizations,
        numbers,
        kinds,
        starts,
    };
    statement.execute(&mut connection).await?;
    Ok(())
}
