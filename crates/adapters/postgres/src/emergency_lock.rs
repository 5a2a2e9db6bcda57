//! The emergencies in force, and the lock by which commits of attempts and changes of the emergencies exclude
//! each other. Must not know how they are changed.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::{Emergencies, Emergency};
use sms_domain::law::Jurisdiction;
use sms_domain::lifecycle::MessageChange;
use sms_domain::values::ids::EmergencyId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;
pub(crate) type ListedRow = (Uuid, String, Vec<String>, Option<DateTime<Utc>>);

statement! {
    /// Joined so that the version is read even if there is no emergency.
    InForce {} -> (BigInt, Array<SqlUuid>, Array<Text>, Array<Text>, Array<Nullable<Timestamptz>>);
    "SELECT version, coalesce(listed.ids, '{}'), coalesce(listed.states, '{}'),
         coalesce(listed.prefixes, '{}'), coalesce(listed.ends, '{}')
     FROM emergency_versions, LATERAL (
         SELECT array_agg(id ORDER BY id) AS ids, array_agg(jurisdiction ORDER BY id) AS states,
             array_agg(array_to_string(postal_prefixes, ' ') ORDER BY id) AS prefixes,
             array_agg(ends_at ORDER BY id) AS ends
         FROM emergencies WHERE lifted_at IS NULL) AS listed"
}

statement! {
    LockedVersion {} -> BigInt;
    "SELECT emergencies_in_force()"
}

statement! {
    RequireVersion { seen: BigInt = i64 } -> ();
    "SELECT require_emergencies($seen)"
}

type InForceRow = (
    i64,
    Vec<Uuid>,
    Vec<String>,
    Vec<String>,
    Vec<Option<DateTime<Utc>>>,
);

/// The emergencies in force.
pub(crate) async fn load(mut connection: &AsyncPgConnection) -> Result<Emergencies, StoreError> {
    let row: InForceRow = InForce {}.get_result(&mut connection).await?;
    let (version, ids, states, prefixes, ends) = row;
    let rows = ids
        .into_iter()
        .zip(states)
        .zip(prefixes.into_iter().zip(ends));
    let declared: Result<_, ImpossibleRow> = rows
        .map(|((id, state), (prefixes, until))| {
            let prefixes = prefixes.split_whitespace().map(str::to_owned).collect();
            emergency((id, state, prefixes, until))
        })
        .collect();
    Ok(Emergencies {
        version,
        declared: declared?,
    })
}

/// An emergency as it is stored.
pub(crate) fn emergency(
    (id, state, prefixes, until): ListedRow,
) -> Result<Emergency, ImpossibleRow> {
    let reading = RowRef {
        table: "emergencies",
        id,
    };
    Ok(Emergency {
        id: EmergencyId::new(id),
        jurisdiction: Jurisdiction::parse(&state)
            .ok_or_else(|| reading.impossible("jurisdiction", format!("is {state:?}")))?,
        postal_prefixes: prefixes,
        until,
    })
}

/// The version of the emergencies that the attempts of a group were decided under; `None` = it begins none.
/// An error: they were decided under several.
pub(crate) fn decided_under(changes: &[MessageChange]) -> Result<Option<i64>, ()> {
    let begun = changes.iter().filter(|change| change.begins_attempt());
    let mut versions = begun.filter_map(|change| change.guards.emergencies);
    let Some(first) = versions.next() else {
        return Ok(None);
    };
    versions
        .all(|version| version == first)
        .then_some(Some(first))
        .ok_or(())
}

/// Keeps the emergencies as they are until the transaction ends; fails as a lost race if they are others.
pub(crate) async fn require(
    mut connection: &AsyncPgConnection,
    version: Option<i64>,
) -> QueryResult<()> {
    if let Some(seen) = version {
        RequireVersion { seen }.execute(&mut connection).await?;
    }
    Ok(())
}

/// Keeps the emergencies as they are until the transaction ends, if the group begins an attempt; answers
/// their version.
pub(crate) async fn lock(
    mut connection: &AsyncPgConnection,
    changes: &[MessageChange],
) -> QueryResult<Option<i64>> {
    let begins =
        |change: &MessageChange| change.begins_attempt() && change.guards.emergencies.is_some();
    if !changes.iter().any(begins) {
        return Ok(None);
    }
    LockedVersion {}.get_result(&mut connection).await.map(Some)
}
