//! Lowered paces: columns of the lanes that claims pass. What has no usual pace gets a lane of its own
//! for as long as it is slowed. Must not know when a pace is lowered or raised.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::ids::{CampaignId, OrganizationId, PhoneNumberId};
use sms_domain::numbers::{LanePace, PacedLane, Slowdown};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, Reading, integer};
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
const CAMPAIGN: &str = "campaign";

statement! {
    LoadPace { kind: Text = String, organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> PaceSql;
    "SELECT number.organization_id, number.id, $kind, number.minute_limit, lane.slowed_to,
         lane.slowed_at
     FROM phone_numbers AS number LEFT JOIN lanes AS lane
         ON lane.provider_account = number.provider_account AND lane.number_id = number.id
     WHERE $kind = 'number' AND number.organization_id = $organization AND number.id = $id
     UNION ALL
     SELECT campaign.organization_id, campaign.id, $kind, campaign.minute_limit, lane.slowed_to,
         lane.slowed_at
     FROM messaging_campaigns AS campaign LEFT JOIN campaign_lanes AS lane
         ON lane.organization_id = campaign.organization_id AND lane.campaign_id = campaign.id
     WHERE $kind = 'campaign' AND campaign.organization_id = $organization AND campaign.id = $id"
}

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

statement! {
    SlowNumber {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        seen_to: Nullable<Integer> = Option<i32>,
        seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        slowed_to: Integer = i32,
        slowed_at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO lanes AS lane
         (provider_account, number_id, next_at, tail_at, per_minute, slowed_to, slowed_at)
     SELECT provider_account, id, 'epoch', 'epoch', coalesce(minute_limit, $slowed_to), $slowed_to,
         $slowed_at
     FROM phone_numbers WHERE organization_id = $organization AND id = $id
     ON CONFLICT (provider_account, number_id) DO UPDATE
         SET per_minute = excluded.per_minute, slowed_to = excluded.slowed_to,
             slowed_at = excluded.slowed_at
         WHERE lane.slowed_to IS NOT DISTINCT FROM $seen_to
             AND lane.slowed_at IS NOT DISTINCT FROM $seen_at"
}

statement! {
    SlowCampaign {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        seen_to: Nullable<Integer> = Option<i32>,
        seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        slowed_to: Integer = i32,
        slowed_at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO campaign_lanes AS lane
         (organization_id, campaign_id, next_at, tail_at, per_minute, slowed_to, slowed_at)
     SELECT organization_id, id, 'epoch', 'epoch', coalesce(minute_limit, $slowed_to), $slowed_to,
         $slowed_at
     FROM messaging_campaigns WHERE organization_id = $organization AND id = $id
     ON CONFLICT (organization_id, campaign_id) DO UPDATE
         SET per_minute = excluded.per_minute, slowed_to = excluded.slowed_to,
             slowed_at = excluded.slowed_at
         WHERE lane.slowed_to IS NOT DISTINCT FROM $seen_to
             AND lane.slowed_at IS NOT DISTINCT FROM $seen_at"
}

statement! {
    /// A lane without a usual pace goes; another goes on at its own.
    EaseNumber {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        seen_to: Nullable<Integer> = Option<i32>,
        seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "WITH slowed AS (
         SELECT lane.provider_account, lane.number_id, number.minute_limit
         FROM phone_numbers AS number JOIN lanes AS lane
             ON lane.provider_account = number.provider_account AND lane.number_id = number.id
         WHERE number.organization_id = $organization AND number.id = $id
             AND lane.slowed_to = $seen_to AND lane.slowed_at = $seen_at
         FOR UPDATE OF lane),
     gone AS (
         DELETE FROM lanes AS lane USING slowed
         WHERE lane.provider_account = slowed.provider_account
             AND lane.number_id = slowed.number_id AND slowed.minute_limit IS NULL
         RETURNING lane.number_id),
     eased AS (
         UPDATE lanes AS lane SET slowed_to = NULL, slowed_at = NULL FROM slowed
         WHERE lane.provider_account = slowed.provider_account
             AND lane.number_id = slowed.number_id AND slowed.minute_limit IS NOT NULL
         RETURNING lane.number_id)
     SELECT 1 FROM gone UNION ALL SELECT 1 FROM eased"
}

statement! {
    EaseCampaign {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        seen_to: Nullable<Integer> = Option<i32>,
        seen_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "WITH slowed AS (
         SELECT lane.organization_id, lane.campaign_id, campaign.minute_limit
         FROM messaging_campaigns AS campaign JOIN campaign_lanes AS lane
             ON lane.organization_id = campaign.organization_id
             AND lane.campaign_id = campaign.id
         WHERE campaign.organization_id = $organization AND campaign.id = $id
             AND lane.slowed_to = $seen_to AND lane.slowed_at = $seen_at
         FOR UPDATE OF lane),
     gone AS (
         DELETE FROM campaign_lanes AS lane USING slowed
         WHERE lane.organization_id = slowed.organization_id
             AND lane.campaign_id = slowed.campaign_id AND slowed.minute_limit IS NULL
         RETURNING lane.campaign_id),
     eased AS (
         UPDATE campaign_lanes AS lane SET slowed_to = NULL, slowed_at = NULL FROM slowed
         WHERE lane.organization_id = slowed.organization_id
             AND lane.campaign_id = slowed.campaign_id AND slowed.minute_limit IS NOT NULL
         RETURNING lane.campaign_id)
     SELECT 1 FROM gone UNION ALL SELECT 1 FROM eased"
}

pub(super) async fn load(
    connection: &mut AsyncPgConnection,
    lane: PacedLane,
) -> QueryResult<Option<PaceRow>> {
    let (kind, organization, id) = key(lane);
    let statement = LoadPace {
        kind: kind.to_owned(),
        organization,
        id,
    };
    let rows: Vec<PaceRow> = statement.load(connection).await?;
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
    let (_, organization, id) = key(seen.lane);
    let seen_to = seen.slowdown.map(|slowdown| integer(slowdown.per_minute));
    let seen_at = seen.slowdown.map(|slowdown| slowdown.since);
    let written = match (seen.lane, slowdown) {
        (PacedLane::Number(..), Some(slowdown)) => {
            let statement = SlowNumber {
                organization,
                id,
                seen_to,
                seen_at,
                slowed_to: integer(slowdown.per_minute),
                slowed_at: slowdown.since,
            };
            statement.execute(connection).await?
        }
        (PacedLane::Campaign(..), Some(slowdown)) => {
            let statement = SlowCampaign {
                organization,
                id,
                seen_to,
                seen_at,
                slowed_to: integer(slowdown.per_minute),
                slowed_at: slowdown.since,
            };
            statement.execute(connection).await?
        }
        (PacedLane::Number(..), None) => {
            let statement = EaseNumber {
                organization,
                id,
                seen_to,
                seen_at,
            };
            statement.execute(connection).await?
        }
        (PacedLane::Campaign(..), None) => {
            let statement = EaseCampaign {
                organization,
                id,
                seen_to,
                seen_at,
            };
            statement.execute(connection).await?
        }
    };
    Ok(written == 1)
}

fn key(lane: PacedLane) -> (&'static str, Uuid, Uuid) {
    match lane {
        PacedLane::Number(organization, id) => (NUMBER, organization.as_uuid(), id.as_uuid()),
        PacedLane::Campaign(organization, id) => (CAMPAIGN, organization.as_uuid(), id.as_uuid()),
    }
}

pub(super) fn read(row: PaceRow) -> Result<LanePace, ImpossibleRow> {
    let (organization, id, kind, usual, slowed_to, slowed_at) = row;
    let table = if kind == NUMBER {
        "lanes"
    } else {
        "campaign_lanes"
    };
    let reading = Reading { table, id };
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
