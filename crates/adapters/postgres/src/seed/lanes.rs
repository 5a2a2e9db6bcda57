//! Lanes of what a seed gives a pace: open from the first day on. What has no pace has no lane, unless
//! a carrier asked it to be slower for the moment.

use chrono::DateTime;
use diesel::prelude::ExpressionMethods;
use diesel::query_dsl::methods::FilterDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Failed;
use super::rows::CampaignRow;
use crate::rows::NumberRow;
use crate::schema::{campaign_lanes, lanes};

pub(super) async fn put_number(
    connection: &mut AsyncPgConnection,
    number: &NumberRow,
) -> Result<(), Failed> {
    let Some(per_minute) = number.minute_limit else {
        let lane = FilterDsl::filter(lanes::table, lanes::number_id.eq(number.id));
        let lane = FilterDsl::filter(lane, lanes::slowed_to.is_null());
        diesel::delete(lane).execute(connection).await?;
        return Ok(());
    };
    diesel::insert_into(lanes::table)
        .values((
            lanes::provider_account.eq(&number.provider_account),
            lanes::number_id.eq(number.id),
            lanes::next_at.eq(DateTime::UNIX_EPOCH),
            lanes::tail_at.eq(DateTime::UNIX_EPOCH),
            lanes::per_minute.eq(per_minute),
        ))
        .on_conflict((lanes::provider_account, lanes::number_id))
        .do_update()
        .set(lanes::per_minute.eq(per_minute))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn put_campaign(
    connection: &mut AsyncPgConnection,
    campaign: &CampaignRow,
) -> Result<(), Failed> {
    let Some(per_minute) = campaign.minute_limit else {
        let own = campaign_lanes::organization_id.eq(campaign.organization_id);
        let lane = FilterDsl::filter(campaign_lanes::table, own);
        let lane = FilterDsl::filter(lane, campaign_lanes::campaign_id.eq(campaign.id));
        let lane = FilterDsl::filter(lane, campaign_lanes::slowed_to.is_null());
        diesel::delete(lane).execute(connection).await?;
        return Ok(());
    };
    diesel::insert_into(campaign_lanes::table)
        .values((
            campaign_lanes::organization_id.eq(campaign.organization_id),
            campaign_lanes::campaign_id.eq(campaign.id),
            campaign_lanes::next_at.eq(DateTime::UNIX_EPOCH),
            campaign_lanes::tail_at.eq(DateTime::UNIX_EPOCH),
            campaign_lanes::per_minute.eq(per_minute),
        ))
        .on_conflict((campaign_lanes::organization_id, campaign_lanes::campaign_id))
        .do_update()
        .set(campaign_lanes::per_minute.eq(per_minute))
        .execute(connection)
        .await?;
    Ok(())
}
