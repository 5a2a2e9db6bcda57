//! Facts about organizations: settings, numbers, and the used part of the numbers' capacity.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::{ExpressionMethods, QueryDsl, Queryable, SelectableHelper};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{join4, join5};
use sms_domain::facts::{NumberFacts, OrgFacts, Usage, WindowUsage};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{OrganizationId, SourceId};
use uuid::Uuid;

use super::campaigns;
use crate::error::StoreError;
use crate::rows::{ImpossibleRow, NumberRow, OrganizationRow, Routing, RowRef};
use crate::schema::{organizations, phone_numbers};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// Selects the newest windows of each number, which include the current ones at any time.
    LoadUsage { organizations: Array<SqlUuid> = Vec<Uuid> }
        -> (SqlUuid, SqlUuid, Text, Timestamptz, Integer, Nullable<Timestamptz>);
    "SELECT number.organization_id, number.id, newest.kind, newest.window_start, newest.used,
         newest.last_taken_at
     FROM phone_numbers AS number
     CROSS JOIN (VALUES ('hour'), ('day')) AS kinds (kind)
     CROSS JOIN LATERAL (
         SELECT counters.* FROM counters
         WHERE counters.organization_id = number.organization_id
             AND counters.number_id = number.id AND counters.kind = kinds.kind
         ORDER BY counters.window_start DESC LIMIT 4) AS newest
     WHERE number.organization_id = ANY($organizations)"
}

statement! {
    LoadVersions { organizations: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, BigInt);
    "SELECT organization_id, version FROM pauses WHERE organization_id = ANY($organizations)"
}

statement! {
    /// There are as few as there are accounts.
    LoadPacedAccounts {} -> Text;
    "SELECT provider_account FROM account_lanes"
}

statement! {
    /// There are few, and most of the time none.
    LoadSlowedNumbers { organizations: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid, Integer);
    "SELECT number.organization_id, number.id, lane.slowed_to
     FROM lanes AS lane JOIN phone_numbers AS number
         ON number.id = lane.number_id AND number.provider_account = lane.provider_account
     WHERE lane.slowed_to IS NOT NULL AND number.organization_id = ANY($organizations)"
}

statement! {
    LoadSources { organizations: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM sources WHERE organization_id = ANY($organizations)"
}

#[derive(Debug, Queryable)]
struct UsageRow {
    organization_id: Uuid,
    number_id: Uuid,
    kind: String,
    window_start: DateTime<Utc>,
    used: i32,
    last_taken_at: Option<DateTime<Utc>>,
}

/// A number's usage and when it was last used.
type NumberUsage = (Usage, Option<DateTime<Utc>>);

/// Loads one organization.
pub(crate) async fn load_one(
    connection: &AsyncPgConnection,
    id: OrganizationId,
) -> Result<Option<OrgFacts>, StoreError> {
    let loaded = load(connection, &[id.as_uuid()]).await?.pop();
    Ok(loaded.map(|(facts, _)| facts))
}

/// Loads organizations; unknown ones are missing. Beside each stands the version of its pauses, which is read
/// before everything else.
pub(super) async fn load(
    connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> Result<Vec<(OrgFacts, i64)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let routing = join4(
        campaigns::load(connection, ids),
        load_sources(connection, ids),
        load_paced_accounts(connection),
        load_slowed(connection, ids),
    );
    // The statements travel together and run in this order.
    let (versions, organizations, numbers, usage, routing) = join5(
        load_versions(connection, ids),
        load_organizations(connection, ids),
        load_numbers(connection, ids),
        load_usage(connection, ids),
        routing,
    )
    .await;
    let (campaigns, sources, paced_accounts, slowed) = routing;
    let versions = versions?;
    let mut numbers = facts_of_numbers(slower(numbers?, &slowed?), usage?)?;
    let mut campaigns = campaigns?;
    let mut sources = by_organization(sources?);
    let paced_accounts = paced_accounts?;
    let complete = |row: OrganizationRow| {
        let numbers = numbers.remove(&row.id).unwrap_or_default();
        let routing = Routing {
            campaigns: campaigns.remove(&row.id).unwrap_or_default(),
            sources: sources.remove(&row.id).unwrap_or_default(),
            paced_accounts: paced_accounts.clone(),
        };
        let version = versions.get(&row.id).copied().unwrap_or_default();
        Ok((row.facts(numbers, routing)?, version))
    };
    organizations?.into_iter().map(complete).collect()
}

async fn load_versions(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<HashMap<Uuid, i64>> {
    let statement = LoadVersions {
        organizations: ids.to_vec(),
    };
    let rows: Vec<(Uuid, i64)> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().collect())
}

async fn load_organizations(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<OrganizationRow>> {
    organizations::table
        .filter(organizations::id.eq_any(ids))
        .select(OrganizationRow::as_select())
        .load(&mut connection)
        .await
}

async fn load_numbers(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<NumberRow>> {
    phone_numbers::table
        .filter(phone_numbers::organization_id.eq_any(ids))
        .order((phone_numbers::organization_id, phone_numbers::id))
        .select(NumberRow::as_select())
        .load(&mut connection)
        .await
}

async fn load_usage(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<UsageRow>> {
    LoadUsage {
        organizations: ids.to_vec(),
    }
    .load(&mut connection)
    .await
}

async fn load_paced_accounts(
    mut connection: &AsyncPgConnection,
) -> QueryResult<Vec<ProviderAccount>> {
    let names: Vec<String> = LoadPacedAccounts {}.load(&mut connection).await?;
    Ok(names.into_iter().map(ProviderAccount::new).collect())
}

async fn load_slowed(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<HashMap<(Uuid, Uuid), i32>> {
    let statement = LoadSlowedNumbers {
        organizations: ids.to_vec(),
    };
    let rows: Vec<(Uuid, Uuid, i32)> = statement.load(&mut connection).await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(organization, number, pace)| ((organization, number), pace))
        .collect())
}

/// The numbers with the paces that they keep to at the moment.
fn slower(mut numbers: Vec<NumberRow>, slowed: &HashMap<(Uuid, Uuid), i32>) -> Vec<NumberRow> {
    for number in &mut numbers {
        let pace = slowed.get(&(number.organization_id, number.id)).copied();
        number.minute_limit = number.minute_limit.into_iter().chain(pace).min();
    }
    numbers
}

async fn load_sources(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    LoadSources {
        organizations: ids.to_vec(),
    }
    .load(&mut connection)
    .await
}

fn by_organization(rows: Vec<(Uuid, Uuid)>) -> HashMap<Uuid, Vec<SourceId>> {
    let mut sources: HashMap<Uuid, Vec<SourceId>> = HashMap::new();
    for (organization, id) in rows {
        let own = sources.entry(organization).or_default();
        own.push(SourceId::new(id));
    }
    sources
}

/// The numbers of each organization, in the order of the rows.
fn facts_of_numbers(
    numbers: Vec<NumberRow>,
    usage: Vec<UsageRow>,
) -> Result<HashMap<Uuid, Vec<NumberFacts>>, ImpossibleRow> {
    let mut usage = by_number(usage)?;
    let mut facts: HashMap<Uuid, Vec<NumberFacts>> = HashMap::new();
    for row in numbers {
        let organization = row.organization_id;
        let (used, last_used_at) = usage.remove(&(organization, row.id)).unwrap_or_default();
        facts
            .entry(organization)
            .or_default()
            .push(row.facts(used, last_used_at)?);
    }
    Ok(facts)
}

fn by_number(rows: Vec<UsageRow>) -> Result<HashMap<(Uuid, Uuid), NumberUsage>, ImpossibleRow> {
    let mut usage: HashMap<(Uuid, Uuid), NumberUsage> = HashMap::new();
    for row in rows {
        let reading = RowRef {
            table: "counters",
            id: row.number_id,
        };
        let window = WindowUsage {
            kind: reading.name("kind", &row.kind)?,
            window_start: row.window_start,
            used: reading.count("used", row.used)?,
        };
        let entry = usage
            .entry((row.organization_id, row.number_id))
            .or_default();
        entry.0.0.push(window);
        entry.1 = entry.1.max(row.last_taken_at);
    }
    Ok(usage)
}
