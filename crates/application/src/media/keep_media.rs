//! Taking uploads, and reading files by their addresses.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::content::check_file;
use sms_domain::lifecycle::files::upload_kept_until;
use sms_domain::ports::{
    Clock, IdGenerator, MediaFile, MediaKey, MediaRepository, NewUpload, Unavailable, UploadOutcome,
};
use sms_domain::values::Actor;
use sms_domain::values::ids::{MediaId, OrganizationId};

use super::addresses::MediaAddresses;
use crate::send::FieldError;

/// The most bytes of uploads that an organization has at a time: 1 GB.
const MOST_KEPT: u64 = 1_000_000_000;

/// The member of the form that has the file.
const FILE: &str = "file";

/// A file that a client uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub organization_id: OrganizationId,
    /// The MIME type as the client states it.
    pub content_type: Option<String>,
    /// The name as the client states it.
    pub file_name: Option<String>,
    pub content: Vec<u8>,
    pub by: Actor,
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// Its address, which expires.
    pub url: String,
    /// Its MIME type by its content.
    pub content_type: String,
    pub file_name: Option<String>,
    /// Its size in bytes.
    pub size: usize,
    /// The SHA-256 of its content in hexadecimal.
    pub sha256: String,
}

/// Why an upload was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Invalid fields.
    #[error("the request has invalid fields")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Takes uploads, and reads files.
#[async_trait]
pub trait MediaService: Send + Sync {
    /// Keeps an upload for thirty days, longer if a message needs it.
    ///
    /// # Errors
    /// [`MediaError`].
    async fn upload(&self, upload: Upload) -> Result<Uploaded, MediaError>;

    /// The file of an address's token; `None` when the token is not ours, has expired, or names a file that is no
    /// longer kept.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn read(&self, token: &str) -> Result<Option<MediaFile>, Unavailable>;
}

/// Keeps files in the store.
#[derive(Clone)]
pub struct KeepMedia {
    store: Arc<dyn MediaRepository>,
    addresses: MediaAddresses,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl KeepMedia {
    /// The use case over its ports.
    #[must_use]
    pub const fn new(
        store: Arc<dyn MediaRepository>,
        addresses: MediaAddresses,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            store,
            addresses,
            clock,
            ids,
        }
    }
}

#[async_trait]
impl MediaService for KeepMedia {
    async fn upload(&self, upload: Upload) -> Result<Uploaded, MediaError> {
        let found = check_file(&upload.content, upload.content_type.as_deref())
            .map_err(|fault| invalid(fault.to_string()))?;
        let now = self.clock.now();
        let key = MediaKey {
            organization_id: upload.organization_id,
            id: MediaId::new(self.ids.uuid()),
        };
        let file_name = upload.file_name.and_then(|name| plain(&name));
        let file = MediaFile::new(found.as_str(), file_name, upload.content);
        let uploaded = Uploaded {
            url: self.addresses.of(key, now),
            content_type: file.content_type.clone(),
            file_name: file.file_name.clone(),
            size: file.content.len(),
            sha256: file.sha256_hex(),
        };
        let new = NewUpload {
            key,
            file,
            at: now,
            kept_until: upload_kept_until(now),
            most_kept: MOST_KEPT,
            by: upload.by,
        };
        match self.store.add_upload(new).await? {
            UploadOutcome::Kept => Ok(uploaded),
            UploadOutcome::Full => Err(invalid(FULL.to_owned())),
        }
    }

    async fn read(&self, token: &str) -> Result<Option<MediaFile>, Unavailable> {
        let now = self.clock.now();
        match self.addresses.opened(token, now) {
            Some(key) => self.store.file(key, now).await,
            None => Ok(None),
        }
    }
}

const FULL: &str =
    "is one too many: the organization's uploads have 1 GB already; each is removed after 30 days";

fn invalid(message: String) -> MediaError {
    MediaError::Invalid(vec![FieldError::new(FILE, message)])
}

/// The last part of a name with folders, without control characters, of at most 100 characters; `None` if nothing is
/// left.
fn plain(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|one| !one.is_control()).take(100);
    let kept: String = kept.collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_neither_folders_nor_control_characters() {
        for (name, expected) in [
            ("roof.png", Some("roof.png")),
            ("C:\\pictures\\roof.png", Some("roof.png")),
            ("../../etc/passwd", Some("passwd")),
            ("a\r\nb.png", Some("ab.png")),
            ("  ", None),
            ("folder/", None),
        ] {
            assert_eq!(plain(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(plain(&"x".repeat(300)).unwrap().len(), 100);
    }
}
