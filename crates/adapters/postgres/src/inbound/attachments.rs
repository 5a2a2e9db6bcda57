//! Attachments of received texts: subjects and media, in a table beside the messages.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::content::{Attachments, Media, StoredMedia, Text as MessageText};
use sms_domain::message::Message;
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::rows::{ImpossibleRow, RowRef};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    InsertAttachments {
        organization: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        subject: Nullable<Text> = Option<String>,
        media: Jsonb = Value,
        due: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "INSERT INTO received_attachments (organization_id, message_id, subject, media, fetch_due_at)
     VALUES ($organization, $message, $subject, $media, $due)"
}

statement! {
    FindAttachments { organization: SqlUuid = Uuid, message: SqlUuid = Uuid } -> (Nullable<Text>, Jsonb);
    "SELECT subject, media FROM received_attachments
     WHERE organization_id = $organization AND message_id = $message"
}

/// Stores a message's attachments, if it has any.
pub(super) async fn insert(
    connection: &mut AsyncPgConnection,
    message: &Message,
    attachments: &Attachments,
) -> QueryResult<()> {
    if attachments.is_empty() {
        return Ok(());
    }
    let has_media = !attachments.media.is_empty();
    let subject = attachments.subject.as_ref();
    let statement = InsertAttachments {
        organization: message.organization_id.as_uuid(),
        message: message.id.as_uuid(),
        subject: subject.map(|subject| subject.as_str().to_owned()),
        media: stored(&attachments.media)?,
        due: has_media.then_some(message.timeline.created_at),
    };
    statement.execute(connection).await?;
    Ok(())
}

/// Media in their stored form.
pub(crate) fn stored(media: &[Media]) -> QueryResult<Value> {
    let media: Vec<_> = media.iter().map(StoredMedia::from).collect();
    serde_json::to_value(media)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// A message's attachments; empty if there is no row.
pub(crate) async fn find(
    connection: &mut AsyncPgConnection,
    organization_id: OrganizationId,
    message_id: MessageId,
) -> Result<Attachments, StoreError> {
    let statement = FindAttachments {
        organization: organization_id.as_uuid(),
        message: message_id.as_uuid(),
    };
    let rows: Vec<(Option<String>, Value)> = statement.load(connection).await?;
    let found = rows.into_iter().next();
    let attachments = found.map(|(subject, media)| read(message_id.as_uuid(), subject, media));
    Ok(attachments.transpose()?.unwrap_or_default())
}

/// The columns of a row as domain values.
pub(crate) fn read(
    message: Uuid,
    subject: Option<String>,
    media: Value,
) -> Result<Attachments, ImpossibleRow> {
    let reading = RowRef {
        table: "received_attachments",
        id: message,
    };
    let media: Vec<StoredMedia> = serde_json::from_value(media)
        .map_err(|error| reading.impossible("media", error.to_string()))?;
    Ok(Attachments {
        subject: subject.map(MessageText::new),
        media: media.into_iter().map(Media::from).collect(),
    })
}
