//! Facts of one message: conversation, lead, recipient, opt-outs, money. A single statement reads them from
//! one snapshot, so that the recipient's version is as old as all facts that it guards.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::Queryable;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::{
    Consent, ConversationFacts, LeadFacts, MessageFacts, RecipientFacts, Suppression,
    SuppressionScope, WalletFacts,
};
use sms_domain::ports::FactsRequest;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{
    CampaignId, ConversationId, LeadId, PhoneNumberId, SourceId, UserId,
};
use uuid::Uuid;

use crate::rows::{ImpossibleRow, RecipientRow, RecipientSql, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

type ConversationSql = (
    SqlUuid,
    Nullable<SqlUuid>,
    Nullable<SqlUuid>,
    Nullable<Timestamptz>,
    Bool,
    Nullable<Timestamptz>,
);

type LeadSql = (
    SqlUuid,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<SqlUuid>,
    Nullable<SqlUuid>,
    Nullable<SqlUuid>,
    Nullable<SqlUuid>,
    Nullable<Text>,
    Nullable<Timestamptz>,
    Bool,
    Bool,
);

statement! {
    LoadFresh {
        requests: Array<BigInt> = Vec<i64>,
        organizations: Array<SqlUuid> = Vec<Uuid>,
        conversations: Array<SqlUuid> = Vec<Uuid>,
    } -> (
        BigInt,
        ConversationSql,
        LeadSql,
        Nullable<RecipientSql>,
        (BigInt, BigInt),
        (Array<Text>, Array<Nullable<SqlUuid>>),
        Bool,
    );
    "SELECT input.request,
         conversation.id, conversation.active_number_id, conversation.override_number_id,
         conversation.last_inbound_at, conversation.awaits_opt_out_review,
         conversation.first_sent_at,
         lead.id, lead.phone, lead.state, lead.postal_code, lead.assigned_number_id, lead.owner_id,
         lead.source_id, lead.campaign_id, lead.consent_basis, lead.consent_at, lead.is_archived,
         coalesce(source.is_imported, false),
         recipient.version, recipient.recent_ids, recipient.recent_at, recipient.recent_hash,
         recipient.recent_counted,
         coalesce(wallet.balance, 0), coalesce(wallet.held, 0),
         coalesce(suppression.scopes, '{}'), coalesce(suppression.scope_ids, '{}'),
         EXISTS (SELECT FROM phone_directory WHERE phone_directory.e164 = lead.phone)
     FROM unnest($requests, $organizations, $conversations)
         AS input (request, organization_id, conversation_id)
     JOIN conversations AS conversation
         ON conversation.organization_id = input.organization_id
         AND conversation.id = input.conversation_id
     JOIN leads AS lead
         ON lead.organization_id = conversation.organization_id AND lead.id = conversation.lead_id
     LEFT JOIN sources AS source
         ON source.organization_id = lead.organization_id AND source.id = lead.source_id
     LEFT JOIN recipients AS recipient
         ON recipient.organization_id = lead.organization_id AND recipient.phone = lead.phone
     LEFT JOIN wallets AS wallet ON wallet.organization_id = input.organization_id
     LEFT JOIN LATERAL (
         SELECT array_agg(scope ORDER BY id) AS scopes,
             array_agg(scope_id ORDER BY id) AS scope_ids
         FROM suppressions
         WHERE suppressions.organization_id = lead.organization_id
             AND suppressions.phone = lead.phone AND suppressions.released_at IS NULL
             AND suppressions.channel IN ('sms', 'all')) AS suppression ON true"
}

/// The facts of one message, as read.
#[derive(Debug, Queryable)]
pub(super) struct Fresh {
    request: i64,
    conversation: Conversation,
    lead: Lead,
    recipient: Option<RecipientRow>,
    wallet: (i64, i64),
    suppressions: (Vec<String>, Vec<Option<Uuid>>),
    is_own_number: bool,
}

#[derive(Debug, Queryable)]
pub(super) struct Conversation {
    id: Uuid,
    active_number_id: Option<Uuid>,
    override_number_id: Option<Uuid>,
    last_inbound_at: Option<DateTime<Utc>>,
    awaits_opt_out_review: bool,
    first_sent_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Queryable)]
pub(super) struct Lead {
    id: Uuid,
    phone: String,
    state: Option<String>,
    postal_code: Option<String>,
    assigned_number_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    source_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    consent_basis: Option<String>,
    consent_at: Option<DateTime<Utc>>,
    is_archived: bool,
    is_imported: bool,
}

/// Loads the facts by the index of the request. A conversation that the organization does not have is
/// missing.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    requests: &[FactsRequest],
) -> QueryResult<HashMap<i64, Fresh>> {
    let statement = LoadFresh {
        requests: (0..).zip(requests).map(|(index, _)| index).collect(),
        organizations: requests
            .iter()
            .map(|request| request.organization_id.as_uuid())
            .collect(),
        conversations: requests
            .iter()
            .map(|request| request.conversation_id.as_uuid())
            .collect(),
    };
    let rows: Vec<Fresh> = statement.load(&mut connection).await?;
    Ok(rows
        .into_iter()
        .map(|fresh| (fresh.request, fresh))
        .collect())
}

impl Fresh {
    pub(super) fn facts(self) -> Result<MessageFacts, ImpossibleRow> {
        let recipient = self.recipient.unwrap_or_default();
        Ok(MessageFacts {
            recipient: RecipientFacts {
                version: recipient.version,
                recent: recipient.recent().collect(),
                suppressions: suppressions(self.lead.id, self.suppressions)?,
                is_own_number: self.is_own_number,
            },
            conversation: self.conversation.facts(),
            lead: self.lead.facts()?,
            wallet: WalletFacts {
                balance: Money::from_micros(self.wallet.0),
                held: Money::from_micros(self.wallet.1),
            },
        })
    }
}

impl Conversation {
    fn facts(self) -> ConversationFacts {
        ConversationFacts {
            id: ConversationId::new(self.id),
            active_number: self.active_number_id.map(PhoneNumberId::new),
            override_number: self.override_number_id.map(PhoneNumberId::new),
            last_inbound_at: self.last_inbound_at,
            awaits_opt_out_review: self.awaits_opt_out_review,
            is_first_message: self.first_sent_at.is_none(),
        }
    }
}

impl Lead {
    fn facts(self) -> Result<LeadFacts, ImpossibleRow> {
        let reading = RowRef {
            table: "leads",
            id: self.id,
        };
        let basis = reading.optional_name("consent_basis", self.consent_basis.as_deref())?;
        Ok(LeadFacts {
            id: LeadId::new(self.id),
            phone: reading.phone("phone", self.phone)?,
            state: self.state,
            postal_code: self.postal_code,
            assigned_number: self.assigned_number_id.map(PhoneNumberId::new),
            owner_id: self.owner_id.map(UserId::new),
            source_id: self.source_id.map(SourceId::new),
            campaign_id: self.campaign_id.map(CampaignId::new),
            is_imported: self.is_imported,
            consent: basis
                .zip(self.consent_at)
                .map(|(basis, at)| Consent { basis, at }),
            is_archived: self.is_archived,
        })
    }
}

/// Errors name the lead: the query looks recipients up by phone number, which must not appear in errors.
fn suppressions(
    lead: Uuid,
    (scopes, scope_ids): (Vec<String>, Vec<Option<Uuid>>),
) -> Result<Vec<Suppression>, ImpossibleRow> {
    let reading = RowRef {
        table: "suppressions",
        id: format!("of lead {lead}"),
    };
    let scope = |(scope, id): (String, Option<Uuid>)| match (scope.as_str(), id) {
        ("organization", None) => Ok(SuppressionScope::Organization),
        ("campaign", Some(id)) => Ok(SuppressionScope::Campaign(CampaignId::new(id))),
        ("number", Some(id)) => Ok(SuppressionScope::Number(PhoneNumberId::new(id))),
        (other, _) => Err(reading.impossible("scope", format!("is {other:?}"))),
    };
    let scopes = scopes.into_iter().zip(scope_ids).map(scope);
    scopes
        .map(|scope| scope.map(|scope| Suppression { scope }))
        .collect()
}
