//! [`ReviewRepository`] on Postgres: flagged conversations and the texts that the person wrote there.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::content::Text as MessageText;
use sms_domain::lifecycle::ReviewChange;
use sms_domain::ports::{AuditEntry, OpenReview, ReceivedText, ReviewRepository, Unavailable};
use sms_domain::values::ids::{ConversationId, LeadId, MessageId, OrganizationId};
use uuid::Uuid;

use crate::audit_log;
use crate::error::{StoreError, TRIES, is_race};
use crate::inbound::{attachments, flag_reviews};
use crate::opt_outs::{advance_recipient, suppress};
use crate::pg::Pg;
use crate::rows::{MESSAGES, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;
type ReviewRow = (Uuid, Uuid, Uuid, String);
type TextRow = (
    Uuid,
    DateTime<Utc>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Value>,
);

statement! {
    ListReviews {
        organization: Nullable<SqlUuid> = Option<Uuid>,
        conversation: Nullable<SqlUuid> = Option<Uuid>,
        most: BigInt = i64,
    } -> (SqlUuid, SqlUuid, SqlUuid, Text);
    "SELECT conversation.organization_id, conversation.id, lead.id, lead.phone
     FROM conversations AS conversation
     JOIN leads AS lead ON lead.organization_id = conversation.organization_id
         AND lead.id = conversation.lead_id
     WHERE conversation.awaits_opt_out_review
         AND ($organization IS NULL OR conversation.organization_id = $organization)
         AND ($conversation IS NULL OR conversation.id = $conversation)
     ORDER BY conversation.last_inbound_at NULLS FIRST, conversation.id LIMIT $most"
}

statement! {
    LastTexts {
        organization: SqlUuid = Uuid,
        conversation: SqlUuid = Uuid,
        most: BigInt = i64,
    } -> (SqlUuid, Timestamptz, Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Jsonb>);
    "SELECT submissions.id, received_at, body, status_reason, subject, media FROM ", MESSAGES, "
     LEFT JOIN received_attachments AS attached
         ON attached.organization_id = submissions.organization_id
         AND attached.message_id = submissions.id
     WHERE submissions.organization_id = $organization AND conversation_id = $conversation
         AND received_at IS NOT NULL
         AND NOT is_set_apart(submissions.organization_id, provider_account)
     ORDER BY received_at DESC LIMIT $most"
}

#[async_trait]
impl ReviewRepository for Pg {
    async fn list_reviews(
        &self,
        organization_id: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OpenReview>, Unavailable> {
        let statement = ListReviews {
            organization: organization_id.map(OrganizationId::as_uuid),
            conversation: None,
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        Ok(self.reviews(statement).await?)
    }

    async fn find_review(
        &self,
        organization_id: OrganizationId,
        conversation_id: ConversationId,
    ) -> Result<Option<OpenReview>, Unavailable> {
        let statement = ListReviews {
            organization: Some(organization_id.as_uuid()),
            conversation: Some(conversation_id.as_uuid()),
            most: 1,
        };
        Ok(self.reviews(statement).await?.pop())
    }

    async fn resolve_review(&self, change: ReviewChange) -> Result<bool, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let resolved = tokio::spawn(async move { pg.resolve(&change).await });
        Ok(resolved.await.map_err(StoreError::Task)??)
    }
}

impl Pg {
    async fn reviews(&self, statement: ListReviews) -> Result<Vec<OpenReview>, StoreError> {
        let mut connection = self.cold().await?;
        let rows: Vec<ReviewRow> = statement.load(&mut connection).await?;
        let mut reviews = Vec::with_capacity(rows.len());
        for (organization, conversation, lead, phone) in rows {
            let reading = RowRef {
                table: "leads",
                id: lead,
            };
            reviews.push(OpenReview {
                organization_id: OrganizationId::new(organization),
                conversation_id: ConversationId::new(conversation),
                lead_id: LeadId::new(lead),
                phone: reading.phone("phone", phone)?,
                texts: last_texts(&mut connection, organization, conversation).await?,
            });
        }
        Ok(reviews)
    }

    async fn resolve(&self, change: &ReviewChange) -> Result<bool, StoreError> {
        let mut connection = self.cold().await?;
        let mut tries = 1;
        loop {
            let settled = connection
                .transaction(async |connection| settle(connection, change).await)
                .await;
            match settled {
                Err(StoreError::Query(error)) if is_race(&error) && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }
}

async fn settle(
    connection: &mut AsyncPgConnection,
    change: &ReviewChange,
) -> Result<bool, StoreError> {
    let statement = ListReviews {
        organization: Some(change.organization_id.as_uuid()),
        conversation: Some(change.conversation_id.as_uuid()),
        most: 1,
    };
    let rows: Vec<ReviewRow> = statement.load(connection).await?;
    let Some((organization, _, lead, phone)) = rows.into_iter().next() else {
        return Ok(false);
    };
    let reading = RowRef {
        table: "leads",
        id: lead,
    };
    let person = reading.phone("phone", phone.clone())?;
    advance_recipient(connection, change.organization_id, &person).await?;
    // The lock excludes concurrent settling: a review that was settled meanwhile has no flag.
    if flag_reviews(connection, organization, phone, false, None).await? == 0 {
        return Ok(false);
    }
    if let Some(opt_out) = &change.opt_out {
        suppress(connection, opt_out).await?;
    }
    audit_log::record(connection, AuditEntry::review_resolved(change)).await?;
    Ok(true)
}

async fn last_texts(
    connection: &mut AsyncPgConnection,
    organization: Uuid,
    conversation: Uuid,
) -> Result<Vec<ReceivedText>, StoreError> {
    let statement = LastTexts {
        organization,
        conversation,
        most: i64::try_from(OpenReview::TEXTS).unwrap_or(i64::MAX),
    };
    let rows: Vec<TextRow> = statement.load(connection).await?;
    let text = |(id, received_at, body, note, subject, media): TextRow| {
        let media = media.unwrap_or_else(|| Value::Array(Vec::new()));
        Ok(ReceivedText {
            message_id: MessageId::new(id),
            received_at,
            text: body.map_or_else(MessageText::erased, MessageText::new),
            note,
            attachments: attachments::read(id, subject, media)?,
        })
    };
    rows.into_iter().map(text).collect()
}
