//! [`NumberRegistry`] on Postgres. A change of what a number may do advances the version of the organization's
//! pauses (`pause_lock.rs`), so that nothing that was decided on before leaves.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use sms_domain::facts::{OrgFacts, Registration};
use sms_domain::ports::{
    AuditAction, AuditEntry, HarmfulEvent, NewNumber, NumberChange, NumberEdit, NumberHistory,
    NumberList, NumberOutcome, NumberRegistry, RegisteredNumber, Unavailable,
};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::audit_log;
use crate::emergencies::is_lock_timeout;
use crate::error::StoreError;
use crate::facts::load_organization;
use crate::pause_lock::{LockAlone, advance};
use crate::pg::Pg;
use crate::rows::RowRef;
use crate::seed::{Target, stored};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindNames { organization: SqlUuid = Uuid } -> (
        SqlUuid, Nullable<Text>, Nullable<Timestamptz>, Nullable<Timestamptz>, Bool,
    );
    "SELECT number.id, number.name, number.created_at, number.modified_at,
         coalesce(number.id = ANY(pauses.numbers), false)
     FROM phone_numbers AS number
     LEFT JOIN pauses ON pauses.organization_id = number.organization_id
     WHERE number.organization_id = $organization AND number.removed_at IS NULL
     ORDER BY number.id"
}

statement! {
    /// Waits for another transaction that lists the number.
    List { phone: Text = String, organization: SqlUuid = Uuid, id: SqlUuid = Uuid } -> ();
    "INSERT INTO phone_directory (e164, organization_id, number_id)
     VALUES ($phone, $organization, $id) ON CONFLICT (e164) DO NOTHING"
}

statement! {
    FindListed { phone: Text = String } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, number_id FROM phone_directory WHERE e164 = $phone"
}

statement! {
    /// A number that the organization had is enabled again as it was, with what it can send now.
    Put {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        phone: Text = String,
        name: Text = String,
        enabled: Bool = bool,
        capable: Bool = bool,
        mms: Bool = bool,
        registration: Text = String,
        account: Text = String,
        profile: Nullable<Text> = Option<String>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO phone_numbers (organization_id, id, e164, is_enabled, is_sms_capable, is_mms_capable,
         destinations, registration, is_reserved, health, provider_account, messaging_profile_id, name,
         created_at)
     VALUES ($organization, $id, $phone, $enabled, $capable, $mms, '{US,CA}', $registration, false,
         'unknown', $account, $profile, $name, $at)
     ON CONFLICT (organization_id, id) DO UPDATE
     SET name = $name, is_enabled = $enabled, is_mms_capable = $mms, removed_at = NULL,
         modified_at = $at"
}

statement! {
    Rename {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        name: Text = String,
        enabled: Nullable<Bool> = Option<bool>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE phone_numbers SET name = $name, is_enabled = coalesce($enabled, is_enabled),
         modified_at = $at
     WHERE organization_id = $organization AND id = $id AND removed_at IS NULL"
}

statement! {
    Remove {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "UPDATE phone_numbers SET is_enabled = false, removed_at = $at, modified_at = $at
     WHERE organization_id = $organization AND id = $id AND removed_at IS NULL"
}

statement! {
    FindSent {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        from: Timestamptz = DateTime<Utc>,
        to: Timestamptz = DateTime<Utc>,
    } -> (Timestamptz, Integer);
    "SELECT window_start, used FROM counters
     WHERE organization_id = $organization AND number_id = $id AND kind = 'hour'
         AND window_start >= $from AND window_start < $to
     ORDER BY window_start"
}

statement! {
    FindHarm {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        from: Timestamptz = DateTime<Utc>,
        to: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (Text, Timestamptz, Text);
    "SELECT kind, at, reference FROM number_troubles
     WHERE organization_id = $organization AND number_id = $id AND at >= $from AND at < $to
     ORDER BY at DESC, reference LIMIT $most"
}

type NameRow = (
    Uuid,
    Option<String>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    bool,
);

/// What is written.
enum Step {
    Register(NewNumber),
    Edit(NumberChange),
}

#[async_trait]
impl NumberRegistry for Pg {
    async fn numbers(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Option<NumberList>, Unavailable> {
        Ok(self.list_numbers(organization_id).await?)
    }

    async fn register_number(&self, new: NewNumber) -> Result<NumberOutcome, Unavailable> {
        let patience = new.patience;
        self.change_number_alone(Step::Register(new), patience)
            .await
    }

    async fn change_number(&self, change: NumberChange) -> Result<NumberOutcome, Unavailable> {
        let patience = change.patience;
        self.change_number_alone(Step::Edit(change), patience).await
    }

    async fn history(
        &self,
        number: (OrganizationId, PhoneNumberId),
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<NumberHistory, Unavailable> {
        Ok(self.find_history(number, from, to).await?)
    }
}

impl Pg {
    async fn list_numbers(
        &self,
        organization_id: OrganizationId,
    ) -> Result<Option<NumberList>, StoreError> {
        let mut connection = self.cold().await?;
        let Some(org) = load_organization(&connection, organization_id).await? else {
            return Ok(None);
        };
        let statement = FindNames {
            organization: organization_id.as_uuid(),
        };
        let names: Vec<NameRow> = statement.load(&mut connection).await?;
        drop(connection);
        let pauses = self.find_pauses(organization_id).await?;
        Ok(Some(list(org, names, pauses.is_organization_paused)))
    }

    async fn change_number_alone(
        &self,
        step: Step,
        patience: Duration,
    ) -> Result<NumberOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let changed = tokio::spawn(async move { pg.change_in_force(&step, patience).await });
        let changed = changed.await;
        self.0.organizations.clear();
        Ok(changed.map_err(StoreError::Task)??)
    }

    async fn change_in_force(
        &self,
        step: &Step,
        patience: Duration,
    ) -> Result<NumberOutcome, StoreError> {
        let mut connection = self.cold().await?;
        let patience = format!("SET LOCAL lock_timeout = {}", patience.as_millis().max(1));
        let changed = connection
            .transaction(async |connection| {
                connection.batch_execute(&patience).await?;
                match step {
                    Step::Register(new) => register(connection, new).await,
                    Step::Edit(change) => edit(connection, change).await,
                }
            })
            .await;
        match changed {
            Err(error) if is_lock_timeout(&error) => Ok(NumberOutcome::Busy),
            other => Ok(other?),
        }
    }

    async fn find_history(
        &self,
        (organization, id): (OrganizationId, PhoneNumberId),
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<NumberHistory, StoreError> {
        let (organization, id) = (organization.as_uuid(), id.as_uuid());
        let mut connection = self.cold().await?;
        let sent = FindSent {
            organization,
            id,
            from,
            to,
        };
        let sent: Vec<(DateTime<Utc>, i32)> = sent.load(&mut connection).await?;
        let harm = FindHarm {
            organization,
            id,
            from,
            to,
            most: NumberHistory::MOST_EVENTS.into(),
        };
        let harm: Vec<(String, DateTime<Utc>, String)> = harm.load(&mut connection).await?;
        let reading = RowRef {
            table: "number_troubles",
            id,
        };
        let event = |(kind, at, reference): (String, DateTime<Utc>, String)| {
            Ok::<_, StoreError>(HarmfulEvent {
                kind: reading.name("kind", &kind)?,
                at,
                reference,
            })
        };
        let count = |used: i32| u32::try_from(used).unwrap_or_default();
        Ok(NumberHistory {
            sent: sent
                .into_iter()
                .map(|(at, used)| (at, count(used)))
                .collect(),
            events: harm.into_iter().map(event).collect::<Result<_, _>>()?,
        })
    }
}

fn list(org: OrgFacts, names: Vec<NameRow>, is_paused: bool) -> NumberList {
    let mut facts = org.numbers;
    let number = |(id, name, created_at, modified_at, is_paused): NameRow| {
        let id = PhoneNumberId::new(id);
        let place = facts.iter().position(|number| number.id == id)?;
        Some(RegisteredNumber {
            facts: facts.swap_remove(place),
            name,
            created_at,
            modified_at,
            is_paused,
        })
    };
    NumberList {
        organization_id: org.organization_id,
        organization_name: org.name,
        kind: org.kind,
        capacity_zone: org.policy.capacity_zone,
        is_paused,
        numbers: names.into_iter().filter_map(number).collect(),
    }
}

async fn register(
    connection: &mut AsyncPgConnection,
    new: &NewNumber,
) -> QueryResult<NumberOutcome> {
    let organization = new.organization_id.as_uuid();
    let phone = new.phone.as_str().to_owned();
    LockAlone { organization }.execute(connection).await?;
    let list = List {
        phone: phone.clone(),
        organization,
        id: new.id.as_uuid(),
    };
    list.execute(connection).await?;
    let listed = FindListed {
        phone: phone.clone(),
    };
    let (owner, id): (Uuid, Uuid) = listed.get_result(connection).await?;
    if owner != organization {
        return Ok(NumberOutcome::Taken);
    }
    let before = stored(connection, organization, Target::Number(id)).await?;
    let put = Put {
        organization,
        id,
        phone,
        name: new.name.clone(),
        enabled: new.is_enabled,
        capable: new.owned.is_sms_capable,
        mms: new.owned.is_mms_capable,
        registration: Registration::as_str(new.registration).to_owned(),
        account: new.owned.account.as_str().to_owned(),
        profile: new.owned.messaging_profile_id.clone(),
        at: new.at,
    };
    put.execute(connection).await?;
    let after = stored(connection, organization, Target::Number(id)).await?;
    advance(connection, organization).await?;
    let (action, target) = (AuditAction::NumberRegistered, id.to_string());
    let by = new.by.clone();
    let entry = AuditEntry::of(new.organization_id, by, new.at, action, target);
    audit_log::record(connection, entry.changed(before, after)).await?;
    Ok(NumberOutcome::Done(PhoneNumberId::new(id)))
}

async fn edit(
    connection: &mut AsyncPgConnection,
    change: &NumberChange,
) -> QueryResult<NumberOutcome> {
    let (organization, id) = (change.organization_id.as_uuid(), change.id.as_uuid());
    LockAlone { organization }.execute(connection).await?;
    let before = stored(connection, organization, Target::Number(id)).await?;
    let (changed, action) = match &change.edit {
        NumberEdit::Settings { name, is_enabled } => {
            let rename = Rename {
                organization,
                id,
                name: name.clone(),
                enabled: *is_enabled,
                at: change.at,
            };
            (
                rename.execute(connection).await?,
                AuditAction::NumberChanged,
            )
        }
        NumberEdit::Remove => {
            let remove = Remove {
                organization,
                id,
                at: change.at,
            };
            (
                remove.execute(connection).await?,
                AuditAction::NumberRemoved,
            )
        }
    };
    if changed == 0 {
        return Ok(NumberOutcome::Unknown);
    }
    let after = stored(connection, organization, Target::Number(id)).await?;
    advance(connection, organization).await?;
    let by = change.by.clone();
    let entry = AuditEntry::of(
        change.organization_id,
        by,
        change.at,
        action,
        id.to_string(),
    );
    audit_log::record(connection, entry.changed(before, after)).await?;
    Ok(NumberOutcome::Done(change.id))
}
