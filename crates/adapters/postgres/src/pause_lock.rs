//! The lock by which commits and changes of an organization's pauses exclude each other. Must not know how
//! pauses are changed.

use std::collections::{BTreeMap, HashMap};

use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::Pauses;
use sms_domain::lifecycle::MessageChange;
use sms_domain::values::ids::{CampaignId, PhoneNumberId};
use uuid::Uuid;

use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LockedVersions { organizations: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, BigInt);
    "SELECT organization_id, version FROM pauses_in_force($organizations)"
}

statement! {
    RequireVersions {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        seen: Array<BigInt> = Vec<i64>,
    } -> ();
    "SELECT require_pauses($organizations, $seen)"
}

statement! {
    /// Waits until no transaction that rests on the organization's pauses is under way.
    LockAlone { organization: SqlUuid = Uuid } -> ();
    "SELECT pg_advisory_xact_lock(7312, hashtext($organization::text))"
}

statement! {
    /// An organization's first pause.
    Begin { organization: SqlUuid = Uuid } -> ();
    "INSERT INTO pauses (organization_id, version, is_paused, numbers, campaigns)
     VALUES ($organization, 0, false, '{}', '{}') ON CONFLICT (organization_id) DO NOTHING"
}

statement! {
    Advance { organization: SqlUuid = Uuid, start: SqlUuid = Uuid } -> ();
    "UPDATE pauses SET version = version + 1, turned_to = $start WHERE organization_id = $organization"
}

/// Version, whether the organization is paused, its numbers and its campaigns that are.
pub(crate) type PausesRow = (i64, bool, Vec<Uuid>, Vec<Uuid>);

/// What is paused, as it is stored.
pub(crate) fn pauses((version, is_paused, numbers, campaigns): PausesRow) -> Pauses {
    Pauses {
        version,
        is_organization_paused: is_paused,
        numbers: numbers.into_iter().map(PhoneNumberId::new).collect(),
        campaigns: campaigns.into_iter().map(CampaignId::new).collect(),
    }
}

/// Nothing that was decided on before leaves, and what is queued is looked at again: what a number may do has
/// changed. Call it with the lock held alone.
pub(crate) async fn advance(
    connection: &mut AsyncPgConnection,
    organization: Uuid,
) -> QueryResult<()> {
    Begin { organization }.execute(connection).await?;
    let start = Uuid::nil();
    let advance = Advance {
        organization,
        start,
    };
    advance.execute(connection).await.map(drop)
}

/// The versions of their organizations' pauses that changes were decided under, where they rest on them. An
/// error: those of one organization were decided under several.
pub(crate) fn decided_under(changes: &[MessageChange]) -> Result<BTreeMap<Uuid, i64>, ()> {
    let mut seen = BTreeMap::new();
    for (organization, version) in resting(changes) {
        if *seen.entry(organization).or_insert(version) != version {
            return Err(());
        }
    }
    Ok(seen)
}

fn resting(changes: &[MessageChange]) -> impl Iterator<Item = (Uuid, i64)> {
    let resting = changes.iter().filter(|change| change.rests_on_pauses());
    resting.filter_map(|change| {
        let organization = change.message.organization_id.as_uuid();
        Some((organization, change.guards.pauses?))
    })
}

/// Keeps the pauses as they are until the transaction ends; fails as a lost race if they are others.
pub(crate) async fn require(
    mut connection: &AsyncPgConnection,
    seen: BTreeMap<Uuid, i64>,
) -> QueryResult<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let (organizations, seen) = seen.into_iter().unzip();
    let statement = RequireVersions {
        organizations,
        seen,
    };
    statement.execute(&mut connection).await.map(drop)
}

/// Keeps the pauses as they are until the transaction ends, of each organization of which a change rests on
/// them; answers their versions, 0 where nothing was ever paused.
pub(crate) async fn lock(
    mut connection: &AsyncPgConnection,
    changes: &[MessageChange],
) -> QueryResult<HashMap<Uuid, i64>> {
    let mut versions: HashMap<Uuid, i64> = resting(changes).map(|(id, _)| (id, 0)).collect();
    if versions.is_empty() {
        return Ok(versions);
    }
    let statement = LockedVersions {
        organizations: versions.keys().copied().collect(),
    };
    let rows: Vec<(Uuid, i64)> = statement.load(&mut connection).await?;
    versions.extend(rows);
    Ok(versions)
}
