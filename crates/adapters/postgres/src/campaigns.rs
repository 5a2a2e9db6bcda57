//! [`CampaignRepository`] on Postgres. Campaigns are written as seeds write them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::Queryable;
use diesel::result::{Error as QueryError, QueryResult};
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::Registration;
use sms_domain::ports::{
    Campaign, CampaignChange, CampaignRepository, CampaignSettings, SeedCampaign, Unavailable,
};
use sms_domain::values::ids::{CampaignId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::seed::{Applied, Failed, put_campaign};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    ListCampaigns { organization: SqlUuid = Uuid } -> (
        SqlUuid, Text, Nullable<Text>, Nullable<Text>, Text, Nullable<Integer>, Nullable<Integer>,
        Bool, Nullable<Timestamptz>, Nullable<Timestamptz>,
    );
    "SELECT campaign.id, campaign.name, campaign.brand_id, campaign.ten_dlc_campaign_id,
         campaign.registration, campaign.minute_limit, campaign.daily_limit,
         coalesce(campaign.id = ANY(pauses.campaigns), false),
         campaign.created_at, campaign.modified_at
     FROM messaging_campaigns AS campaign
     LEFT JOIN pauses ON pauses.organization_id = campaign.organization_id
     WHERE campaign.organization_id = $organization ORDER BY campaign.id"
}

statement! {
    LockRegistration { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> Text;
    "SELECT registration FROM messaging_campaigns
     WHERE organization_id = $organization AND id = $id FOR UPDATE"
}

statement! {
    SetModified {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE messaging_campaigns SET modified_at = $at
     WHERE organization_id = $organization AND id = $id"
}

#[derive(Debug, Queryable)]
struct CampaignRow {
    id: Uuid,
    name: String,
    brand_id: Option<String>,
    ten_dlc_campaign_id: Option<String>,
    registration: String,
    minute_limit: Option<i32>,
    daily_limit: Option<i32>,
    is_paused: bool,
    created_at: Option<DateTime<Utc>>,
    modified_at: Option<DateTime<Utc>>,
}

#[async_trait]
impl CampaignRepository for Pg {
    async fn campaigns(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<Campaign>, Unavailable> {
        Ok(self.list_campaigns(organization_id).await?)
    }

    async fn put_campaign(&self, change: CampaignChange) -> Result<bool, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let put = tokio::spawn(async move { pg.put_one_campaign(&change).await });
        let put = put.await;
        self.0.organizations.clear();
        Ok(put.map_err(StoreError::Task)??)
    }
}

impl Pg {
    async fn list_campaigns(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Vec<Campaign>, StoreError> {
        let mut connection = self.cold().await?;
        let statement = ListCampaigns {
            organization: organization_id.as_uuid(),
        };
        let rows: Vec<CampaignRow> = statement.load(&mut connection).await?;
        let rows = rows.into_iter();
        let campaigns: Result<_, ImpossibleRow> =
            rows.map(|row| row.campaign(organization_id)).collect();
        Ok(campaigns?)
    }

    async fn put_one_campaign(&self, change: &CampaignChange) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let put = connection.transaction(async |connection| put(connection, change).await);
        Ok(put.await?)
    }
}

impl CampaignRow {
    fn campaign(self, organization_id: OrganizationId) -> Result<Campaign, ImpossibleRow> {
        let reading = RowRef {
            table: "messaging_campaigns",
            id: self.id,
        };
        Ok(Campaign {
            organization_id,
            id: CampaignId::new(self.id),
            settings: CampaignSettings {
                name: self.name,
                brand_id: self.brand_id,
                ten_dlc_campaign_id: self.ten_dlc_campaign_id,
                minute_limit: reading.optional_count("minute_limit", self.minute_limit)?,
                daily_limit: reading.optional_count("daily_limit", self.daily_limit)?,
            },
            registration: reading.name("registration", &self.registration)?,
            is_paused: self.is_paused,
            created_at: self.created_at,
            modified_at: self.modified_at,
        })
    }
}

async fn put(connection: &mut AsyncPgConnection, change: &CampaignChange) -> QueryResult<bool> {
    let (organization, id) = (change.organization_id.as_uuid(), change.id.as_uuid());
    let lock = LockRegistration { organization, id };
    let stored: Vec<String> = lock.load(connection).await?;
    let registration = match (stored.as_slice(), change.is_new) {
        ([], true) => Registration::Missing,
        // Written by this program alone: a name that is none is as good as missing.
        ([name, ..], false) => name.parse().unwrap_or(Registration::Missing),
        ([], false) | ([_, ..], true) => return Ok(false),
    };
    let settings = change.settings.clone();
    let campaign = SeedCampaign {
        organization_id: change.organization_id,
        id: change.id,
        name: settings.name,
        brand_id: settings.brand_id,
        ten_dlc_campaign_id: settings.ten_dlc_campaign_id,
        registration,
        minute_limit: settings.minute_limit,
        daily_limit: settings.daily_limit,
    };
    let by = Applied {
        by: &change.by,
        at: change.at,
    };
    if !change.is_new {
        let at = change.at;
        let modified = SetModified {
            organization,
            id,
            at,
        };
        modified.execute(connection).await?;
    }
    match put_campaign(connection, &campaign, by).await {
        Ok(()) => Ok(true),
        Err(Failed::Query(error)) => Err(error),
        Err(Failed::Invalid(_)) => Err(QueryError::RollbackTransaction),
    }
}
