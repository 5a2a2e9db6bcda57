//! Files of organizations: what they upload to send, and what leads send. Whoever knows a file's address can read it
//! until the address expires.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::Unavailable;
use crate::values::Actor;
use crate::values::ids::{MediaId, OrganizationId};

/// Names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaKey {
    pub organization_id: OrganizationId,
    pub id: MediaId,
}

/// A file with its content.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// The MIME type.
    pub content_type: String,
    /// The name that its owner gave it.
    pub file_name: Option<String>,
    /// The SHA-256 of the content.
    pub sha256: [u8; 32],
    pub content: Vec<u8>,
}

impl MediaFile {
    /// A file of some content.
    #[must_use]
    pub fn new(content_type: &str, file_name: Option<String>, content: Vec<u8>) -> Self {
        Self {
            content_type: content_type.to_owned(),
            file_name,
            sha256: Sha256::digest(&content).into(),
            content,
        }
    }

    /// The digest in hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        self.sha256
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for MediaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A file is as confidential as a text.
        f.debug_struct("MediaFile")
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// A file that an organization uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    pub key: MediaKey,
    pub file: MediaFile,
    pub at: DateTime<Utc>,
    /// Until when it is kept, unless a message needs it longer.
    pub kept_until: DateTime<Utc>,
    /// The most bytes of uploads that the organization may have with this one.
    pub most_kept: u64,
    pub by: Actor,
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadOutcome {
    /// It is kept.
    Kept,
    /// The organization has too many bytes of uploads already; concurrent uploads may go beyond the limit by their
    /// own sizes.
    Full,
}

/// What is known of a file besides its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    pub id: MediaId,
    /// The MIME type.
    pub content_type: String,
    /// The size in bytes.
    pub size: u32,
    /// The SHA-256 of the content in hexadecimal.
    pub sha256: String,
}

/// Access to files.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MediaRepository: Send + Sync {
    /// Keeps an upload. MUST refuse it when the organization would have more than `most_kept` bytes of uploads, and
    /// MUST record it in the audit log otherwise.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn add_upload(&self, upload: NewUpload) -> Result<UploadOutcome, Unavailable>;

    /// A file that is still kept at `now`. MUST find only files of the organization that the key names.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn file(
        &self,
        key: MediaKey,
        now: DateTime<Utc>,
    ) -> Result<Option<MediaFile>, Unavailable>;

    /// The organization's uploads of these ids that are still kept at `now`, in any order.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn uploads(
        &self,
        organization_id: OrganizationId,
        ids: Vec<MediaId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<FileFacts>, Unavailable>;

    /// Keeps the organization's uploads of these ids until an instant, unless they are kept longer. MUST NOT bring back
    /// what is not kept any more at `now`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn keep_uploads(
        &self,
        organization_id: OrganizationId,
        ids: Vec<MediaId>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), Unavailable>;
}

/// Seals the addresses of files.
pub trait MediaTokens: Send + Sync {
    /// The token of a file, which is valid before `until`, in whole seconds. MUST be text that a URL can have in a
    /// segment of its path, and the same for the same arguments.
    fn seal(&self, key: MediaKey, until: DateTime<Utc>) -> String;

    /// The file of a token that this installation made, and until when the token is valid.
    fn open(&self, token: &str) -> Option<(MediaKey, DateTime<Utc>)>;
}
