//! The lanes as they are stored: locked in one order, by number, campaign and account, and moved on.
//! Must not know how a lane admits.
//!
//! A lane that a carrier complained about keeps to its lowered pace (`slowed_to`) for some minutes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join3;
use sms_domain::lifecycle::pacing::{Lane, Pace};
use uuid::Uuid;

use crate::statement::{run, statement};

type SqlUuid = diesel::sql_types::Uuid;

/// Whose lane it is. The order is the one in which messages pass lanes and lanes are locked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LaneKey {
    /// A number's, at an account.
    Number(String, Uuid),
    /// A campaign's, of an organization.
    Campaign(Uuid, Uuid),
    /// An account's.
    Account(String),
}

/// The lanes that have a pace.
pub(super) type Lanes = BTreeMap<LaneKey, Lane>;

statement! {
    LockNumbers {
        accounts: Array<Text> = Vec<String>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
    } -> (Text, SqlUuid, Timestamptz, Timestamptz, Integer);
    "SELECT lane.provider_account, lane.number_id, lane.next_at, lane.tail_at,
         least(lane.per_minute, lane.slowed_to)
     FROM unnest($accounts, $numbers) AS wanted (provider_account, number_id)
     JOIN lanes AS lane USING (provider_account, number_id)
     ORDER BY lane.provider_account, lane.number_id FOR UPDATE OF lane"
}

statement! {
    LockCampaigns {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        campaigns: Array<SqlUuid> = Vec<Uuid>,
    } -> (SqlUuid, SqlUuid, Timestamptz, Timestamptz, Integer);
    "SELECT lane.organization_id, lane.campaign_id, lane.next_at, lane.tail_at,
         least(lane.per_minute, lane.slowed_to)
     FROM unnest($organizations, $campaigns) AS wanted (organization_id, campaign_id)
     JOIN campaign_lanes AS lane USING (organization_id, campaign_id)
     ORDER BY lane.organization_id, lane.campaign_id FOR UPDATE OF lane"
}

statement! {
    LockAccounts { accounts: Array<Text> = Vec<String> } -> (Text, Timestamptz, Integer);
    "SELECT lane.provider_account, lane.next_at, lane.per_second
     FROM unnest($accounts) AS wanted (provider_account)
     JOIN account_lanes AS lane USING (provider_account)
     ORDER BY lane.provider_account FOR UPDATE OF lane"
}

statement! {
    MoveNumbers {
        accounts: Array<Text> = Vec<String>,
        numbers: Array<SqlUuid> = Vec<Uuid>,
        next: Array<Timestamptz> = Vec<DateTime<Utc>>,
        tail: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
    } -> ();
    "UPDATE lanes AS lane SET next_at = input.next_at, tail_at = coalesce(input.tail_at, lane.tail_at)
     FROM unnest($accounts, $numbers, $next, $tail)
         AS input (provider_account, number_id, next_at, tail_at)
     WHERE lane.provider_account = input.provider_account AND lane.number_id = input.number_id"
}

statement! {
    MoveCampaigns {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        campaigns: Array<SqlUuid> = Vec<Uuid>,
        next: Array<Timestamptz> = Vec<DateTime<Utc>>,
        tail: Array<Nullable<Timestamptz>> = Vec<Option<DateTime<Utc>>>,
    } -> ();
    "UPDATE campaign_lanes AS lane
     SET next_at = input.next_at, tail_at = coalesce(input.tail_at, lane.tail_at)
     FROM unnest($organizations, $campaigns, $next, $tail)
         AS input (organization_id, campaign_id, next_at, tail_at)
     WHERE lane.organization_id = input.organization_id AND lane.campaign_id = input.campaign_id"
}

statement! {
    MoveAccounts {
        accounts: Array<Text> = Vec<String>,
        next: Array<Timestamptz> = Vec<DateTime<Utc>>,
    } -> ();
    "UPDATE account_lanes AS lane SET next_at = input.next_at
     FROM unnest($accounts, $next) AS input (provider_account, next_at)
     WHERE lane.provider_account = input.provider_account"
}

/// Locks those of the lanes that have a pace.
pub(super) async fn lock(
    connection: &AsyncPgConnection,
    wanted: &BTreeSet<LaneKey>,
) -> QueryResult<Lanes> {
    let (mut accounts, mut numbers) = (Vec::new(), Vec::new());
    let (mut organizations, mut campaigns, mut rated) = (Vec::new(), Vec::new(), Vec::new());
    for key in wanted.iter().cloned() {
        match key {
            LaneKey::Number(account, number) => {
                accounts.push(account);
                numbers.push(number);
            }
            LaneKey::Campaign(organization, campaign) => {
                organizations.push(organization);
                campaigns.push(campaign);
            }
            LaneKey::Account(account) => rated.push(account),
        }
    }
    // The statements travel together and run in this order.
    let (numbers, campaigns, accounts) = join3(
        lock_numbers(connection, LockNumbers { accounts, numbers }),
        lock_campaigns(
            connection,
            LockCampaigns {
                organizations,
                campaigns,
            },
        ),
        lock_accounts(connection, LockAccounts { accounts: rated }),
    )
    .await;
    let mut lanes = Lanes::new();
    lanes.extend(numbers?);
    lanes.extend(campaigns?);
    lanes.extend(accounts?);
    Ok(lanes)
}

type Stored = Vec<(LaneKey, Lane)>;

/// Two keys, when the next message may pass, the end of the tail, and messages a minute.
type LaneRow<First> = (First, Uuid, DateTime<Utc>, DateTime<Utc>, i32);

async fn lock_numbers(
    mut connection: &AsyncPgConnection,
    statement: LockNumbers,
) -> QueryResult<Stored> {
    if statement.numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<LaneRow<String>> = statement.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(account, number, next_at, tail_at, pace)| {
            let key = LaneKey::Number(account, number);
            (
                key,
                lane(Pace::PerMinute(count(pace)), next_at, Some(tail_at)),
            )
        })
        .collect())
}

async fn lock_campaigns(
    mut connection: &AsyncPgConnection,
    statement: LockCampaigns,
) -> QueryResult<Stored> {
    if statement.campaigns.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<LaneRow<Uuid>> = statement.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(organization, campaign, next_at, tail_at, pace)| {
            let key = LaneKey::Campaign(organization, campaign);
            (
                key,
                lane(Pace::PerMinute(count(pace)), next_at, Some(tail_at)),
            )
        })
        .collect())
}

async fn lock_accounts(
    mut connection: &AsyncPgConnection,
    statement: LockAccounts,
) -> QueryResult<Stored> {
    if statement.accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, DateTime<Utc>, i32)> = statement.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|(account, next_at, rate)| (LaneKey::Account(account), account_lane(next_at, rate)))
        .collect())
}

/// The lane of an account with a rate, messages a second.
pub(super) fn account_lane(next_at: DateTime<Utc>, rate: i32) -> Lane {
    lane(Pace::PerSecond(count(rate)), next_at, None)
}

const fn lane(pace: Pace, next_at: DateTime<Utc>, tail_at: Option<DateTime<Utc>>) -> Lane {
    Lane {
        pace,
        next_at,
        tail_at,
    }
}

fn count(pace: i32) -> u32 {
    u32::try_from(pace).unwrap_or(1)
}

/// Writes where the lanes have come to.
pub(super) async fn advance(connection: &AsyncPgConnection, lanes: &Lanes) -> QueryResult<()> {
    let mut numbers = MoveNumbers {
        accounts: Vec::new(),
        numbers: Vec::new(),
        next: Vec::new(),
        tail: Vec::new(),
    };
    let mut campaigns = MoveCampaigns {
        organizations: Vec::new(),
        campaigns: Vec::new(),
        next: Vec::new(),
        tail: Vec::new(),
    };
    let mut accounts = MoveAccounts {
        accounts: Vec::new(),
        next: Vec::new(),
    };
    for (key, lane) in lanes {
        match key.clone() {
            LaneKey::Number(account, number) => {
                numbers.accounts.push(account);
                numbers.numbers.push(number);
                numbers.next.push(lane.next_at);
                numbers.tail.push(lane.tail_at);
            }
            LaneKey::Campaign(organization, campaign) => {
                campaigns.organizations.push(organization);
                campaigns.campaigns.push(campaign);
                campaigns.next.push(lane.next_at);
                campaigns.tail.push(lane.tail_at);
            }
            LaneKey::Account(account) => {
                accounts.accounts.push(account);
                accounts.next.push(lane.next_at);
            }
        }
    }
    let (are_numbers, are_campaigns, are_accounts) = (
        !numbers.numbers.is_empty(),
        !campaigns.campaigns.is_empty(),
        !accounts.accounts.is_empty(),
    );
    let (numbers, campaigns, accounts) = join3(
        run(connection, are_numbers.then_some(numbers)),
        run(connection, are_campaigns.then_some(campaigns)),
        run(connection, are_accounts.then_some(accounts)),
    )
    .await;
    numbers.and(campaigns).and(accounts)
}
