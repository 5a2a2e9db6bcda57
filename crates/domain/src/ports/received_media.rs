//! Files that leads sent: where they wait until they are read from the provider, and where they are kept then.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{MediaFile, Unavailable};
use crate::content::Media;
use crate::values::ids::{MediaId, MessageId, OrganizationId};

/// A received message whose files are due to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMedia {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// All files of the message: those that are still at the provider, and those that are ours.
    pub media: Vec<Media>,
    /// How often they were tried.
    pub tries: u16,
}

/// What became of the files of a received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMedia {
    pub organization_id: OrganizationId,
    pub message_id: MessageId,
    /// The files that were read.
    pub files: Vec<(MediaId, MediaFile)>,
    /// All files of the message as they are shown from now on.
    pub media: Vec<Media>,
    /// How often they had been tried when the message was claimed.
    pub tries: u16,
    /// When the rest is tried again; `None` = never.
    pub next_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
}

/// Reads and keeps files that leads sent.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReceivedMediaQueue: Send + Sync {
    /// Messages whose files are due at `now`, longest due first. MUST NOT give a message to two callers before its
    /// lease ends.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn claim_media(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<WaitingMedia>, Unavailable>;

    /// Keeps what was read, as long as the message's text. MUST keep nothing of a message whose text was erased
    /// meanwhile, or whose files were tried by another caller since, after the lease.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn keep_media(&self, read: ReadMedia) -> Result<(), Unavailable>;
}
