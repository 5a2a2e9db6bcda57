//! Facts about campaigns: their limits and the used part of their daily capacity.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::{CampaignFacts, Usage, WindowUsage};
use sms_domain::values::CounterKind;
use sms_domain::values::ids::CampaignId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Selects the newest days, which include the current one at any time.
    LoadCampaigns { organizations: Array<SqlUuid> = Vec<Uuid> } -> (
        SqlUuid, SqlUuid, Nullable<Text>, Nullable<Integer>, Nullable<Integer>, Array<Timestamptz>,
        Array<Integer>,
    );
    "SELECT campaign.organization_id, campaign.id, campaign.ten_dlc_campaign_id,
         least(campaign.minute_limit, lane.slowed_to), campaign.daily_limit, coalesce(newest.days, '{}'), coalesce(newest.used, '{}')
     FROM messaging_campaigns AS campaign
     LEFT JOIN campaign_lanes AS lane
         ON lane.organization_id = campaign.organization_id AND lane.campaign_id = campaign.id
     CROSS JOIN LATERAL (
         SELECT array_agg(day_start) AS days, array_agg(used) AS used FROM (
             SELECT day_start, used FROM campaign_counters
             WHERE organization_id = campaign.organization_id AND campaign_id = campaign.id
             ORDER BY day_start DESC LIMIT 4) AS stored) AS newest
     WHERE campaign.organization_id = ANY($organizations)
     ORDER BY campaign.organization_id, campaign.id"
}

#[derive(Debug, Queryable)]
struct Campaign {
    organization_id: Uuid,
    id: Uuid,
    ten_dlc_campaign_id: Option<String>,
    minute_limit: Option<i32>,
    daily_limit: Option<i32>,
    days: Vec<DateTime<Utc>>,
    used: Vec<i32>,
}

/// Loads the campaigns of organizations.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    organizations: &[Uuid],
) -> Result<HashMap<Uuid, Vec<CampaignFacts>>, StoreError> {
    let statement = LoadCampaigns {
        organizations: organizations.to_vec(),
    };
    let rows: Vec<Campaign> = statement.load(&mut connection).await?;
    let mut campaigns: HashMap<Uuid, Vec<CampaignFacts>> = HashMap::new();
    for row in rows {
        let own = campaigns.entry(row.organization_id).or_default();
        own.push(row.facts()?);
    }
    Ok(campaigns)
}

impl Campaign {
    fn facts(self) -> Result<CampaignFacts, ImpossibleRow> {
        let reading = RowRef {
            table: "messaging_campaigns",
            id: self.id,
        };
        let day = |(window_start, used)| {
            let counted = RowRef {
                table: "campaign_counters",
                id: self.id,
            };
            Ok(WindowUsage {
                kind: CounterKind::Day,
                window_start,
                used: counted.count("used", used)?,
            })
        };
        let days: Result<_, ImpossibleRow> =
            self.days.into_iter().zip(self.used).map(day).collect();
        Ok(CampaignFacts {
            id: CampaignId::new(self.id),
            ten_dlc_campaign_id: self.ten_dlc_campaign_id,
            minute_limit: reading.optional_count("minute_limit", self.minute_limit)?,
            daily_limit: reading.optional_count("daily_limit", self.daily_limit)?,
            usage: Usage(days?),
        })
    }
}
