//! [`MediaRepository`] on Postgres. Must not know which types or sizes are allowed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension as _;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bytea, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;
use sms_domain::ports::{
    AuditAction, AuditEntry, FileFacts, MediaFile, MediaKey, MediaRepository, NewUpload,
    Unavailable, UploadOutcome,
};
use sms_domain::values::ids::{MediaId, OrganizationId};
use uuid::Uuid;

use crate::audit_log;
use crate::error::StoreError;
use crate::pg::Pg;
use crate::rows::{RowRef, integer};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    AddUpload {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        content_type: Text = String,
        file_name: Nullable<Text> = Option<String>,
        digest: Bytea = Vec<u8>,
        size: Integer = i32,
        content: Bytea = Vec<u8>,
        at: Timestamptz = DateTime<Utc>,
        kept_until: Timestamptz = DateTime<Utc>,
        most: BigInt = i64,
    } -> ();
    "INSERT INTO media (organization_id, id, content_type, file_name, sha256, size, content,
         created_at, kept_until)
     SELECT $organization, $id, $content_type, $file_name, $digest, $size, $content, $at, $kept_until
     WHERE $size + (
         SELECT coalesce(sum(size), 0) FROM media
         WHERE organization_id = $organization AND message_id IS NULL) <= $most"
}

type FileSql = (Text, Nullable<Text>, Bytea, Bytea);
type FileRow = (String, Option<String>, Vec<u8>, Vec<u8>);

statement! {
    FindFile {
        organization: SqlUuid = Uuid,
        id: SqlUuid = Uuid,
        now: Timestamptz = DateTime<Utc>,
    } -> FileSql;
    "SELECT content_type, file_name, sha256, content FROM media
     WHERE organization_id = $organization AND id = $id
         AND (kept_until IS NULL OR kept_until > $now)"
}

statement! {
    FindUploads {
        organization: SqlUuid = Uuid,
        ids: Array<SqlUuid> = Vec<Uuid>,
        now: Timestamptz = DateTime<Utc>,
    } -> (SqlUuid, Text, Integer, Text);
    "SELECT id, content_type, size, encode(sha256, 'hex') FROM media
     WHERE organization_id = $organization AND id = ANY ($ids) AND kept_until > $now"
}

statement! {
    KeepUploads {
        organization: SqlUuid = Uuid,
        ids: Array<SqlUuid> = Vec<Uuid>,
        now: Timestamptz = DateTime<Utc>,
        until: Timestamptz = DateTime<Utc>,
    } -> ();
    "WITH kept AS (
         SELECT id FROM media
         WHERE organization_id = $organization AND id = ANY ($ids)
             AND kept_until > $now AND kept_until < $until
         ORDER BY id FOR UPDATE)
     UPDATE media SET kept_until = $until FROM kept
     WHERE media.organization_id = $organization AND media.id = kept.id"
}

#[async_trait]
impl MediaRepository for Pg {
    async fn add_upload(&self, upload: NewUpload) -> Result<UploadOutcome, Unavailable> {
        let pg = self.clone();
        // Runs on its own task: a caller that is dropped must not leave a transaction half sent.
        let added = tokio::spawn(async move { pg.add(upload).await });
        Ok(added.await.map_err(StoreError::Task)??)
    }

    async fn file(
        &self,
        key: MediaKey,
        now: DateTime<Utc>,
    ) -> Result<Option<MediaFile>, Unavailable> {
        Ok(self.find_file(key, now).await?)
    }

    async fn uploads(
        &self,
        organization_id: OrganizationId,
        ids: Vec<MediaId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<FileFacts>, Unavailable> {
        Ok(self.find_uploads(organization_id, ids, now).await?)
    }

    async fn keep_uploads(
        &self,
        organization_id: OrganizationId,
        ids: Vec<MediaId>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        let statement = KeepUploads {
            organization: organization_id.as_uuid(),
            ids: ids.into_iter().map(MediaId::as_uuid).collect(),
            now,
            until,
        };
        let mut connection = self.cold().await?;
        let kept = statement.execute(&mut connection).await;
        kept.map_err(StoreError::from)?;
        Ok(())
    }
}

impl Pg {
    async fn add(&self, upload: NewUpload) -> Result<UploadOutcome, StoreError> {
        let mut connection = self.cold().await?;
        Ok(connection
            .transaction(async |connection| add(connection, upload).await)
            .await?)
    }

    async fn find_uploads(
        &self,
        organization_id: OrganizationId,
        ids: Vec<MediaId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<FileFacts>, StoreError> {
        let statement = FindUploads {
            organization: organization_id.as_uuid(),
            ids: ids.into_iter().map(MediaId::as_uuid).collect(),
            now,
        };
        let mut connection = self.cold().await?;
        let rows: Vec<(Uuid, String, i32, String)> = statement.load(&mut connection).await?;
        let facts = |(id, content_type, size, sha256): (Uuid, String, i32, String)| FileFacts {
            id: MediaId::new(id),
            content_type,
            size: u32::try_from(size).unwrap_or_default(),
            sha256,
        };
        Ok(rows.into_iter().map(facts).collect())
    }

    async fn find_file(
        &self,
        key: MediaKey,
        now: DateTime<Utc>,
    ) -> Result<Option<MediaFile>, StoreError> {
        let statement = FindFile {
            organization: key.organization_id.as_uuid(),
            id: key.id.as_uuid(),
            now,
        };
        let mut connection = self.cold().await?;
        let row: Option<FileRow> = statement.get_result(&mut connection).await.optional()?;
        let Some((content_type, file_name, digest, content)) = row else {
            return Ok(None);
        };
        let reading = RowRef {
            table: "media",
            id: key.id.as_uuid(),
        };
        let sha256 = <[u8; 32]>::try_from(digest)
            .map_err(|_| reading.impossible("sha256", "has not 32 bytes".to_owned()))?;
        Ok(Some(MediaFile {
            content_type,
            file_name,
            sha256,
            content,
        }))
    }
}

async fn add(connection: &mut AsyncPgConnection, upload: NewUpload) -> QueryResult<UploadOutcome> {
    let entry = audited(&upload);
    let MediaFile {
        content_type,
        file_name,
        sha256,
        content,
    } = upload.file;
    let statement = AddUpload {
        organization: upload.key.organization_id.as_uuid(),
        id: upload.key.id.as_uuid(),
        content_type,
        file_name,
        digest: sha256.to_vec(),
        size: integer(u32::try_from(content.len()).unwrap_or(u32::MAX)),
        content,
        at: upload.at,
        kept_until: upload.kept_until,
        most: i64::try_from(upload.most_kept).unwrap_or(i64::MAX),
    };
    if statement.execute(connection).await? == 0 {
        return Ok(UploadOutcome::Full);
    }
    audit_log::record(connection, entry).await?;
    Ok(UploadOutcome::Kept)
}

/// The name of a file may name a person, so that it is not in the log.
fn audited(upload: &NewUpload) -> AuditEntry {
    let after = json!({
        "contentType": upload.file.content_type,
        "size": upload.file.content.len(),
        "sha256": upload.file.sha256_hex(),
        "keptUntil": upload.kept_until,
    });
    AuditEntry::of(
        upload.key.organization_id,
        upload.by.clone(),
        upload.at,
        AuditAction::MediaUploaded,
        upload.key.id.to_string(),
    )
    .changed(None, Some(after))
}
