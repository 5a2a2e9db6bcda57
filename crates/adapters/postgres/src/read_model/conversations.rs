//! Lists of conversations, each with its lead, its number and its last message.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use sms_domain::ports::{
    CONVERSATIONS, ConversationView, ConversationsOf, LastMessage, ListPage, ListQuery, ListValue,
};
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::lists::{Column, ListTable, Listed, Within};
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// Conversations with what people see of them. The messages of a person are found by the person's number.
pub(super) static TABLE: ListTable = ListTable {
    listing: &CONVERSATIONS,
    rows: "conversations",
    joins: "JOIN leads ON leads.organization_id = conversations.organization_id
            AND leads.id = conversations.lead_id",
    beside:
        "LEFT JOIN phone_numbers ON phone_numbers.organization_id = conversations.organization_id
            AND phone_numbers.id = conversations.active_number_id
        LEFT JOIN LATERAL (
            SELECT submissions.id, submissions.body, submissions.created_at
            FROM submissions
            WHERE submissions.organization_id = conversations.organization_id
                AND submissions.recipient = leads.phone
                AND submissions.conversation_id = conversations.id
            ORDER BY submissions.id DESC LIMIT 1) AS last ON true
        LEFT JOIN messages ON messages.organization_id = conversations.organization_id
            AND messages.id = last.id",
    columns: &[
        ("id", Column::TimeOfId("conversations.id")),
        ("leadId", Column::Expression("conversations.lead_id")),
        ("leadPhoneNumber", Column::Expression("leads.phone")),
        (
            "activeOutboundPhoneNumberId",
            Column::Expression("conversations.active_number_id"),
        ),
        ("isArchived", Column::Expression("leads.is_archived")),
        ("firstName", Column::Expression("leads.name")),
        ("lastName", Column::Expression("leads.name")),
    ],
};

pub(super) const COLUMNS: &str = "conversations.id, conversations.lead_id, leads.name, leads.phone,
    leads.is_archived, conversations.active_number_id, phone_numbers.e164,
    conversations.override_number_id, last.created_at, last.body, messages.status, messages.status_reason";

type ViewSql = (
    SqlUuid,
    SqlUuid,
    Nullable<Text>,
    Text,
    Bool,
    Nullable<SqlUuid>,
    Nullable<Text>,
    Nullable<SqlUuid>,
    Nullable<Timestamptz>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
);

type ViewRow = (
    Uuid,
    Uuid,
    Option<String>,
    String,
    bool,
    Option<Uuid>,
    Option<String>,
    Option<Uuid>,
    Option<DateTime<Utc>>,
    Option<String>,
    Option<String>,
    Option<String>,
);

statement! {
    FindLead { organization: SqlUuid = Uuid, lead: SqlUuid = Uuid } -> SqlUuid;
    "SELECT id FROM leads WHERE organization_id = $organization AND id = $lead"
}

impl Pg {
    /// A page of conversations; `None` if the organization has no such lead.
    pub(super) async fn list_conversations(
        &self,
        organization_id: OrganizationId,
        of: ConversationsOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<ConversationView>>, StoreError> {
        let mut within = Within::default();
        match of {
            ConversationsOf::Everybody { is_archived } => {
                let archived = is_archived.map(|flag| ("leads.is_archived", ListValue::Flag(flag)));
                within.equal.extend(archived);
            }
            ConversationsOf::Lead(id) => {
                let lead = id.as_uuid();
                let find = FindLead {
                    organization: organization_id.as_uuid(),
                    lead,
                };
                let found: Vec<Uuid> = find.load(&mut self.hot().await?).await?;
                if found.is_empty() {
                    return Ok(None);
                }
                within.few = Some(("lead_id", ListValue::Id(lead)));
            }
        }
        let listed = Listed {
            table: &TABLE,
            organization_id,
            within: &within,
            query,
        };
        let page = self.list::<ViewSql, ViewRow>(&listed, COLUMNS).await?;
        Ok(Some(page.try_map(view)?))
    }
}

fn view(row: ViewRow) -> Result<ConversationView, ImpossibleRow> {
    let (id, lead, lead_name, phone, is_archived, active, e164, chosen, at, body, status, reason) =
        row;
    let reading = RowRef {
        table: "conversations",
        id,
    };
    let last = at.zip(status).map(|(at, status)| {
        Ok(LastMessage {
            at,
            text: body,
            status: reading.name("status", &status)?,
            status_reason: reason,
        })
    });
    Ok(ConversationView {
        id: ConversationId::new(id),
        lead_id: LeadId::new(lead),
        lead_name,
        lead_phone: reading.phone("phone", phone)?,
        is_archived,
        active_number: active.map(PhoneNumberId::new),
        active_phone: e164.map(|e164| reading.phone("e164", e164)).transpose()?,
        override_number: chosen.map(PhoneNumberId::new),
        last: last.transpose()?,
    })
}
