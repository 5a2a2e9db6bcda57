//! Lists of messages, with what people see beside each.

use diesel::sql_types::{BigInt, Jsonb, Nullable, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sms_domain::message::Message;
use sms_domain::ports::{
    ListPage, ListQuery, ListValue, MessageView, MessagesOf, SMS_EVENTS, USAGE,
};
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::inbound::attachments;
use crate::lists::{Column, ListTable, Listed, Within};
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, MessageRow, MessageSql, StateRow, SubmissionRow};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

/// So many messages of one phone are read and sorted; the messages of a phone with more are looked for among
/// all of the organization.
const FEW: i64 = 5_000;

const JOINS: &str = "JOIN messages ON messages.organization_id = submissions.organization_id
            AND messages.id = submissions.id";

const BESIDE: &str = "LEFT JOIN leads ON leads.organization_id = submissions.organization_id
            AND leads.id = submissions.lead_id
        LEFT JOIN organizations ON organizations.id = submissions.organization_id
        LEFT JOIN received_attachments
            ON received_attachments.organization_id = submissions.organization_id
            AND received_attachments.message_id = submissions.id";

/// Messages with what belongs to them.
pub(crate) static MESSAGES: ListTable = ListTable {
    listing: &SMS_EVENTS,
    rows: "submissions",
    joins: JOINS,
    beside: BESIDE,
    columns: &[
        ("createdAt", Column::TimeOfId("submissions.created_at")),
        ("status", Column::Expression("messages.status")),
        ("direction", Column::Expression(DIRECTION)),
        ("errorCode", Column::Expression(ERROR_CODE)),
        (
            "complianceAction",
            Column::Expression("submissions.compliance"),
        ),
        (
            "scheduledReason",
            Column::Expression("submissions.scheduled_reason"),
        ),
        ("cancelReason", Column::Expression(CANCEL_REASON)),
        (
            "billingStatus",
            Column::Expression("messages.billing_status"),
        ),
        (
            "outboundPhoneNumberId",
            Column::Expression("submissions.number_id"),
        ),
        (
            "campaignId",
            Column::Expression("(submissions.options ->> 'campaign_id')::uuid"),
        ),
        (
            "sourceId",
            Column::Expression("(submissions.options ->> 'source_id')::uuid"),
        ),
        (
            "conversationId",
            Column::Expression("submissions.conversation_id"),
        ),
        ("leadId", Column::Expression("submissions.lead_id")),
        ("text", Column::Expression("submissions.body")),
    ],
};

/// The same rows by what they cost.
pub(crate) static USAGES: ListTable = ListTable {
    listing: &USAGE,
    columns: &[
        ("createdAt", Column::TimeOfId("submissions.created_at")),
        ("status", Column::Expression("messages.billing_status")),
        ("phoneNumberId", Column::Expression("submissions.number_id")),
        ("leadId", Column::Expression("submissions.lead_id")),
    ],
    rows: "submissions",
    joins: JOINS,
    beside: BESIDE,
};

const DIRECTION: &str = "CASE WHEN messages.status = 'received' THEN 'inbound' ELSE 'outbound' END";

/// As the domain shows errors; a contract test compares the two.
const ERROR_CODE: &str = "CASE messages.status WHEN 'failed' THEN messages.error_code
    WHEN 'undeliverable' THEN messages.error_code WHEN 'opted_out' THEN 'contact_opted_out'
    WHEN 'blocked_compliance' THEN messages.reason WHEN 'blocked_billing' THEN 'wallet_insufficient'
    WHEN 'blocked_missing_campaign' THEN 'ten_dlc_not_approved' END";

const CANCEL_REASON: &str = "CASE WHEN messages.status = 'canceled' THEN messages.reason END";

type ViewSql = (
    MessageSql,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Jsonb>,
);

type ViewRow = (
    MessageRow,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Value>,
);

statement! {
    FindLeadPhone { organization: SqlUuid = Uuid, lead: SqlUuid = Uuid } -> Text;
    "SELECT phone FROM leads WHERE organization_id = $organization AND id = $lead"
}

statement! {
    FindConversationPhone { organization: SqlUuid = Uuid, conversation: SqlUuid = Uuid } -> Text;
    "SELECT leads.phone FROM conversations
     JOIN leads ON leads.organization_id = conversations.organization_id
         AND leads.id = conversations.lead_id
     WHERE conversations.organization_id = $organization AND conversations.id = $conversation"
}

statement! {
    FindOwnNumber { organization: SqlUuid = Uuid, phone: Text = String } -> SqlUuid;
    "SELECT id FROM phone_numbers WHERE organization_id = $organization AND e164 = $phone"
}

statement! {
    /// Messages of a phone, up to one more than are few: of all organizations and of this one.
    CountMessages { organization: SqlUuid = Uuid, phone: Text = String, most: BigInt = i64 }
        -> (BigInt, BigInt);
    "SELECT count(*), count(*) FILTER (WHERE organization_id = $organization)
     FROM (SELECT organization_id FROM submissions WHERE recipient = $phone LIMIT $most) AS found"
}

impl Pg {
    /// A page of messages; `None` if the organization has no such lead or conversation.
    pub(super) async fn list_messages(
        &self,
        organization_id: OrganizationId,
        of: &MessagesOf,
        query: &ListQuery,
    ) -> Result<Option<ListPage<MessageView>>, StoreError> {
        let Some(within) = self.messages_within(organization_id, of).await? else {
            return Ok(None);
        };
        let listed = Listed {
            table: if *of == MessagesOf::Billed {
                &USAGES
            } else {
                &MESSAGES
            },
            organization_id,
            within: &within,
            query,
        };
        let page = self
            .list::<ViewSql, ViewRow>(&listed, &view_columns())
            .await?;
        Ok(Some(page.try_map(view)?))
    }

    async fn messages_within(
        &self,
        organization_id: OrganizationId,
        of: &MessagesOf,
    ) -> Result<Option<Within>, StoreError> {
        let organization = organization_id.as_uuid();
        let mut connection = self.hot().await?;
        let (phones, equal): (Vec<String>, _) = match of {
            MessagesOf::Everybody => return Ok(Some(Within::default())),
            MessagesOf::Billed => {
                let billed = (
                    "(messages.billing_status IS NOT NULL)",
                    ListValue::Flag(true),
                );
                return Ok(Some(Within {
                    equal: vec![billed],
                    ..Within::default()
                }));
            }
            MessagesOf::Lead(id) => {
                let lead = id.as_uuid();
                let find = FindLeadPhone { organization, lead };
                let equal = ("submissions.lead_id", ListValue::Id(lead));
                (find.load(&mut connection).await?, Some(equal))
            }
            MessagesOf::Conversation(id) => {
                let conversation = id.as_uuid();
                let find = FindConversationPhone {
                    organization,
                    conversation,
                };
                let equal = ("submissions.conversation_id", ListValue::Id(conversation));
                (find.load(&mut connection).await?, Some(equal))
            }
            MessagesOf::Phone(phone) => {
                let phone = phone.as_str().to_owned();
                let find = FindOwnNumber {
                    organization,
                    phone: phone.clone(),
                };
                let own: Vec<Uuid> = find.load(&mut connection).await?;
                if let Some(id) = own.into_iter().next() {
                    return Ok(Some(Within {
                        few: None,
                        equal: vec![("submissions.number_id", ListValue::Id(id))],
                        also: Vec::new(),
                    }));
                }
                (vec![phone], None)
            }
        };
        let Some(phone) = phones.into_iter().next() else {
            return Ok(None);
        };
        let count = CountMessages {
            organization,
            phone: phone.clone(),
            most: FEW.saturating_add(1),
        };
        let (all, _own): (i64, i64) = count.get_result(&mut connection).await?;
        let recipient = ListValue::Text(phone);
        let mut within = Within {
            few: None,
            equal: equal.into_iter().collect(),
            also: Vec::new(),
        };
        if all <= FEW {
            within.few = Some(("recipient", recipient));
        } else {
            within.equal.push(("submissions.recipient", recipient));
        }
        Ok(Some(within))
    }
}

pub(super) fn view_columns() -> String {
    format!(
        "{}, {}, leads.name, organizations.name, received_attachments.subject, received_attachments.media",
        SubmissionRow::SELECT,
        StateRow::SELECT
    )
}

fn view(
    (row, lead_name, organization_name, subject, media): ViewRow,
) -> Result<MessageView, ImpossibleRow> {
    let id = row.submission.id;
    let attachments = media.map(|media| attachments::read(id, subject, media));
    Ok(MessageView {
        attachments: attachments.transpose()?.unwrap_or_default(),
        message: Message::try_from(row)?,
        lead_name,
        organization_name,
    })
}
