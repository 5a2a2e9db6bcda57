//! A stored text that may have been erased. Must not interpret it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text as stored and sent, or the mark that it was erased. `Debug` shows only its length.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Option<Box<str>>);

impl Text {
    /// Wraps a text that was validated at the edge.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(Some(text.into()))
    }

    /// A text that was erased when its organization's retention period ended.
    #[must_use]
    pub const fn erased() -> Self {
        Self(None)
    }

    /// Whether the text was erased.
    #[must_use]
    pub const fn is_erased(&self) -> bool {
        self.0.is_none()
    }

    /// The text; empty once it is erased.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(text) => write!(f, "Text({} characters)", text.chars().count()),
            None => f.write_str("Text(erased)"),
        }
    }
}
