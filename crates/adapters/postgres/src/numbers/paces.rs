//! Lowered paces: columns of the lanes that claims pass. What has no usual pace gets a lane of its own
//! for as long as it is slowed. Must not know when a pace is lowered or raised.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::numbers::{LanePace, PacedLane, Slowdown};
use sms_domain::values::ids::{CampaignId, OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, RowRef, integer};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// Organization, number or campaign, kind, usual pace, lowered pace and since when.
type PaceRow = (
    Uuid,
    Uuid,
    String,
    Option<i32>,
    Option<i32>,
    Option<DateTime<Utc>>,
);
type PaceSql = (
    SqlUuid,
    SqlUuid,
    Text,
    Nullable<Integer>,
    Nullable<Integer>,
    Nullable<Timestamptz>,
);

const NUMBER: &str = "number";

/// A pace as it was read: it is written only if it is still so.
struct Seen {
    organization: Uuid,
    id: Uuid,
    slowed_to: Option<i32>,
    slowed_at: Option<DateTime<Utc>>,
}

/// The statements over one kind of lane. Lanes and their owners share a column, `$shared`; the owner's
/// `id` is the lane's `$id`.
macro_rules! paces_of {
    ($kind:ident: $lanes:literal of $owners:literal by $shared:literal and $id:literal) => {
        mod $kind {
            use super::*;

            statement! {
                Load { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> PaceSql;
                "SELECT owner.organization_id, owner.id, '", stringify!($kind), "',
                     owner.minute_limit, lane.slowed_to, lane.slowed_at
                 FROM ", $owners, " AS owner LEFT JOIN ", $lanes, " AS lane
                     ON lane.", $shared, " = owner.", $shared, " AND lane.", $id, " = owner.id
                 WHERE owner.organization_id = $organization AND owner.id = $id"
            }

            statement! {
                Slow {
                    organization: SqlUuid = Uuid,
                    id: SqlUuid = Uuid,
                    seen_to: Nullable<Integer> = Option<i32>,
                    seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
                    slowed_to: Integer = i32,
                    slowed_at: Timestamptz = DateTime<Utc>,
                } -> ();
                "INSERT INTO ", $lanes, " AS lane (", $shared, ", ", $id, ",
                     next_at, tail_at, per_minute, slowed_to, slowed_at)
                 SELECT ", $shared, ", id, 'epoch', 'epoch', coalesce(minute_limit, $slowed_to),
                     $slowed_to, $slowed_at
                 FROM ", $owners, " WHERE organization_id = $organization AND id = $id
                 ON CONFLICT (", $shared, ", ", $id, ") DO UPDATE
                     SET per_minute = excluded.per_minute, slowed_to = excluded.slowed_to,
                         slowed_at = excluded.slowed_at
                     WHERE lane.slowed_to IS NOT DISTINCT FROM $seen_to
                         AND lane.slowed_at IS NOT DISTINCT FROM $seen_at"
            }

            statement! {
                /// A lane without a usual pace goes; another goes on at its own.
                Ease {
                    organization: SqlUuid = Uuid,
                    id: SqlUuid = Uuid,
                    seen_to: Nullable<Integer> = Option<i32>,
                    seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
                } -> ();
                "WITH slowed AS (
                     SELECT lane.", $shared, ", lane.", $id, ", owner.minute_limit
                     FROM ", $owners, " AS owner JOIN ", $lanes, " AS lane
                         ON lane.", $shared, " = owner.", $shared, " AND lane.", $id, " = owner.id
                     WHERE owner.organization_id = $organization AND owner.id = $id
                         AND lane.slowed_to = $seen_to AND lane.slowed_at = $seen_at
                     FOR UPDATE OF lane),
                 gone AS (
                     DELETE FROM ", $lanes, " AS lane USING slowed
                     WHERE lane.", $shared, " = slowed.", $shared, "
                         AND lane.", $id, " = slowed.", $id, " AND slowed.minute_limit IS NULL
                     RETURNING 1),
                 eased AS (
                     UPDATE ", $lanes, " AS lane SET slowed_to = NULL, slowed_at = NULL FROM slowed
                     WHERE lane.", $shared, " = slowed.", $shared, "
                         AND lane.", $id, " = slowed.", $id, " AND slowed.minute_limit IS NOT NULL
                     RETURNING 1)
                 SELECT 1 FROM gone UNION ALL SELECT 1 FROM eased"
            }

            pub(super) async fn load(
                connection: &mut AsyncPgConnection,
                organization: Uuid,
                id: Uuid,
            ) -> QueryResult<Vec<PaceRow>> {
                Load { organization, id }.load(connection).await
            }

            pub(super) async fn slow(
                connection: &mut AsyncPgConnection,
                seen: Seen,
                to: Slowdown,
            ) -> QueryResult<usize> {
                let statement = Slow {
                    organization: seen.organization,
                    id: seen.id,
                    seen_to: seen.slowed_to,
                    seen_at: seen.slowed_at,
                    slowed_to: integer(to.per_minute),
                    slowed_at: to.since,
                };
                statement.execute(connection).await
            }

            pub(super) async fn ease(
                connection: &mut AsyncPgConnection,
                seen: Seen,
            ) -> QueryResult<usize> {
                let statement = Ease {
                    organization: seen.organization,
                    id: seen.id,
                    seen_to: seen.slowed_to,
                    seen_at: seen.slowed_at,
                };
                statement.execute(connection).await
            }
        }
    };
}

paces_of! { number: "lanes" of "phone_numbers" by "provider_account" and "number_id" }
paces_of! { campaign: "campaign_lanes" of "messaging_campaigns" by "organization_id" and "campaign_id" }

statement! {
    LoadSlowed {} -> PaceSql;
    "SELECT number.organization_id, number.id, 'number', number.minute_limit, lane.slowed_to,
         lane.slowed_at
     FROM lanes AS lane JOIN phone_numbers AS number
         ON number.id = lane.number_id AND number.provider_account = lane.provider_account
     WHERE lane.slowed_to IS NOT NULL
     UNION ALL
     SELECT campaign.organization_id, campaign.id, 'campaign', campaign.minute_limit,
         lane.slowed_to, lane.slowed_at
     FROM campaign_lanes AS lane JOIN messaging_campaigns AS campaign
         ON campaign.organization_id = lane.organization_id AND campaign.id = lane.campaign_id
     WHERE lane.slowed_to IS NOT NULL"
}

pub(super) async fn load(
    connection: &mut AsyncPgConnection,
    lane: PacedLane,
) -> QueryResult<Option<PaceRow>> {
    let (organization, id) = key(lane);
    let rows = match lane {
        PacedLane::Number(..) => number::load(connection, organization, id).await?,
        PacedLane::Campaign(..) => campaign::load(connection, organization, id).await?,
    };
    Ok(rows.into_iter().next())
}

pub(super) async fn load_slowed(connection: &mut AsyncPgConnection) -> QueryResult<Vec<PaceRow>> {
    LoadSlowed {}.load(connection).await
}

/// Answers whether the pace was still as seen.
pub(super) async fn set(
    connection: &mut AsyncPgConnection,
    seen: LanePace,
    slowdown: Option<Slowdown>,
) -> QueryResult<bool> {
    let (lane, seen) = (seen.lane, Seen::of(seen));
    let written = match (lane, slowdown) {
        (PacedLane::Number(..), Some(to)) => number::slow(connection, seen, to).await?,
        (PacedLane::Number(..), None) => number::ease(connection, seen).await?,
        (PacedLane::Campaign(..), Some(to)) => campaign::slow(connection, seen, to).await?,
        (PacedLane::Campaign(..), None) => campaign::ease(connection, seen).await?,
    };
    Ok(written == 1)
}

impl Seen {
    fn of(pace: LanePace) -> Self {
        let (organization, id) = key(pace.lane);
        Self {
            organization,
            id,
            slowed_to: pace.slowdown.map(|slowdown| integer(slowdown.per_minute)),
            slowed_at: pace.slowdown.map(|slowdown| slowdown.since),
        }
    }
}

fn key(lane: PacedLane) -> (Uuid, Uuid) {
    match lane {
        PacedLane::Number(organization, id) => (organization.as_uuid(), id.as_uuid()),
        PacedLane::Campaign(organization, id) => (organization.as_uuid(), id.as_uuid()),
    }
}

pub(super) fn read(row: PaceRow) -> Result<LanePace, ImpossibleRow> {
    let (organization, id, kind, usual, slowed_to, slowed_at) = row;
    let table = if kind == NUMBER {
        "lanes"
    } else {
        "campaign_lanes"
    };
    let reading = RowRef { table, id };
    let organization = OrganizationId::new(organization);
    let slowed_to = reading.optional_count("slowed_to", slowed_to)?;
    Ok(LanePace {
        lane: if kind == NUMBER {
            PacedLane::Number(organization, PhoneNumberId::new(id))
        } else {
            PacedLane::Campaign(organization, CampaignId::new(id))
        },
        usual: reading.optional_count("minute_limit", usual)?,
        slowdown: slowed_to
            .zip(slowed_at)
            .map(|(per_minute, since)| Slowdown { per_minute, since }),
    })
}
