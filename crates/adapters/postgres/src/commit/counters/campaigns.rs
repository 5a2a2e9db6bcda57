//! Daily counters of campaigns.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Integer, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::values::CounterKey;
use sms_domain::values::ids::CampaignId;
use uuid::Uuid;

use crate::commit::keys::CounterId;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LockCampaigns {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        campaigns: Array<SqlUuid> = Vec<Uuid>,
        days: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> (SqlUuid, SqlUuid, Timestamptz, Integer);
    "SELECT input.organization_id, input.campaign_id, input.day_start, stored.used
     FROM unnest($organizations, $campaigns, $days)
         AS input (organization_id, campaign_id, day_start)
     CROSS JOIN LATERAL (
         SELECT used FROM campaign_counters
         WHERE organization_id = input.organization_id AND campaign_id = input.campaign_id
             AND day_start = input.day_start FOR UPDATE) AS stored"
}

statement! {
    InsertCampaigns {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        campaigns: Array<SqlUuid> = Vec<Uuid>,
        days: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> ();
    "INSERT INTO campaign_counters (organization_id, campaign_id, day_start, used)
     SELECT input.*, 0 FROM unnest($organizations, $campaigns, $days) AS input
     ON CONFLICT DO NOTHING"
}

/// The columns of counters, one array each.
#[derive(Default)]
pub(in crate::commit) struct CampaignColumns {
    pub(in crate::commit) organizations: Vec<Uuid>,
    pub(in crate::commit) campaigns: Vec<Uuid>,
    pub(in crate::commit) days: Vec<DateTime<Utc>>,
}

/// Skips counters of numbers.
impl<'c> FromIterator<&'c CounterId> for CampaignColumns {
    fn from_iter<I: IntoIterator<Item = &'c CounterId>>(counters: I) -> Self {
        let mut columns = Self::default();
        for (organization, key) in counters {
            match *key {
                CounterKey::Campaign { id, day_start } => {
                    columns.organizations.push(*organization);
                    columns.campaigns.push(id.as_uuid());
                    columns.days.push(day_start);
                }
                CounterKey::Number { .. } => {}
            }
        }
        columns
    }
}

/// Locks the existing counters of campaigns.
pub(super) async fn lock(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<HashMap<CounterId, i32>> {
    let CampaignColumns {
        organizations,
        campaigns,
        days,
    } = counters.iter().collect();
    if organizations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>, i32)> = LockCampaigns {
        organizations,
        campaigns,
        days,
    }
    .load(&mut connection)
    .await?;
    let entry = |(organization, campaign, day_start, used)| {
        let id = CampaignId::new(campaign);
        ((organization, CounterKey::Campaign { id, day_start }), used)
    };
    Ok(rows.into_iter().map(entry).collect())
}

pub(super) async fn insert(
    mut connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<()> {
    let CampaignColumns {
        organizations,
        campaigns,
        days,
    } = counters.iter().collect();
    if organizations.is_empty() {
        return Ok(());
    }
    let statement = InsertCampaigns {
        organizations,
        campaigns,
        days,
    };
    statement.execute(&mut connection).await?;
    Ok(())
}
