//! Facts about a texted number and the person who texted it.

use diesel::Queryable;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::join5;
use sms_domain::content::Text as MessageText;
use sms_domain::facts::OrganizationKind;
use sms_domain::inbound::{InboundFacts, TextedNumber};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, OrganizationId, PhoneNumberId, SourceId, UserId,
};
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use crate::error::StoreError;
use crate::opt_outs::{active, last_opt_in, list_active};
use crate::rows::{ImpossibleRow, RecipientRow, RecipientSql, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    FindNumber { account: Text = String, phone: Text = String } -> (
        SqlUuid, Text, Text, SqlUuid, Nullable<Text>, Nullable<Text>, Nullable<SqlUuid>,
        Nullable<SqlUuid>, Nullable<SqlUuid>,
    );
    "SELECT number.organization_id, organization.kind, organization.name, number.id,
         number.messaging_profile_id,
         number.ten_dlc_campaign_id, number.campaign_id, number.source_id, number.owner_id
     FROM phone_directory AS directory
     JOIN phone_numbers AS number ON number.organization_id = directory.organization_id
         AND number.id = directory.number_id
     JOIN organizations AS organization ON organization.id = number.organization_id
     WHERE directory.e164 = $phone AND number.provider_account = $account"
}

statement! {
    FindOwner { phone: Text = String } -> SqlUuid;
    "SELECT organization_id FROM phone_directory WHERE e164 = $phone"
}

statement! {
    /// The lead with the most recently active conversation; archived leads only if there is no other.
    FindLead { organization: SqlUuid = Uuid, phone: Text = String } -> (SqlUuid, Nullable<SqlUuid>);
    "SELECT lead.id, conversation.id
     FROM leads AS lead
     LEFT JOIN conversations AS conversation
         ON conversation.organization_id = lead.organization_id AND conversation.lead_id = lead.id
     WHERE lead.organization_id = $organization AND lead.phone = $phone
     ORDER BY lead.is_archived,
         greatest(conversation.last_inbound_at, conversation.active_since) DESC NULLS LAST,
         lead.id DESC
     LIMIT 1"
}

statement! {
    FindRecent { organization: SqlUuid = Uuid, phone: Text = String } -> RecipientSql;
    "SELECT version, recent_ids, recent_at, recent_hash, recent_counted FROM recipients
     WHERE organization_id = $organization AND phone = $phone"
}

statement! {
    /// The texts of the messages that the recipient's row remembers, newest first.
    FindSent {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        most: BigInt = i64,
    } -> Text;
    "SELECT message.body
     FROM recipients AS recipient
     CROSS JOIN LATERAL unnest(recipient.recent_ids, recipient.recent_at) AS sent (id, at)
     JOIN submissions AS message ON message.organization_id = recipient.organization_id
         AND message.id = sent.id
     WHERE recipient.organization_id = $organization AND recipient.phone = $phone
         AND message.body IS NOT NULL
     ORDER BY sent.at DESC, sent.id DESC LIMIT $most"
}

#[derive(Queryable)]
struct Number {
    organization_id: Uuid,
    organization_kind: String,
    organization_name: String,
    id: Uuid,
    messaging_profile_id: Option<String>,
    ten_dlc_campaign_id: Option<String>,
    campaign_id: Option<Uuid>,
    source_id: Option<Uuid>,
    owner_id: Option<Uuid>,
}

pub(super) async fn facts(
    connection: &AsyncPgConnection,
    account: &ProviderAccount,
    our_number: &PhoneNumber,
    person: &PhoneNumber,
) -> Result<Option<InboundFacts>, StoreError> {
    let Some(number) = number(connection, account, our_number).await? else {
        return Ok(None);
    };
    let organization_id = OrganizationId::new(number.organization_id);
    let number_id = PhoneNumberId::new(number.id);
    let (lead, suppressions, opted_in_at, recent, sent) = join5(
        lead(connection, organization_id, person),
        list_active(connection, organization_id, person),
        last_opt_in(connection, organization_id, person, number_id),
        recent(connection, organization_id, person),
        sent(connection, organization_id, person),
    )
    .await;
    let lead = lead?;
    Ok(Some(InboundFacts {
        organization_id,
        organization_kind: number.organization_kind()?,
        organization_name: number.organization_name.clone(),
        lead_id: lead.map(|(lead, _)| LeadId::new(lead)),
        conversation_id: lead
            .and_then(|(_, conversation)| conversation)
            .map(ConversationId::new),
        suppressions: active(suppressions?)?,
        opted_in_at: opted_in_at?,
        recent: recent?
            .map(|row| row.recent().collect())
            .unwrap_or_default(),
        sent: sent?,
        number: number.texted(account, our_number),
    }))
}

impl Number {
    fn organization_kind(&self) -> Result<OrganizationKind, ImpossibleRow> {
        let reading = RowRef {
            table: "organizations",
            id: self.organization_id,
        };
        reading.name("kind", &self.organization_kind)
    }

    fn texted(self, account: &ProviderAccount, phone: &PhoneNumber) -> TextedNumber {
        TextedNumber {
            id: PhoneNumberId::new(self.id),
            phone: phone.clone(),
            account: account.clone(),
            messaging_profile_id: self.messaging_profile_id,
            ten_dlc_campaign_id: self.ten_dlc_campaign_id,
            campaign_id: self.campaign_id.map(CampaignId::new),
            source_id: self.source_id.map(SourceId::new),
            owner_id: self.owner_id.map(UserId::new),
        }
    }
}

async fn number(
    mut connection: &AsyncPgConnection,
    account: &ProviderAccount,
    phone: &PhoneNumber,
) -> QueryResult<Option<Number>> {
    let statement = FindNumber {
        account: account.as_str().to_owned(),
        phone: phone.as_str().to_owned(),
    };
    let rows: Vec<Number> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().next())
}

/// The organization of a number, whichever account owns it.
pub(super) async fn owner(
    mut connection: &AsyncPgConnection,
    number: &PhoneNumber,
) -> QueryResult<Option<OrganizationId>> {
    let statement = FindOwner {
        phone: number.as_str().to_owned(),
    };
    let rows: Vec<Uuid> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().next().map(OrganizationId::new))
}

async fn lead(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    person: &PhoneNumber,
) -> QueryResult<Option<(Uuid, Option<Uuid>)>> {
    let statement = FindLead {
        organization: organization_id.as_uuid(),
        phone: person.as_str().to_owned(),
    };
    let rows: Vec<_> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().next())
}

async fn recent(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    person: &PhoneNumber,
) -> QueryResult<Option<RecipientRow>> {
    let statement = FindRecent {
        organization: organization_id.as_uuid(),
        phone: person.as_str().to_owned(),
    };
    let rows: Vec<RecipientRow> = statement.load(&mut connection).await?;
    Ok(rows.into_iter().next())
}

async fn sent(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    person: &PhoneNumber,
) -> QueryResult<Vec<MessageText>> {
    let statement = FindSent {
        organization: organization_id.as_uuid(),
        phone: person.as_str().to_owned(),
        most: i64::try_from(InboundFacts::MOST_SENT).unwrap_or(i64::MAX),
    };
    let bodies: Vec<String> = statement.load(&mut connection).await?;
    Ok(bodies.into_iter().map(MessageText::new).collect())
}
