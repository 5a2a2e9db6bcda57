//! Facts of one message: conversation, lead, recipient, opt-outs, money. A single statement reads them from
//! one snapshot, so that the recipient's version is as old as all facts that it guards.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::Queryable;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::facts::{
    ConversationFacts, Lead, MessageFacts, NationalDnc, Pauses, Reassigned, RecipientFacts,
    ScrubFacts, Suppression, SuppressionScope, WalletFacts,
};
use sms_domain::ports::FactsRequest;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{CampaignId, ConversationId, PhoneNumberId};
use uuid::Uuid;

use crate::pause_lock::{PausesRow, pauses};
use crate::rows::{ImpossibleRow, LeadRow, LeadSql, RecipientRow, RecipientSql, RowRef};
use crate::statement::{Columns, statement};

type SqlUuid = diesel::sql_types::Uuid;

type ConversationSql = (
    SqlUuid,
    Nullable<SqlUuid>,
    Nullable<SqlUuid>,
    Nullable<Timestamptz>,
    Bool,
    Nullable<Timestamptz>,
);

type PausesSql = (BigInt, Bool, Array<SqlUuid>, Array<SqlUuid>);

type ScrubSql = (Nullable<Date>, Integer, Nullable<Date>, Nullable<Text>);

statement! {
    LoadFresh {
        requests: Array<BigInt> = Vec<i64>,
        organizations: Array<SqlUuid> = Vec<Uuid>,
        conversations: Array<SqlUuid> = Vec<Uuid>,
    } -> (
        BigInt,
        ConversationSql,
        LeadSql,
        Bool,
        Nullable<RecipientSql>,
        (BigInt, BigInt),
        (Array<Text>, Array<Nullable<SqlUuid>>),
        Bool,
        ScrubSql,
        PausesSql,
    );
    "SELECT input.request,
         conversation.id, conversation.active_number_id, conversation.override_number_id,
         conversation.last_inbound_at, conversation.awaits_opt_out_review,
         conversation.first_sent_at,
         ", LeadRow::SELECT, ",
         coalesce(source.is_imported, false),
         recipient.version, recipient.recent_ids, recipient.recent_at, recipient.recent_hash,
         recipient.recent_counted,
         coalesce(wallet.balance, 0), coalesce(wallet.held, 0),
         coalesce(suppression.scopes, '{}'), coalesce(suppression.scope_ids, '{}'),
         EXISTS (SELECT FROM phone_directory WHERE phone_directory.e164 = leads.phone),
         scrubbed.as_of,
         CASE WHEN dnc.listed IS NULL THEN 0
             ELSE get_bit(dnc.listed, substr(leads.phone, 9, 4)::integer) END,
         asked.asked_on, asked.answer,
         coalesce(pauses.version, 0), coalesce(pauses.is_paused, false),
         coalesce(pauses.numbers, '{}'), coalesce(pauses.campaigns, '{}')
     FROM unnest($requests, $organizations, $conversations)
         AS input (request, organization_id, conversation_id)
     JOIN conversations AS conversation
         ON conversation.organization_id = input.organization_id
         AND conversation.id = input.conversation_id
     JOIN leads
         ON leads.organization_id = conversation.organization_id AND leads.id = conversation.lead_id
     LEFT JOIN sources AS source
         ON source.organization_id = leads.organization_id AND source.id = leads.source_id
     LEFT JOIN recipients AS recipient
         ON recipient.organization_id = leads.organization_id AND recipient.phone = leads.phone
     LEFT JOIN scrub_lists AS scrubbed ON scrubbed.organization_id = leads.organization_id
     LEFT JOIN national_dnc AS dnc
         ON dnc.organization_id = scrubbed.organization_id AND dnc.generation = scrubbed.generation
         AND dnc.exchange = CASE WHEN length(leads.phone) = 12 AND starts_with(leads.phone, '+1')
             THEN substr(leads.phone, 3, 6)::integer END
     LEFT JOIN reassigned AS asked
         ON asked.organization_id = leads.organization_id AND asked.phone = leads.phone
         AND asked.consent_on = (leads.consent_at AT TIME ZONE 'UTC')::date
     LEFT JOIN pauses ON pauses.organization_id = input.organization_id
     LEFT JOIN wallets AS wallet ON wallet.organization_id = input.organization_id
     LEFT JOIN LATERAL (
         SELECT array_agg(scope ORDER BY id) AS scopes,
             array_agg(scope_id ORDER BY id) AS scope_ids
         FROM suppressions
         WHERE suppressions.organization_id = leads.organization_id
             AND suppressions.phone = leads.phone AND suppressions.released_at IS NULL
             AND suppressions.channel IN ('sms', 'all')) AS suppression ON true"
}

/// The facts of one message, as read.
#[derive(Debug, Queryable)]
pub(super) struct Fresh {
    request: i64,
    conversation: Conversation,
    lead: LeadRow,
    is_lead_imported: bool,
    recipient: Option<RecipientRow>,
    wallet: (i64, i64),
    suppressions: (Vec<String>, Vec<Option<Uuid>>),
    is_own_number: bool,
    scrubs: Scrubs,
    paused: PausesRow,
}

#[derive(Debug, Queryable)]
pub(super) struct Scrubs {
    list_of: Option<NaiveDate>,
    is_listed: i32,
    asked_on: Option<NaiveDate>,
    answer: Option<String>,
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
    /// The version of the organization's pauses.
    pub(super) const fn version(&self) -> i64 {
        self.paused.0
    }

    /// What the organization has paused.
    pub(super) fn pauses(&self) -> Pauses {
        pauses(self.paused.clone())
    }

    pub(super) fn facts(self) -> Result<MessageFacts, ImpossibleRow> {
        let recipient = self.recipient.unwrap_or_default();
        let scrubs = self.scrubs.facts(self.lead.id)?;
        Ok(MessageFacts {
            recipient: RecipientFacts {
                version: recipient.version,
                recent: recipient.recent().collect(),
                suppressions: suppressions(self.lead.id, self.suppressions)?,
                is_own_number: self.is_own_number,
            },
            conversation: self.conversation.facts(),
            lead: Lead::try_from(self.lead)?,
            is_lead_imported: self.is_lead_imported,
            scrubs,
            wallet: WalletFacts {
                balance: Money::from_micros(self.wallet.0),
                held: Money::from_micros(self.wallet.1),
            },
        })
    }
}

impl Scrubs {
    fn facts(self, lead: Uuid) -> Result<ScrubFacts, ImpossibleRow> {
        let reading = RowRef {
            table: "reassigned",
            id: format!("of lead {lead}"),
        };
        let answer = reading.optional_name("answer", self.answer.as_deref())?;
        Ok(ScrubFacts {
            national_dnc: self.list_of.map(|as_of| NationalDnc {
                as_of,
                is_listed: self.is_listed == 1,
            }),
            reassigned: (self.asked_on.zip(answer))
                .map(|(asked_on, answer)| Reassigned { asked_on, answer }),
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
