//! [`ConsentRepository`] on Postgres, and the steps that seeds share with it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::{ConsentBasis, ConsentRecord};
use sms_domain::ports::{
    AuditEntry, ConsentRepository, ConsentRevocation, RevocationOutcome, Unavailable,
};
use sms_domain::values::ids::{LeadId, OrganizationId};
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{ConsentArrays, ConsentRow, ConsentSql};
use crate::statement::{Columns, statement, statement_over};

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    ListConsents { organization: SqlUuid = Uuid, lead: SqlUuid = Uuid } -> ConsentSql;
    "SELECT ", ConsentRow::SELECT, " FROM consents
     WHERE organization_id = $organization AND lead_id = $lead ORDER BY at, id"
}

statement! {
    LockConsent {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
    } -> ConsentSql;
    "SELECT ", ConsentRow::SELECT, " FROM consents
     WHERE organization_id = $organization AND id = $id FOR UPDATE"
}

statement! {
    RevokeConsent {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        at: Timestamptz = DateTime<Utc>,
        channel: Text = String,
    } -> ();
    "UPDATE consents SET revoked_at = $at, revoked_channel = $channel
     WHERE organization_id = $organization AND id = $id"
}

statement_over! {
    /// Records that are stored keep their first revocation.
    PutConsents { ConsentArrays } -> ();
    "INSERT INTO consents (", ConsentRow::NAMES, ") SELECT * FROM unnest($rows)
     ON CONFLICT (organization_id, id) DO UPDATE
     SET revoked_at = coalesce(consents.revoked_at, excluded.revoked_at),
         revoked_channel = coalesce(consents.revoked_channel, excluded.revoked_channel)"
}

statement_over! {
    /// Which records say something else than the stored ones under their ids.
    ContradictConsents { ConsentArrays } -> (SqlUuid, SqlUuid);
    "SELECT input.organization_id, input.id
     FROM unnest($rows) AS input (", ConsentRow::NAMES, ")
     JOIN consents AS stored
         ON stored.organization_id = input.organization_id AND stored.id = input.id
     WHERE (stored.lead_id, stored.basis, stored.at, stored.text_shown, stored.page_url,
             stored.ip_address, stored.user_agent, stored.certificate_url, stored.sellers)
         IS DISTINCT FROM (input.lead_id, input.basis, input.at, input.text_shown, input.page_url,
             input.ip_address, input.user_agent, input.certificate_url, input.sellers)"
}

statement! {
    /// A lead with records has the consent that they amount to: the strongest that is not revoked, the
    /// latest of equals, or none.
    SettleConsents {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        leads: Array<SqlUuid> = Vec<Uuid>,
        bases: Array<Text> = Vec<String>,
    } -> ();
    "UPDATE leads SET consent_basis = settled.basis, consent_at = settled.at, consent_id = settled.id
     FROM (
         SELECT concerned.organization_id, concerned.lead_id, counts.basis, counts.at, counts.id
         FROM (
             SELECT DISTINCT organization_id, lead_id FROM consents
             WHERE (organization_id, lead_id) IN (SELECT * FROM unnest($organizations, $leads))
         ) AS concerned
         LEFT JOIN LATERAL (
             SELECT basis, at, id FROM consents AS one
             WHERE one.organization_id = concerned.organization_id
                 AND one.lead_id = concerned.lead_id AND one.revoked_at IS NULL
             ORDER BY array_position($bases, one.basis), one.at DESC, one.id DESC LIMIT 1
         ) AS counts ON true
     ) AS settled
     WHERE leads.organization_id = settled.organization_id AND leads.id = settled.lead_id"
}

statement! {
    /// No decision about these leads that was made before is committed afterwards.
    AdvanceLeads {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        leads: Array<SqlUuid> = Vec<Uuid>,
    } -> ();
    "UPDATE recipients SET version = version + 1
     WHERE (organization_id, phone) IN (
         SELECT organization_id, phone FROM leads
         WHERE (organization_id, id) IN (SELECT * FROM unnest($organizations, $leads)))"
}

#[async_trait]
impl ConsentRepository for Pg {
    async fn consents(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Vec<ConsentRecord>, Unavailable> {
        Ok(self.list_consents(organization_id, lead_id).await?)
    }

    async fn revoke_consent(
        &self,
        change: ConsentRevocation,
    ) -> Result<RevocationOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let revoked = tokio::spawn(async move { pg.revoke_recorded(&change).await });
        Ok(revoked.await.map_err(StoreError::Task)??)
    }
}

impl Pg {
    async fn list_consents(
        &self,
        organization_id: OrganizationId,
        lead_id: LeadId,
    ) -> Result<Vec<ConsentRecord>, StoreError> {
        let mut connection = self.cold().await?;
        let statement = ListConsents {
            organization: organization_id.as_uuid(),
            lead: lead_id.as_uuid(),
        };
        let rows: Vec<ConsentRow> = statement.load(&mut connection).await?;
        let records: Result<_, _> = rows.into_iter().map(ConsentRecord::try_from).collect();
        Ok(records?)
    }

    async fn revoke_recorded(
        &self,
        change: &ConsentRevocation,
    ) -> Result<RevocationOutcome, StoreError> {
        let mut connection = self.cold().await?;
        let revoked = connection.transaction(async |connection| revoke(connection, change).await);
        revoked.await
    }
}

async fn revoke(
    connection: &mut AsyncPgConnection,
    change: &ConsentRevocation,
) -> Result<RevocationOutcome, StoreError> {
    let (organization, id) = (change.organization_id.as_uuid(), change.id.as_uuid());
    let lock = LockConsent { organization, id };
    let row: Option<ConsentRow> = lock.get_result(connection).await.optional()?;
    let Some(record) = row.map(ConsentRecord::try_from).transpose()? else {
        return Ok(RevocationOutcome::Unknown);
    };
    if record.revoked.is_some() {
        return Ok(RevocationOutcome::AlreadyRevoked);
    }
    if change.revoked.at < record.at {
        return Ok(RevocationOutcome::BeforeConsent);
    }
    let statement = RevokeConsent {
        organization,
        id,
        at: change.revoked.at,
        channel: change.revoked.channel.as_str().to_owned(),
    };
    statement.execute(connection).await?;
    let leads = vec![(organization, record.lead_id.as_uuid())];
    settle(connection, leads.clone()).await?;
    advance(connection, leads).await?;
    audit_log::record(
        connection,
        AuditEntry::consent_revoked(change, record.lead_id),
    )
    .await?;
    Ok(RevocationOutcome::Recorded)
}

/// Which of these rows contradict what is stored.
pub(crate) async fn contradictions(
    connection: &mut AsyncPgConnection,
    rows: ConsentArrays,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    ContradictConsents { rows }.load(connection).await
}

/// Stores records.
pub(crate) async fn put(
    connection: &mut AsyncPgConnection,
    rows: ConsentArrays,
) -> QueryResult<()> {
    PutConsents { rows }.execute(connection).await.map(drop)
}

/// Gives leads, by organization and id, the consent that their records amount to.
pub(crate) async fn settle(
    connection: &mut AsyncPgConnection,
    leads: Vec<(Uuid, Uuid)>,
) -> QueryResult<()> {
    let (organizations, leads) = leads.into_iter().unzip();
    let bases = ConsentBasis::STRONGEST_FIRST.map(|basis| basis.as_str().to_owned());
    let statement = SettleConsents {
        organizations,
        leads,
        bases: bases.to_vec(),
    };
    statement.execute(connection).await.map(drop)
}

/// Advances the versions of leads, by organization and id, as recipients.
pub(crate) async fn advance(
    connection: &mut AsyncPgConnection,
    leads: Vec<(Uuid, Uuid)>,
) -> QueryResult<()> {
    let (organizations, leads) = leads.into_iter().unzip();
    let statement = AdvanceLeads {
        organizations,
        leads,
    };
    statement.execute(connection).await.map(drop)
}
