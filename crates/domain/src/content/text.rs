//! A text as it is stored and sent. Must not know what it says.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text as it is stored and sent, until it is erased. `Debug` shows only its length.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Option<Box<str>>);

impl Text {
    /// Wraps a text that was checked where it entered.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(Some(text.into()))
    }

    /// A text that its organization keeps no longer.
    #[must_use]
    pub const fn erased() -> Self {
        Self(None)
    }

    /// Nobody knows any more what it said.
    #[must_use]
    pub const fn is_erased(&self) -> bool {
        self.0.is_none()
    }

    /// The text itself; empty once it is erased.
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
