//! The text that would go out, after the policy on first messages. This module must not know numbers
//! or time.

use crate::decision::Context;
use crate::message::{Submission, Text};

/// What is sent, and what its first-message check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The text, where policy changed it.
    pub changed: Option<Text>,
    /// Segments of what is sent.
    pub segments: u32,
}

impl Wording {
    /// The text of a submission.
    #[must_use]
    pub fn of(submission: &Submission, _context: &Context) -> Self {
        Self { changed: None, segments: submission.segments }
    }
}
