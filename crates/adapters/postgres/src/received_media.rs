//! [`ReceivedMediaQueue`] on Postgres: what is due stands in `received_attachments`, what was read in `media`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension as _;
use diesel::result::QueryResult;
use diesel::sql_types::{
    BigInt, Bool, Bytea, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sms_domain::ports::{ReadMedia, ReceivedMediaQueue, Unavailable, WaitingMedia};
use sms_domain::values::ids::{MessageId, OrganizationId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::inbound::attachments;
use crate::pg::Pg;
use crate::rows::integer;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    ClaimMedia {
        now: Timestamptz = DateTime<Utc>,
        lease_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> (SqlUuid, SqlUuid, Jsonb, SmallInt);
    "WITH due AS MATERIALIZED (
         SELECT organization_id, message_id FROM received_attachments
         WHERE fetch_due_at <= $now ORDER BY fetch_due_at LIMIT $most FOR UPDATE SKIP LOCKED)
     UPDATE received_attachments AS attached SET fetch_due_at = $lease_until FROM due
     WHERE attached.organization_id = due.organization_id AND attached.message_id = due.message_id
     RETURNING attached.organization_id, attached.message_id, attached.media, attached.fetch_tries"
}

statement! {
    /// Advances the version, so that an erasure that began before the files were there leaves the message for its next
    /// step: it would not see the files, and they would outlive the text.
    AdvanceMessage { organization: SqlUuid = Uuid, message: SqlUuid = Uuid } -> ();
    "UPDATE messages SET version = version + 1
     WHERE organization_id = $organization AND id = $message"
}

statement! {
    /// The row is deleted with the text of its message. Every try is counted, so that one that outlasted its lease is
    /// told from the one after it.
    LockAttachments {
        organization: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        tries: SmallInt = i16,
    } -> Bool;
    "SELECT true FROM received_attachments
     WHERE organization_id = $organization AND message_id = $message AND fetch_tries = $tries
     FOR UPDATE"
}

statement! {
    AddReceived {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        content_type: Text = String,
        digest: Bytea = Vec<u8>,
        size: Integer = i32,
        content: Bytea = Vec<u8>,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO media (organization_id, id, message_id, content_type, sha256, size, content, created_at)
     VALUES ($organization, $id, $message, $content_type, $digest, $size, $content, $at)"
}

statement! {
    ShowReceived {
        organization: SqlUuid = Uuid,
        message: SqlUuid = Uuid,
        media: Jsonb = Value,
        next: Nullable<Timestamptz> = Option<DateTime<Utc>>,
    } -> ();
    "UPDATE received_attachments
     SET media = $media, fetch_due_at = $next, fetch_tries = fetch_tries + 1
     WHERE organization_id = $organization AND message_id = $message"
}

#[async_trait]
impl ReceivedMediaQueue for Pg {
    async fn claim_media(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WaitingMedia>, Unavailable> {
        Ok(self.claim_due_media(now, lease_until, limit).await?)
    }

    async fn keep_media(&self, read: ReadMedia) -> Result<(), Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let kept = tokio::spawn(async move { pg.keep_read(read).await });
        Ok(kept.await.map_err(StoreError::Task)??)
    }
}

impl Pg {
    async fn claim_due_media(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WaitingMedia>, StoreError> {
        let statement = ClaimMedia {
            now,
            lease_until,
            most: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let mut connection = self.cold().await?;
        let rows: Vec<(Uuid, Uuid, Value, i16)> = statement.load(&mut connection).await?;
        let mut waiting = Vec::with_capacity(rows.len());
        for (organization, message, media, tries) in rows {
            waiting.push(WaitingMedia {
                organization_id: OrganizationId::new(organization),
                message_id: MessageId::new(message),
                media: attachments::read(message, None, media)?.media,
                tries: u16::try_from(tries).unwrap_or_default(),
            });
        }
        Ok(waiting)
    }

    async fn keep_read(&self, read: ReadMedia) -> Result<(), StoreError> {
        let mut connection = self.cold().await?;
        Ok(connection
            .transaction(async |connection| keep(connection, read).await)
            .await?)
    }
}

async fn keep(connection: &mut AsyncPgConnection, read: ReadMedia) -> QueryResult<()> {
    let (organization, message) = (read.organization_id.as_uuid(), read.message_id.as_uuid());
    if !read.files.is_empty() {
        // Before the attachments, as an erasure locks them.
        let advance = AdvanceMessage {
            organization,
            message,
        };
        advance.execute(connection).await?;
    }
    let lock = LockAttachments {
        organization,
        message,
        tries: i16::try_from(read.tries).unwrap_or(i16::MAX),
    };
    let known: Option<bool> = lock.get_result(connection).await.optional()?;
    if known.is_none() {
        return Ok(());
    }
    for (id, file) in read.files {
        let statement = AddReceived {
            organization,
            id: id.as_uuid(),
            message,
            content_type: file.content_type,
            digest: file.sha256.to_vec(),
            size: integer(u32::try_from(file.content.len()).unwrap_or(u32::MAX)),
            content: file.content,
            at: read.at,
        };
        statement.execute(connection).await?;
    }
    let statement = ShowReceived {
        organization,
        message,
        media: attachments::stored(&read.media)?,
        next: read.next_at,
    };
    statement.execute(connection).await?;
    Ok(())
}
