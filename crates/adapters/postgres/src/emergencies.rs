//! [`EmergencyRepository`] on Postgres: each change excludes commits of attempts (`emergency_lock.rs`).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::result::Error as QueryError;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use sms_domain::facts::Emergency;
use sms_domain::ports::{
    AuditAction, AuditEntry, Declaration, EmergencyChange, EmergencyOutcome, EmergencyRepository,
    Unavailable,
};
use sms_domain::values::ids::EmergencyId;
use uuid::Uuid;

use crate::audit_log;
use crate::emergency_lock::{ListedRow, emergency};
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::ImpossibleRow;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    LockAlone {} -> ();
    "SELECT pg_advisory_xact_lock(7311, 1)"
}

statement! {
    AdvanceVersion {} -> ();
    "UPDATE emergency_versions SET version = version + 1"
}

statement! {
    Declare {
        id: SqlUuid = Uuid,
        jurisdiction: Text = String,
        prefixes: Array<Text> = Vec<String>,
        source: Text = String,
        ends: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        at: Timestamptz = DateTime<Utc>,
        by: Text = String,
    } -> ();
    "INSERT INTO emergencies
         (id, jurisdiction, postal_prefixes, source, ends_at, declared_at, declared_by)
     VALUES ($id, $jurisdiction, $prefixes, $source, $ends, $at, $by)
     ON CONFLICT (id) DO NOTHING"
}

statement! {
    Lift { id: SqlUuid = Uuid, at: Timestamptz = DateTime<Utc> } -> ();
    "UPDATE emergencies SET lifted_at = $at WHERE id = $id AND lifted_at IS NULL"
}

statement! {
    /// Each message that is handed over waits in the queue for what becomes of it.
    CountSending {} -> BigInt;
    "SELECT count(*) FROM due
     JOIN messages ON messages.organization_id = due.organization_id AND messages.id = due.message_id
     WHERE messages.status = 'sending'"
}

statement! {
    /// An advisory lock belongs to one database; `pg_locks` shows those of all.
    Holders {} -> (Integer, Text, Text);
    "SELECT activity.pid, coalesce(activity.application_name, ''),
         coalesce(host(activity.client_addr), 'this machine')
     FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
     WHERE lock.locktype = 'advisory' AND lock.classid = 7311 AND lock.objid = 1 AND lock.granted
         AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     ORDER BY activity.pid"
}

type ListedSql = (SqlUuid, Text, Array<Text>, Nullable<Timestamptz>);
type DeclaredSql = (Text, Timestamptz, Text, Nullable<Timestamptz>);
type DeclaredRow = (String, DateTime<Utc>, String, Option<DateTime<Utc>>);

statement! {
    ListDeclarations {} -> (ListedSql, DeclaredSql);
    "SELECT id, jurisdiction, postal_prefixes, ends_at, source, declared_at, declared_by, lifted_at
     FROM emergencies ORDER BY declared_at DESC, id"
}

#[async_trait]
impl EmergencyRepository for Pg {
    async fn declare(
        &self,
        emergency: Emergency,
        source: String,
        change: EmergencyChange,
    ) -> Result<EmergencyOutcome, Unavailable> {
        let after = json!({
            "state": emergency.jurisdiction, "postalPrefixes": emergency.postal_prefixes,
            "source": source, "until": emergency.until,
        });
        let declare = Declare {
            id: emergency.id.as_uuid(),
            jurisdiction: emergency.jurisdiction.as_str().to_owned(),
            prefixes: emergency.postal_prefixes,
            source,
            ends: emergency.until,
            at: change.at,
            by: change.by.name.clone(),
        };
        let action = AuditAction::EmergencyDeclared;
        let entry = entry(emergency.id, action, &change).changed(None, Some(after));
        self.change_emergencies(Step::Declare(declare), entry, change)
            .await
    }

    async fn lift(
        &self,
        id: EmergencyId,
        change: EmergencyChange,
    ) -> Result<EmergencyOutcome, Unavailable> {
        let lift = Lift {
            id: id.as_uuid(),
            at: change.at,
        };
        let entry = entry(id, AuditAction::EmergencyLifted, &change).changed(
            Some(json!({ "inForce": true })),
            Some(json!({ "inForce": false })),
        );
        self.change_emergencies(Step::Lift(lift), entry, change)
            .await
    }

    async fn declarations(&self) -> Result<Vec<Declaration>, Unavailable> {
        Ok(self.list_declarations().await?)
    }
}

fn entry(id: EmergencyId, action: AuditAction, change: &EmergencyChange) -> AuditEntry {
    AuditEntry {
        at: change.at,
        organization_id: None,
        actor: change.by.clone(),
        action,
        target: id.to_string(),
        before: None,
        after: None,
    }
}

enum Step {
    Declare(Declare),
    Lift(Lift),
}

impl Pg {
    async fn change_emergencies(
        &self,
        step: Step,
        entry: AuditEntry,
        change: EmergencyChange,
    ) -> Result<EmergencyOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let changed = tokio::spawn(async move { pg.in_force_alone(step, entry, &change).await });
        Ok(changed.await.map_err(StoreError::Task)??)
    }

    async fn in_force_alone(
        &self,
        step: Step,
        entry: AuditEntry,
        change: &EmergencyChange,
    ) -> Result<EmergencyOutcome, StoreError> {
        let mut connection = self.patient().await?;
        let patience = format!(
            "SET LOCAL lock_timeout = {}",
            change.patience.as_millis().max(1)
        );
        let changed = connection
            .transaction(async |connection| {
                connection.batch_execute(&patience).await?;
                LockAlone {}.execute(connection).await?;
                let rows = match step {
                    Step::Declare(declare) => declare.execute(connection).await?,
                    Step::Lift(lift) => lift.execute(connection).await?,
                };
                if rows == 0 {
                    return Ok(EmergencyOutcome::Unknown);
                }
                AdvanceVersion {}.execute(connection).await?;
                let sending: i64 = CountSending {}.get_result(connection).await?;
                audit_log::record(connection, entry).await?;
                let sending = u64::try_from(sending).unwrap_or_default();
                Ok(EmergencyOutcome::InForce { sending })
            })
            .await;
        match changed {
            Err(error) if is_lock_timeout(&error) => {
                let holders: Vec<(i32, String, String)> = Holders {}.load(&mut connection).await?;
                let holder =
                    |(pid, name, address)| format!("{name} from {address} (process {pid})");
                Ok(EmergencyOutcome::Busy(
                    holders.into_iter().map(holder).collect(),
                ))
            }
            other => Ok(other?),
        }
    }

    async fn list_declarations(&self) -> Result<Vec<Declaration>, StoreError> {
        let mut connection = self.cold().await?;
        let rows: Vec<(ListedRow, DeclaredRow)> = ListDeclarations {}.load(&mut connection).await?;
        let declaration = |(listed, declared): (ListedRow, DeclaredRow)| {
            let (source, at, by, lifted_at) = declared;
            Ok(Declaration {
                emergency: emergency(listed)?,
                source,
                at,
                by,
                lifted_at,
            })
        };
        let declarations: Result<_, ImpossibleRow> = rows.into_iter().map(declaration).collect();
        Ok(declarations?)
    }
}

/// diesel has no kind for a lock that was waited for too long.
pub(crate) fn is_lock_timeout(error: &QueryError) -> bool {
    let QueryError::DatabaseError(_, information) = error else {
        return false;
    };
    information.message().contains("lock timeout")
}
