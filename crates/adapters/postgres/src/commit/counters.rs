//! Capacity counters: locked like everything else, but a counter that is taken from must have a row
//! first, or two transactions could both believe to be the first of an hour.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Integer, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join;
use sms_domain::ids::PhoneNumberId;
use sms_domain::numbers::{CounterKey, CounterKind};
use uuid::Uuid;

use super::keys::{CounterId, Keys};
use super::lock::Locked;
use crate::error::StoreError;
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
pub(super) struct CounterColumns {
    pub(super) organizations: Vec<Uuid>,
    pub(super) numbers: Vec<Uuid>,
    pub(super) kinds: Vec<String>,
    pub(super) starts: Vec<DateTime<Utc>>,
}

impl<'c> FromIterator<&'c CounterId> for CounterColumns {
    fn from_iter<I: IntoIterator<Item = &'c CounterId>>(counters: I) -> Self {
        let mut columns = Self {
            organizations: Vec::new(),
            numbers: Vec::new(),
            kinds: Vec::new(),
            starts: Vec::new(),
        };
        for (organization, key) in counters {
            columns.organizations.push(*organization);
            columns.numbers.push(key.number_id.as_uuid());
            columns.kinds.push(key.kind.as_str().to_owned());
            columns.starts.push(key.window_start);
        }
        columns
    }
}

/// Locks the counters that exist.
pub(super) async fn lock_counters(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<HashMap<CounterId, i32>> {
    if counters.is_empty() {
        return Ok(HashMap::new());
    }
    let CounterColumns {
        organizations,
        numbers,
        kinds,
        starts,
    } = counters.iter().collect();
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
            let number_id = PhoneNumberId::new(number);
            Ok((
                (
                    organization,
                    CounterKey {
                        number_id,
                        kind,
                        window_start,
                    },
                ),
                used,
            ))
        })
        .collect()
}

/// Makes the rows of counters that the group takes from and that do not exist yet: one more round
/// trip, when a new hour or day begins for a number.
pub(super) async fn ensure(
    connection: &AsyncPgConnection,
    keys: &Keys,
    locked: &mut Locked,
) -> Result<(), StoreError> {
    let missing: BTreeSet<CounterId> = keys
        .taken
        .iter()
        .filter(|id| !locked.counters.contains_key(id))
        .copied()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (inserted, now_locked) = join(
        insert(connection, &missing),
        lock_counters(connection, &missing),
    )
    .await;
    inserted?;
    locked.counters.extend(now_locked?);
    Ok(())
}

async fn insert(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<usize> {
    let CounterColumns {
        organizations,
        numbers,
        kinds,
        starts,
    } = counters.iter().collect();
    InsertCounters {
        organizations,
        numbers,
        kinds,
        starts,
    }
    .execute(&mut connection)
    .await
}
