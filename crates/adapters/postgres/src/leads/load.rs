//! Reading leads: what an intake must know, and what people look at.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::facts::{Lead, LeadDetails};
use sms_domain::lifecycle::{EarlierIntake, KnownLead};
use sms_domain::ports::{IntakeQuery, LeadView};
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, SourceId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::rows::{ImpossibleRow, LeadRow, LeadSql, RowRef};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;
type Instant = Option<DateTime<Utc>>;

statement! {
    /// The lead that a received text would be given to: that with the most recently active conversation;
    /// archived leads only if there is no other.
    FindKnown {
        organization: SqlUuid = Uuid,
        phone: Text = String,
    } -> (LeadSql, (Nullable<SqlUuid>, Nullable<BigInt>, Nullable<Jsonb>));
    "SELECT ", LeadRow::SELECT, ", conversation.id, details.version, details.details
     FROM leads
     LEFT JOIN conversations AS conversation
         ON conversation.organization_id = leads.organization_id
         AND conversation.lead_id = leads.id
     LEFT JOIN lead_details AS details
         ON details.organization_id = leads.organization_id AND details.lead_id = leads.id
     WHERE leads.organization_id = $organization AND leads.phone = $phone
     ORDER BY leads.is_archived,
         greatest(conversation.last_inbound_at, conversation.active_since) DESC NULLS LAST,
         leads.id DESC
     LIMIT 1"
}

statement! {
    IsOwnNumber { phone: Text = String } -> Bool;
    "SELECT EXISTS (SELECT FROM phone_directory WHERE e164 = $phone)"
}

statement! {
    FindEarlier {
        organization: SqlUuid = Uuid,
        source: SqlUuid = Uuid,
        own_id: Text = String,
    } -> (SqlUuid, Text);
    "SELECT leads.id, leads.phone
     FROM lead_intakes AS intake
     JOIN leads ON leads.organization_id = intake.organization_id AND leads.id = intake.lead_id
     WHERE intake.organization_id = $organization AND intake.own_id = $own_id
         AND coalesce(intake.source_id, '00000000-0000-0000-0000-000000000000') = $source"
}

type AroundSql = (
    Bool,
    Nullable<SqlUuid>,
    Nullable<Jsonb>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
);
type AroundRow = (
    bool,
    Option<Uuid>,
    Option<Value>,
    Instant,
    Instant,
    Instant,
    Instant,
);

statement! {
    FindView {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
    } -> (LeadSql, AroundSql);
    "SELECT ", LeadRow::SELECT, ", coalesce(source.is_imported, false), conversation.id, details.details,
         details.created_at, details.modified_at,
         (SELECT min(created_at) FROM suppressions
          WHERE organization_id = leads.organization_id AND phone = leads.phone
              AND released_at IS NULL AND scope = 'organization' AND channel IN ('sms', 'all')),
         (SELECT max(at) FROM opt_ins
          WHERE organization_id = leads.organization_id AND phone = leads.phone)
     FROM leads
     LEFT JOIN conversations AS conversation
         ON conversation.organization_id = leads.organization_id
         AND conversation.lead_id = leads.id
     LEFT JOIN lead_details AS details
         ON details.organization_id = leads.organization_id AND details.lead_id = leads.id
     LEFT JOIN sources AS source
         ON source.organization_id = leads.organization_id AND source.id = leads.source_id
     WHERE leads.organization_id = $organization AND leads.id = $id"
}

type KnownRow = (LeadRow, (Option<Uuid>, Option<i64>, Option<Value>));

/// The lead with a phone, as [`FindKnown`] chooses it.
pub(super) async fn known(
    connection: &mut AsyncPgConnection,
    organization: Uuid,
    phone: String,
) -> Result<Option<KnownLead>, StoreError> {
    let statement = FindKnown {
        organization,
        phone,
    };
    let row: Option<KnownRow> = statement.get_result(connection).await.optional()?;
    let Some((lead, (conversation, version, stored))) = row else {
        return Ok(None);
    };
    let lead = Lead::try_from(lead)?;
    Ok(Some(KnownLead {
        details: details(lead.id, stored)?,
        lead,
        version: version.unwrap_or(0),
        conversation_id: conversation.map(ConversationId::new),
    }))
}

/// The intake under the source's own id.
pub(super) async fn earlier(
    connection: &mut AsyncPgConnection,
    query: &IntakeQuery,
) -> Result<Option<EarlierIntake>, StoreError> {
    let Some(own_id) = query.own_id.clone() else {
        return Ok(None);
    };
    let statement = FindEarlier {
        organization: query.organization_id.as_uuid(),
        source: query.source_id.map(SourceId::as_uuid).unwrap_or_default(),
        own_id,
    };
    let row: Option<(Uuid, String)> = statement.get_result(connection).await.optional()?;
    let earlier = |(id, phone)| {
        let reading = RowRef { table: "leads", id };
        Ok::<_, ImpossibleRow>(EarlierIntake {
            lead_id: LeadId::new(id),
            phone: reading.phone("phone", phone)?,
        })
    };
    Ok(row.map(earlier).transpose()?)
}

fn details(lead: LeadId, stored: Option<Value>) -> Result<LeadDetails, ImpossibleRow> {
    let reading = RowRef {
        table: "lead_details",
        id: lead,
    };
    let details = stored.map(serde_json::from_value).transpose();
    let details = details.map_err(|_| reading.impossible("details", "are no details of a lead"))?;
    Ok(details.unwrap_or_default())
}

fn view((lead, around): (LeadRow, AroundRow)) -> Result<LeadView, ImpossibleRow> {
    let (is_imported, conversation, stored, created_at, modified_at, opted_out_at, opted_in_at) =
        around;
    let lead = Lead::try_from(lead)?;
    Ok(LeadView {
        details: details(lead.id, stored)?,
        created_at: created_at.or_else(|| made_at(lead.id.as_uuid())),
        lead,
        is_imported,
        modified_at,
        conversation_id: conversation.map(ConversationId::new),
        opted_out_at,
        opted_in_at,
    })
}

/// The instant in an id of version 7, for leads without another record of it.
pub(super) fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = (id.get_version_num() == 7)
        .then(|| id.get_timestamp())??
        .to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}

/// Whether any organization sends from a number.
pub(super) async fn is_own_number(
    connection: &mut AsyncPgConnection,
    phone: String,
) -> Result<bool, StoreError> {
    Ok(IsOwnNumber { phone }.get_result(connection).await?)
}

/// A lead of an organization.
pub(super) async fn find_view(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    id: LeadId,
) -> Result<Option<LeadView>, StoreError> {
    let statement = FindView {
        organization: organization_id.as_uuid(),
        id: id.as_uuid(),
    };
    let row: Option<(LeadRow, AroundRow)> = statement.get_result(connection).await.optional()?;
    Ok(row.map(view).transpose()?)
}
