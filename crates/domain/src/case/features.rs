//! What a decision reads of a text, computed once, so that a stored decision can be judged again after its
//! text is erased. This module must not know any rule or policy.

mod forbidden_words;
mod links;
mod phrases;
mod shorteners;

pub(crate) use forbidden_words::FORBIDDEN;
pub use phrases::ForbiddenPhrase;
pub use shorteners::ShortenedLink;

use serde::{Deserialize, Serialize};

use super::wording::{Lacks, completed};
use crate::content::words::folded;
use crate::content::{Text, TextHashes};
use crate::facts::Context;

/// The features of a text. They contain no part of it except names of shorteners and listed phrases. By
/// default nothing was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextFeatures {
    /// The hashes by which the text is recognised as sent before.
    pub hashes: TextHashes,
    /// What the text lacks as a first message.
    pub lacks: Lacks,
    /// The text with what it lacks; `None` if nothing is missing or the text would be too long.
    pub completed: Option<CompletedText>,
    /// Links to public URL shorteners, each shortener once, in the order of the text.
    pub shorteners: Vec<ShortenedLink>,
    /// Forbidden phrases, each once, in the order of the text.
    pub forbidden: Vec<ForbiddenPhrase>,
}

/// A text with what a first message must not lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletedText {
    /// The number of segments, 1 to 10.
    pub segments: u32,
    /// The hashes by which the completed text is recognised as sent before.
    pub hashes: TextHashes,
}

impl TextFeatures {
    /// The features of a text that an organization sends.
    #[must_use]
    pub fn of(text: &Text, context: &Context) -> Self {
        let (written, name) = (text.as_str(), &context.org.name);
        let folded = folded(written);
        let lacks = Lacks::of(&folded, name);
        Self {
            hashes: TextHashes::of(text),
            lacks,
            completed: CompletedText::of(written, name, lacks),
            shorteners: shorteners::shorteners(&folded, context.rules),
            forbidden: phrases::forbidden_phrases(&folded),
        }
    }
}

impl CompletedText {
    fn of(text: &str, name: &str, lacks: Lacks) -> Option<Self> {
        let body = lacks
            .anything()
            .then(|| completed(text, name, lacks))?
            .ok()?;
        Some(Self {
            segments: body.segmentation().segments,
            hashes: TextHashes::of(&Text::new(body.as_str())),
        })
    }
}
