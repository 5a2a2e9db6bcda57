//! The parts of a message other than its text. Must not know where media are stored.

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

/// A media file, as its message describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Where it is: an address of ours, which expires and is made anew when the file is shown; the provider's URL,
    /// valid for about thirty days; or a URL that the client gave. Anyone who has the URL can open the file, so it is
    /// as confidential as the message text.
    pub url: Text,
    /// The MIME type.
    pub content_type: Option<String>,
    /// The size in bytes; never negative.
    pub size: Option<i64>,
    /// The digest of the file: in hexadecimal, or as the provider formats it.
    pub sha256: Option<String>,
}

/// The stored form of [`Media`], with the URL in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredMedia {
    url: String,
    content_type: Option<String>,
    size: Option<i64>,
    sha256: Option<String>,
}

impl Media {
    /// Whether it is the same file as another, as far as both are described: by the digest, else by the URL.
    #[must_use]
    pub fn is_same_file(&self, other: &Self) -> bool {
        match (&self.sha256, &other.sha256) {
            (Some(own), Some(other)) => own == other,
            (None, _) | (_, None) => self.url == other.url,
        }
    }
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
