//! [`SeedRepository`] on Postgres: one transaction of upserts, in the order of their foreign keys.

mod audited;
mod lanes;
mod readiness;
mod references;
mod rows;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel::query_dsl::methods::FilterDsl;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::upsert::excluded;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::ConsentRecord;
use sms_domain::ports::{
    Seed, SeedCampaign, SeedError, SeedFault, SeedNumber, SeedOrganization, SeedRepository,
    SeedSuppression, SeedTopUp, Unavailable,
};
use sms_domain::values::Actor;

pub(crate) use self::audited::{Applied, Target, stored};
use self::rows::{
    CampaignRow, ConversationArrays, ConversationRow, SourceRow, SuppressionRow, TopUpRow,
};
use crate::consents;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ConsentRow, LeadArrays, LeadRow, NumberRow, OrganizationRow};
use crate::schema::{
    ledger, messaging_campaigns, organizations, phone_directory, phone_numbers, recipients,
    sources, suppressions, wallets,
};
use crate::statement::{Columns, statement_over};

statement_over! {
    PutLeads { LeadArrays } -> ();
    "INSERT INTO leads (", LeadRow::NAMES, ") SELECT * FROM unnest($rows)
     ON CONFLICT (organization_id, id) DO UPDATE SET (", LeadRow::NAMES, ") = (SELECT excluded.*)"
}

statement_over! {
    /// An existing conversation keeps its history.
    PutConversations { ConversationArrays } -> ();
    "INSERT INTO conversations (", ConversationRow::NAMES, ") SELECT * FROM unnest($rows)
     ON CONFLICT (organization_id, id) DO UPDATE
     SET lead_id = excluded.lead_id, override_number_id = excluded.override_number_id"
}

#[async_trait]
impl SeedRepository for Pg {
    async fn apply(
        &self,
        seed: &Seed,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<Vec<SeedFault>, SeedError> {
        let pg = self.clone();
        let (seed, by) = (seed.clone(), by.clone());
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let applied = tokio::spawn(async move {
            let applied = Applied { by: &by, at };
            pg.apply_seed(&seed, applied).await
        });
        let applied = applied.await;
        self.0.organizations.clear();
        applied.map_err(|error| SeedError::Unavailable(StoreError::Task(error).into()))?
    }
}

impl Pg {
    async fn apply_seed(&self, seed: &Seed, by: Applied<'_>) -> Result<Vec<SeedFault>, SeedError> {
        let mut connection = self.patient().await.map_err(Unavailable::from)?;
        let mut faults = seed.faults(self.0.rules, by.at);
        let applied = connection
            .transaction(async |connection| {
                faults.extend(references::faults(connection, seed).await?);
                if !faults.is_empty() {
                    return Err(Failed::Invalid(faults));
                }
                routing(connection, seed, by).await?;
                people(connection, seed, by).await?;
                for top_up in &seed.top_ups {
                    book(connection, top_up, by).await?;
                }
                for suppression in &seed.suppressions {
                    suppress(connection, suppression, by).await?;
                }
                Ok::<_, Failed>(readiness::warnings(connection, seed).await?)
            })
            .await;
        applied.map_err(SeedError::from)
    }
}

/// Why the transaction is rolled back.
pub(crate) enum Failed {
    Invalid(Vec<SeedFault>),
    Query(QueryError),
}

impl Failed {
    /// A fault of the whole seed.
    fn whole(problem: impl Into<String>) -> Self {
        Self::Invalid(vec![whole(problem)])
    }
}

fn whole(problem: impl Into<String>) -> SeedFault {
    SeedFault {
        place: "the seed".to_owned(),
        problem: problem.into(),
    }
}

impl From<QueryError> for Failed {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<Failed> for SeedError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Invalid(faults) => Self::Invalid(faults),
            Failed::Query(QueryError::DatabaseError(kind, information)) if contradicts(kind) => {
                Self::Invalid(vec![whole(information.message())])
            }
            Failed::Query(QueryError::DatabaseError(_, information))
                if information.message().contains(OUT_OF_RANGE) =>
            {
                Self::Invalid(vec![whole("a balance would be higher than can be counted")])
            }
            Failed::Query(error) => Self::Unavailable(StoreError::Query(error).into()),
        }
    }
}

/// Whether Postgres reports a numeric overflow.
const OUT_OF_RANGE: &str = "out of range";

const fn contradicts(kind: DatabaseErrorKind) -> bool {
    matches!(
        kind,
        DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::CheckViolation
    )
}

/// Organizations, their numbers and their routing.
async fn routing(
    connection: &mut AsyncPgConnection,
    seed: &Seed,
    by: Applied<'_>,
) -> Result<(), Failed> {
    for organization in &seed.organizations {
        put_organization(connection, organization, by).await?;
    }
    for campaign in &seed.campaigns {
        put_campaign(connection, campaign, by).await?;
    }
    for row in (seed.sources.iter()).map(|row| SourceRow::new(row, by.at)) {
        diesel::insert_into(sources::table)
            .values(&row)
            .on_conflict((sources::organization_id, sources::id))
            .do_update()
            .set((
                sources::name.eq(&row.name),
                sources::is_imported.eq(row.is_imported),
            ))
            .execute(connection)
            .await?;
    }
    for number in &seed.numbers {
        put_number(connection, number, by).await?;
    }
    Ok(())
}

/// Leads and their conversations, in bulk.
async fn people(
    connection: &mut AsyncPgConnection,
    seed: &Seed,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let rows = seed.leads.iter().map(LeadRow::from).collect();
    PutLeads { rows }.execute(connection).await?;
    let rows = (seed.conversations.iter())
        .map(ConversationRow::from)
        .collect();
    PutConversations { rows }.execute(connection).await?;
    consented(connection, seed, by).await
}

/// Records of consent, and what they mean for their leads. A lead that is put anew keeps what its stored
/// records amount to.
async fn consented(
    connection: &mut AsyncPgConnection,
    seed: &Seed,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let rows = || (seed.consents.iter()).map(|row| ConsentRow::new(row, &by.by.name, by.at));
    let contradicted = consents::contradictions(connection, rows().collect()).await?;
    let is_contradicted = |row: &ConsentRecord| {
        contradicted.contains(&(row.organization_id.as_uuid(), row.id.as_uuid()))
    };
    let all = seed.consents.iter().enumerate();
    let faults = all
        .filter(|(_, row)| is_contradicted(row))
        .map(|(index, _)| SeedFault {
            place: format!("consents[{index}]"),
            problem: "differs from the record that is stored: expected another id".to_owned(),
        });
    let faults: Vec<_> = faults.collect();
    if !faults.is_empty() {
        return Err(Failed::Invalid(faults));
    }
    consents::put(connection, rows().collect()).await?;
    let lead = |row: &ConsentRecord| (row.organization_id.as_uuid(), row.lead_id.as_uuid());
    let put = (seed.leads.iter()).map(|row| (row.organization_id.as_uuid(), row.id.as_uuid()));
    let concerned = seed.consents.iter().map(lead).chain(put).collect();
    consents::settle(connection, concerned).await?;
    let revoked = seed.consents.iter().filter(|row| row.revoked.is_some());
    consents::advance(connection, revoked.map(lead).collect()).await?;
    Ok(())
}

/// A changed policy gets a new version, which decisions record.
async fn put_organization(
    connection: &mut AsyncPgConnection,
    seed: &SeedOrganization,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let (id, target) = (seed.id.as_uuid(), Target::Organization);
    let before = audited::stored(connection, id, target).await?;
    let stored: Option<OrganizationRow> = organizations::table
        .find(seed.id.as_uuid())
        .for_update()
        .select(OrganizationRow::as_select())
        .get_result(connection)
        .await
        .optional()?;
    let row = rows::organization(seed, stored.as_ref())
        .map_err(|error| Failed::whole(error.to_string()))?;
    diesel::insert_into(organizations::table)
        .values(&row)
        .on_conflict(organizations::id)
        .do_update()
        .set(&row)
        .execute(connection)
        .await?;
    by.put(connection, id, target, before).await?;
    Ok(())
}

pub(crate) async fn put_campaign(
    connection: &mut AsyncPgConnection,
    seed: &SeedCampaign,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let row = CampaignRow::from(seed);
    let target = Target::Campaign(row.id);
    let before = audited::stored(connection, row.organization_id, target).await?;
    diesel::insert_into(messaging_campaigns::table)
        .values((&row, messaging_campaigns::created_at.eq(by.at)))
        .on_conflict((
            messaging_campaigns::organization_id,
            messaging_campaigns::id,
        ))
        .do_update()
        .set(&row)
        .execute(connection)
        .await?;
    by.put(connection, row.organization_id, target, before)
        .await?;
    lanes::put_campaign(connection, &row).await
}

async fn put_number(
    connection: &mut AsyncPgConnection,
    seed: &SeedNumber,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let row = NumberRow::from(seed);
    let target = Target::Number(row.id);
    let before = audited::stored(connection, row.organization_id, target).await?;
    diesel::insert_into(phone_numbers::table)
        .values((&row, phone_numbers::created_at.eq(by.at)))
        .on_conflict((phone_numbers::organization_id, phone_numbers::id))
        .do_update()
        .set((&row, phone_numbers::removed_at.eq(None::<DateTime<Utc>>)))
        .execute(connection)
        .await?;
    let entry = diesel::insert_into(phone_directory::table)
        .values((
            phone_directory::e164.eq(&row.e164),
            phone_directory::organization_id.eq(row.organization_id),
            phone_directory::number_id.eq(row.id),
        ))
        .on_conflict(phone_directory::e164)
        .do_update()
        .set(phone_directory::number_id.eq(row.id));
    let is_its_own = phone_directory::organization_id.eq(row.organization_id);
    let listed = FilterDsl::filter(entry, is_its_own)
        .execute(connection)
        .await?;
    if listed == 0 {
        let phone = seed.phone.masked();
        return Err(Failed::whole(format!(
            "the number {phone} belongs to another organization"
        )));
    }
    by.put(connection, row.organization_id, target, before)
        .await?;
    lanes::put_number(connection, &row).await
}

/// Books money once.
async fn book(
    connection: &mut AsyncPgConnection,
    seed: &SeedTopUp,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let row = TopUpRow::new(seed, by.at);
    let booked = diesel::insert_into(ledger::table)
        .values(&row)
        .on_conflict((ledger::organization_id, ledger::id))
        .do_nothing()
        .execute(connection)
        .await?;
    if booked == 0 {
        return Ok(());
    }
    let balance: i64 = diesel::insert_into(wallets::table)
        .values((
            wallets::organization_id.eq(row.organization_id),
            wallets::balance.eq(row.amount),
            wallets::held.eq(0),
            wallets::created_at.eq(by.at),
        ))
        .on_conflict(wallets::organization_id)
        .do_update()
        .set(wallets::balance.eq(wallets::balance + excluded(wallets::balance)))
        .returning(wallets::balance)
        .get_result(connection)
        .await?;
    by.money(connection, seed, balance).await?;
    Ok(())
}

/// Opts a person out once, and advances the recipient's version so that concurrent decisions are refused.
async fn suppress(
    connection: &mut AsyncPgConnection,
    seed: &SeedSuppression,
    by: Applied<'_>,
) -> Result<(), Failed> {
    let row = SuppressionRow::new(seed, by.at).map_err(Failed::whole)?;
    let added = diesel::insert_into(suppressions::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    if added == 0 {
        return Ok(());
    }
    diesel::insert_into(recipients::table)
        .values((
            recipients::organization_id.eq(row.organization_id),
            recipients::phone.eq(&row.phone),
            recipients::version.eq(1),
            recipients::recent_ids.eq(Vec::<uuid::Uuid>::new()),
            recipients::recent_at.eq(Vec::<DateTime<Utc>>::new()),
            recipients::recent_hash.eq(Vec::<i64>::new()),
            recipients::recent_counted.eq(Vec::<bool>::new()),
        ))
        .on_conflict((recipients::organization_id, recipients::phone))
        .do_update()
        .set(recipients::version.eq(recipients::version + 1))
        .execute(connection)
        .await?;
    by.suppression(connection, seed).await?;
    Ok(())
}
