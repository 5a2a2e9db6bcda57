//! The parts of a received message other than its text. Must not know where media are stored.

use serde::{Deserialize, Serialize};

use crate::content::Text;

/// The subject and the media of a received MMS; both empty for an SMS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachments {
    /// The subject as the sender wrote it. Like the text, it may contain an opt-out or another
    /// keyword.
    pub subject: Option<Text>,
    /// The media in the order of the message.
    pub media: Vec<Media>,
}

/// A media file, as the provider describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The provider's URL, valid for about thirty days. Anyone who has the URL can open the file,
    /// so it is as confidential as the message text.
    pub url: Text,
    /// The MIME type.
    pub content_type: Option<String>,
    /// The size in bytes; never negative.
    pub size: Option<i64>,
    /// The digest of the file, as the provider formats it.
    pub sha256: Option<String>,
}

/// The stored form of [`Media`], with the URL in plain text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredMedia {
    url: String,
    content_type: Option<String>,
    size: Option<i64>,
    sha256: Option<String>,
}

impl Attachments {
    /// Whether the message has neither a subject nor media.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.subject.is_none() && self.media.is_empty()
    }
}

impl From<&Media> for StoredMedia {
    fn from(media: &Media) -> Self {
        Self {
            url: media.url.as_str().to_owned(),
            content_type: media.content_type.clone(),
            size: media.size,
            sha256: media.sha256.clone(),
        }
    }
}

impl From<StoredMedia> for Media {
    fn from(stored: StoredMedia) -> Self {
        Self {
            url: Text::new(stored.url),
            content_type: stored.content_type,
            size: stored.size,
            sha256: stored.sha256,
        }
    }
}
