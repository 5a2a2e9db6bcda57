//! The transaction that takes a lead in. It locks the recipient first, as received texts do: a lead, its
//! details and its conversation are made by one transaction at a time.

use chrono::{DateTime, Utc};
use diesel::result::{Error as QueryError, QueryResult};
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::lifecycle::IntakeChange;
use sms_domain::ports::IntakeOutcome;
use sms_domain::values::PersonName;
use sms_domain::values::ids::SourceId;
use uuid::Uuid;

use super::load::{is_own_number, known, made_at};
use crate::consents;
use crate::error::{StoreError, TRIES, is_race};
use crate::opt_outs::advance_recipient;
use crate::rows::{ConsentRow, LeadArrays, LeadRow, RowRef};
use crate::statement::{Columns, statement, statement_over};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    IsRecorded { organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> Bool;
    "SELECT EXISTS (
         SELECT FROM lead_intakes WHERE organization_id = $organization AND id = $id)"
}

statement_over! {
    InsertLead { LeadArrays } -> ();
    "INSERT INTO leads (", LeadRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement! {
    ChangeLead {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        name: Nullable<Text> = Option<String>,
        state: Nullable<Text> = Option<String>,
        postal_code: Nullable<Text> = Option<String>,
    } -> ();
    "UPDATE leads SET name = $name, state = $state, postal_code = $postal_code
     WHERE organization_id = $organization AND id = $id"
}

statement! {
    InsertConversation {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        lead: SqlUuid = Uuid,
    } -> ();
    "INSERT INTO conversations (organization_id, id, lead_id) VALUES ($organization, $id, $lead)
     ON CONFLICT (organization_id, lead_id) DO NOTHING"
}

statement! {
    InsertDetails {
        organization: SqlUuid = Uuid,
        lead: SqlUuid = Uuid,
        details: Jsonb = Value,
        at: Timestamptz = DateTime<Utc>,
        is_new: Bool = bool,
        made_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "INSERT INTO lead_details
         (organization_id, lead_id, version, details, created_at, modified_at)
     VALUES ($organization, $lead, 1, $details, coalesce($made_at, $at),
         CASE WHEN $is_new THEN NULL ELSE $at END)
     ON CONFLICT (organization_id, lead_id) DO NOTHING"
}

statement! {
    ChangeDetails {
        organization: SqlUuid = Uuid,
        lead: SqlUuid = Uuid,
        details: Jsonb = Value,
        at: Timestamptz = DateTime<Utc>,
        version: BigInt = i64,
    } -> ();
    "UPDATE lead_details SET version = version + 1, details = $details, modified_at = $at
     WHERE organization_id = $organization AND lead_id = $lead AND version = $version"
}

statement! {
    InsertIntake {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        source: Nullable<SqlUuid> = Option<Uuid>,
        own_id: Nullable<Text> = Option<String>,
        lead: SqlUuid = Uuid,
        key: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO lead_intakes
         (organization_id, id, source_id, own_id, lead_id, key_id, received_at)
     VALUES ($organization, $id, $source, $own_id, $lead, $key, $at)
     ON CONFLICT DO NOTHING"
}

/// Why the transaction is rolled back.
enum Stopped {
    /// The facts have changed.
    Conflict,
    Failed(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<QueryError> for Stopped {
    fn from(error: QueryError) -> Self {
        Self::Failed(error.into())
    }
}

/// Stops unless a statement wrote its row.
fn must_write(rows: usize) -> Result<(), Stopped> {
    if rows == 0 {
        return Err(Stopped::Conflict);
    }
    Ok(())
}

pub(super) async fn record(
    connection: &mut AsyncPgConnection,
    change: &IntakeChange,
) -> Result<IntakeOutcome, StoreError> {
    let mut tries = 1;
    loop {
        let written = connection.transaction(async |connection| write(connection, change).await);
        match written.await {
            Ok(()) => return Ok(IntakeOutcome::Recorded),
            Err(Stopped::Conflict) => return Ok(IntakeOutcome::Conflict),
            Err(Stopped::Failed(StoreError::Query(error))) if is_race(&error) && tries < TRIES => {
                tries += 1;
            }
            Err(Stopped::Failed(error)) => return Err(error),
        }
    }
}

async fn write(connection: &mut AsyncPgConnection, change: &IntakeChange) -> Result<(), Stopped> {
    let lead = &change.lead;
    let organization = lead.organization_id.as_uuid();
    advance_recipient(connection, lead.organization_id, &lead.phone).await?;
    let recorded = IsRecorded {
        organization,
        id: change.id.as_uuid(),
    };
    let is_recorded: bool = recorded.get_result(connection).await?;
    if is_recorded {
        return Ok(());
    }
    check(connection, change).await?;
    put_lead(connection, change).await?;
    if change.is_new_conversation {
        let statement = InsertConversation {
            organization,
            id: change.conversation_id.as_uuid(),
            lead: lead.id.as_uuid(),
        };
        must_write(statement.execute(connection).await?)?;
    }
    put_details(connection, change).await?;
    put_consents(connection, change).await?;
    let statement = InsertIntake {
        organization,
        id: change.id.as_uuid(),
        source: change.source_id.map(SourceId::as_uuid),
        own_id: change.own_id.clone(),
        lead: lead.id.as_uuid(),
        key: change.key_id.as_uuid(),
        at: change.at,
    };
    must_write(statement.execute(connection).await?)
}

/// Whether what was read still holds. The caller holds the recipient's row.
async fn check(connection: &mut AsyncPgConnection, change: &IntakeChange) -> Result<(), Stopped> {
    let (organization, phone) = (
        change.lead.organization_id.as_uuid(),
        change.lead.phone.as_str().to_owned(),
    );
    let is_own = is_own_number(connection, phone.clone()).await?;
    let found = known(connection, organization, phone).await?;
    let is_as_read = match &found {
        None => change.is_new_lead,
        Some(found) => {
            !change.is_new_lead
                && found.lead.id == change.lead.id
                && found.version == change.version
                && found.conversation_id.is_none() == change.is_new_conversation
        }
    };
    must_write(usize::from(is_as_read && !is_own))
}

async fn put_lead(connection: &mut AsyncPgConnection, change: &IntakeChange) -> QueryResult<()> {
    let lead = &change.lead;
    if change.is_new_lead {
        let rows = [LeadRow::from(lead)].into_iter().collect();
        return InsertLead { rows }.execute(connection).await.map(drop);
    }
    let statement = ChangeLead {
        organization: lead.organization_id.as_uuid(),
        id: lead.id.as_uuid(),
        name: lead
            .name
            .as_ref()
            .map(PersonName::as_str)
            .map(str::to_owned),
        state: lead.state.clone(),
        postal_code: lead.postal_code.clone(),
    };
    statement.execute(connection).await.map(drop)
}

async fn put_details(
    connection: &mut AsyncPgConnection,
    change: &IntakeChange,
) -> Result<(), Stopped> {
    let organization = change.lead.organization_id.as_uuid();
    let lead = change.lead.id.as_uuid();
    let reading = RowRef {
        table: "lead_details",
        id: lead,
    };
    let details = serde_json::to_value(&change.details);
    let details = details.map_err(|_| reading.impossible("details", "cannot be written"));
    let details = details.map_err(StoreError::Row)?;
    let rows = if change.version == 0 {
        let statement = InsertDetails {
            organization,
            lead,
            details,
            at: change.at,
            is_new: change.is_new_lead,
            made_at: (!change.is_new_lead).then(|| made_at(lead)).flatten(),
        };
        statement.execute(connection).await?
    } else {
        let statement = ChangeDetails {
            organization,
            lead,
            details,
            at: change.at,
            version: change.version,
        };
        statement.execute(connection).await?
    };
    must_write(rows)
}

/// Adds the consents. The lead then has the consent that all its records amount to.
async fn put_consents(
    connection: &mut AsyncPgConnection,
    change: &IntakeChange,
) -> QueryResult<()> {
    if change.consents.is_empty() {
        return Ok(());
    }
    let row = |record| ConsentRow::new(record, "", change.at);
    consents::put(connection, change.consents.iter().map(row).collect()).await?;
    let lead = (
        change.lead.organization_id.as_uuid(),
        change.lead.id.as_uuid(),
    );
    consents::settle(connection, vec![lead]).await
}
