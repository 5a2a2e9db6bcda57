//! What a received message carries beside its text. Must not know where media are kept, or by whom.

use serde::{Deserialize, Serialize};

use crate::content::Text;

/// The subject and the media of a received MMS; both empty for an SMS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachments {
    /// As the person wrote it. It may ask for the same things as the text.
    pub subject: Option<Text>,
    /// In the order of the message.
    pub media: Vec<Media>,
}

/// A picture or another file, as the provider describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Where the provider keeps it, for about thirty days. Whoever knows it can see the picture, so
    /// that it is a text of the person's.
    pub url: Text,
    /// The media type.
    pub content_type: Option<String>,
    /// Bytes; never negative.
    pub size: Option<i64>,
    /// The digest as the provider writes it.
    pub sha256: Option<String>,
}

/// How [`Media`] is stored: a text shows itself to the store alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredMedia {
    url: String,
    content_type: Option<String>,
    size: Option<i64>,
    sha256: Option<String>,
}

impl Attachments {
    /// There is nothing beside the text.
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
