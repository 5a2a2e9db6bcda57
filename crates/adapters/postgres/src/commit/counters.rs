//! Capacity counters: locked like all other rows. A counter that capacity is taken from must have a row
//! first; otherwise two transactions could both create the first row of an hour. Counters of numbers are
//! locked before counters of campaigns.

mod campaigns;
mod numbers;

use std::collections::{BTreeSet, HashMap};

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{join, join4};

pub(super) use self::campaigns::CampaignColumns;
pub(super) use self::numbers::NumberColumns;
use super::keys::{CounterId, Keys};
use crate::error::StoreError;

/// Locks the existing counters.
pub(super) async fn lock_counters(
    connection: &AsyncPgConnection,
    counters: &BTreeSet<CounterId>,
) -> QueryResult<HashMap<CounterId, i32>> {
    let (of_numbers, of_campaigns) = join(
        numbers::lock(connection, counters),
        campaigns::lock(connection, counters),
    )
    .await;
    let mut locked = of_numbers?;
    locked.extend(of_campaigns?);
    Ok(locked)
}

/// Inserts and locks the missing counters that the group takes from, and adds them to `locked`. Costs one
/// more round trip when a new hour or day begins for a number or a campaign.
pub(super) async fn ensure(
    connection: &AsyncPgConnection,
    keys: &Keys,
    locked: &mut HashMap<CounterId, i32>,
) -> Result<(), StoreError> {
    let missing: BTreeSet<CounterId> = keys
        .taken
        .iter()
        .filter(|id| !locked.contains_key(id))
        .copied()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (new_numbers, of_numbers, new_campaigns, of_campaigns) = join4(
        numbers::insert(connection, &missing),
        numbers::lock(connection, &missing),
        campaigns::insert(connection, &missing),
        campaigns::lock(connection, &missing),
    )
    .await;
    new_numbers?;
    new_campaigns?;
    locked.extend(of_numbers?);
    locked.extend(of_campaigns?);
    Ok(())
}
