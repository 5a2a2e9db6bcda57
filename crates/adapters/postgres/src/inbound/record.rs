//! The transaction that records a received text. It locks in the same order as every commit: the recipient,
//! the event, then the conversation.

use chrono::{DateTime, Utc};
use diesel::result::{DatabaseErrorKind, Error as QueryError, QueryResult};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use sms_domain::lifecycle::{InboundChange, NewLead, ReviewFlag};
use sms_domain::message::Message;
use sms_domain::ports::InboundOutcome;
use sms_domain::values::ids::{CampaignId, SourceId, UserId};
use sms_domain::webhooks::WebhookEvent;
use uuid::Uuid;

use super::attachments;
use crate::error::{StoreError, TRIES, is_race};
use crate::opt_outs::{advance_recipient, opt_in, suppress};
use crate::rows::{
    EventArrays, EventRow, JournalArrays, JournalRow, MessageRow, StateArrays, StateRow,
    SubmissionArrays, SubmissionRow,
};
use crate::statement::{Columns, statement, statement_over};
use crate::webhooks::tell;

type SqlUuid = diesel::sql_types::Uuid;

statement_over! {
    /// Assigns a stored unmatched event to its message; a matched event stays unchanged.
    TakeEvent { EventArrays } -> ();
    "INSERT INTO provider_events AS stored (", EventRow::NAMES, ") SELECT * FROM unnest($rows)
     ON CONFLICT (provider_account, event_id) DO UPDATE
         SET organization_id = excluded.organization_id, message_id = excluded.message_id
         WHERE stored.message_id IS NULL"
}

statement! {
    FindEventsOwner { account: Text = String, id: Text = String } -> Nullable<SqlUuid>;
    "SELECT organization_id FROM provider_events
     WHERE provider_account = $account AND event_id = $id"
}

statement! {
    IsKnownPerson { organization: SqlUuid = Uuid, phone: Text = String } -> Bool;
    "SELECT EXISTS (
         SELECT FROM leads WHERE organization_id = $organization AND phone = $phone)"
}

statement! {
    InsertLead {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        phone: Text = String,
        basis: Nullable<Text> = Option<String>,
        consent_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        campaign: Nullable<SqlUuid> = Option<Uuid>,
        source: Nullable<SqlUuid> = Option<Uuid>,
        owner: Nullable<SqlUuid> = Option<Uuid>,
    } -> ();
    "INSERT INTO leads (organization_id, id, phone, consent_basis, consent_at, campaign_id,
         source_id, owner_id, is_archived)
     VALUES ($organization, $id, $phone, $basis, $consent_at, $campaign, $source, $owner, false)"
}

statement! {
    InsertConversation { organization: SqlUuid = Uuid, id: SqlUuid = Uuid, lead: SqlUuid = Uuid } -> ();
    "INSERT INTO conversations (organization_id, id, lead_id) VALUES ($organization, $id, $lead)
     ON CONFLICT (organization_id, lead_id) DO NOTHING"
}

statement! {
    /// Null parameters leave the conversation's columns unchanged.
    MoveConversation {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        inbound_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
        number: Nullable<SqlUuid> = Option<Uuid>,
        active_at: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "UPDATE conversations SET
         last_inbound_at = greatest(last_inbound_at, $inbound_at),
         active_number_id = CASE WHEN $number IS NULL OR active_since > $active_at
             THEN active_number_id ELSE $number END,
         active_since = greatest(active_since, $active_at)
     WHERE organization_id = $organization AND id = $id"
}

statement! {
    /// Covers every conversation with the person, whichever lead it belongs to.
    FlagConversations {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        awaits_review: Bool = bool,
        up_to: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "UPDATE conversations SET awaits_opt_out_review = $awaits_review
     WHERE organization_id = $organization AND awaits_opt_out_review <> $awaits_review
         AND ($up_to IS NULL OR last_inbound_at IS NULL OR last_inbound_at <= $up_to)
         AND lead_id IN (
             SELECT id FROM leads WHERE organization_id = $organization AND phone = $phone)"
}

statement_over! {
    InsertReceived { SubmissionArrays } -> ();
    "INSERT INTO submissions (", SubmissionRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement_over! {
    InsertState { StateArrays } -> ();
    "INSERT INTO messages (", StateRow::NAMES, ") SELECT * FROM unnest($rows)"
}

statement! {
    InsertReceivedText {
        organization: SqlUuid = Uuid,
        account: Text = String,
        provider_id: Text = String,
        message: SqlUuid = Uuid,
    } -> ();
    "INSERT INTO received_texts
         (organization_id, provider_account, provider_message_id, message_id)
     VALUES ($organization, $account, $provider_id, $message)"
}

statement_over! {
    InsertJournal { JournalArrays } -> ();
    "INSERT INTO journals (", JournalRow::NAMES, ") SELECT * FROM unnest($rows)"
}

/// Why the transaction is rolled back.
enum Stopped {
    /// The text is already recorded, or its facts have changed.
    Outcome(InboundOutcome),
    Query(QueryError),
    Failed(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        if let StoreError::Query(error) = error {
            error.into()
        } else {
            Self::Failed(error)
        }
    }
}

impl From<QueryError> for Stopped {
    fn from(error: QueryError) -> Self {
        if is_known_text(&error) {
            Self::Outcome(InboundOutcome::Duplicate)
        } else {
            Self::Query(error)
        }
    }
}

/// Whether the text is already stored under another event.
fn is_known_text(error: &QueryError) -> bool {
    matches!(
        error,
        QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
            if information.constraint_name() == Some("received_texts_pkey")
    )
}

pub(super) async fn record(
    connection: &mut AsyncPgConnection,
    change: &InboundChange,
) -> Result<InboundOutcome, StoreError> {
    let mut tries = 1;
    loop {
        let written = connection.transaction(async |connection| write(connection, change).await);
        match written.await {
            Ok(()) => return Ok(InboundOutcome::New),
            Err(Stopped::Outcome(outcome)) => return Ok(outcome),
            Err(Stopped::Query(error)) if is_race(&error) && tries < TRIES => tries += 1,
            Err(Stopped::Query(error)) => return Err(error.into()),
            Err(Stopped::Failed(error)) => return Err(error),
        }
    }
}

async fn write(connection: &mut AsyncPgConnection, change: &InboundChange) -> Result<(), Stopped> {
    let message = &change.message;
    if touches_recipient(change) {
        let person = &message.submission.to;
        advance_recipient(connection, message.organization_id, person).await?;
    }
    take_event(connection, change).await?;
    if let Some(lead) = &change.new_lead {
        insert_lead(connection, message, lead).await?;
    }
    if change.is_new_conversation {
        insert_conversation(connection, message).await?;
    }
    move_conversation(connection, change).await?;
    if let Some(opt_out) = &change.opt_out {
        suppress(connection, opt_out).await?;
    }
    if let Some(opted_in) = &change.opt_in {
        opt_in(connection, opted_in).await?;
    }
    insert_message(connection, change).await?;
    Ok(tell(connection, [WebhookEvent::of_received(change)]).await?)
}

/// Stores the event for this message. If the same event delivered the text to another organization of a
/// group, it stays assigned there and is stored a second time under its own id.
async fn take_event(
    connection: &mut AsyncPgConnection,
    change: &InboundChange,
) -> Result<(), Stopped> {
    let organization = change.message.organization_id.as_uuid();
    let mut row = EventRow::new(&change.event);
    if take_row(connection, row.clone()).await? {
        return Ok(());
    }
    let statement = FindEventsOwner {
        account: row.provider_account.clone(),
        id: row.event_id.clone(),
    };
    let owner: Option<Uuid> = statement.get_result(connection).await?;
    if owner != Some(organization) {
        row.event_id = format!("{}#{organization}", row.event_id);
        if take_row(connection, row).await? {
            return Ok(());
        }
    }
    Err(Stopped::Outcome(InboundOutcome::Duplicate))
}

async fn take_row(connection: &mut AsyncPgConnection, row: EventRow) -> QueryResult<bool> {
    let rows: EventArrays = [row].into_iter().collect();
    Ok(TakeEvent { rows }.execute(connection).await? > 0)
}

/// Takes the locks of a received text: against concurrent creation of a lead or a conversation, and against
/// concurrent decisions to send.
fn touches_recipient(change: &InboundChange) -> bool {
    change.closes_recipient()
        || change.is_new_conversation
        || change.review != ReviewFlag::Keep
        || change.opt_in.is_some()
}

async fn insert_lead(
    connection: &mut AsyncPgConnection,
    message: &Message,
    lead: &NewLead,
) -> Result<(), Stopped> {
    let organization = message.organization_id.as_uuid();
    let phone = lead.phone.as_str().to_owned();
    let known = IsKnownPerson {
        organization,
        phone: phone.clone(),
    };
    if known.get_result(connection).await? {
        return Err(Stopped::Outcome(InboundOutcome::Conflict));
    }
    let statement = InsertLead {
        organization,
        id: lead.id.as_uuid(),
        phone,
        basis: lead
            .consent
            .map(|consent| consent.basis.as_str().to_owned()),
        consent_at: lead.consent.map(|consent| consent.at),
        campaign: lead.campaign_id.map(CampaignId::as_uuid),
        source: lead.source_id.map(SourceId::as_uuid),
        owner: lead.owner_id.map(UserId::as_uuid),
    };
    statement.execute(connection).await?;
    Ok(())
}

async fn insert_conversation(
    connection: &mut AsyncPgConnection,
    message: &Message,
) -> Result<(), Stopped> {
    let statement = InsertConversation {
        organization: message.organization_id.as_uuid(),
        id: message.submission.conversation_id.as_uuid(),
        lead: message.submission.lead_id.as_uuid(),
    };
    if statement.execute(connection).await? == 0 {
        return Err(Stopped::Outcome(InboundOutcome::Conflict));
    }
    Ok(())
}

async fn move_conversation(
    connection: &mut AsyncPgConnection,
    change: &InboundChange,
) -> Result<(), Stopped> {
    let organization = change.message.organization_id.as_uuid();
    let statement = MoveConversation {
        organization,
        id: change.message.submission.conversation_id.as_uuid(),
        inbound_at: change.last_inbound_at,
        number: change
            .active_number
            .map(|active| active.number_id.as_uuid()),
        active_at: change.active_number.map(|active| active.at),
    };
    // The conversation existed when the facts were read and was removed since.
    if statement.execute(connection).await? == 0 {
        return Err(Stopped::Outcome(InboundOutcome::Conflict));
    }
    let (awaits_review, up_to) = match change.review {
        ReviewFlag::Keep => return Ok(()),
        ReviewFlag::Set => (true, None),
        // The text clears only reviews of earlier texts.
        ReviewFlag::Clear => (false, change.message.timeline.received_at),
    };
    let phone = change.message.submission.to.as_str().to_owned();
    flag_reviews(connection, organization, phone, awaits_review, up_to).await?;
    Ok(())
}

/// Flags every conversation with a person for review, or clears the flags; with `up_to`, only of conversations
/// without a later text. The caller must hold the recipient's row.
pub(crate) async fn flag_reviews(
    connection: &mut AsyncPgConnection,
    organization: Uuid,
    phone: String,
    awaits_review: bool,
    up_to: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    let statement = FlagConversations {
        organization,
        phone,
        awaits_review,
        up_to,
    };
    statement.execute(connection).await
}

/// A text without a provider id cannot be recognised as a duplicate.
async fn insert_received_text(
    connection: &mut AsyncPgConnection,
    message: &Message,
) -> QueryResult<()> {
    let account = message.route.as_ref().map(|route| route.account.as_str());
    let Some((account, provider_id)) = account.zip(message.provider_message_id.as_deref()) else {
        return Ok(());
    };
    let statement = InsertReceivedText {
        organization: message.organization_id.as_uuid(),
        account: account.to_owned(),
        provider_id: provider_id.to_owned(),
        message: message.id.as_uuid(),
    };
    statement.execute(connection).await?;
    Ok(())
}

async fn insert_message(
    connection: &mut AsyncPgConnection,
    change: &InboundChange,
) -> QueryResult<()> {
    let message = &change.message;
    let MessageRow { submission, state } = MessageRow::new(message, 1);
    let rows: SubmissionArrays = [submission].into_iter().collect();
    InsertReceived { rows }.execute(connection).await?;
    let rows: StateArrays = [state].into_iter().collect();
    InsertState { rows }.execute(connection).await?;
    insert_received_text(connection, message).await?;
    attachments::insert(connection, message, &change.attachments).await?;
    if let Some(row) = JournalRow::new(message, 1, &change.history) {
        let rows: JournalArrays = [row].into_iter().collect();
        InsertJournal { rows }.execute(connection).await?;
    }
    Ok(())
}
