//! Erasing texts and removing what is not kept any longer, in small steps.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::lifecycle::retention::{Perishable, TextRetention};
use crate::values::ids::{MessageId, OrganizationId};

/// One step through an organization's messages, in the order of their ids: the order in which they
/// were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EraseTexts {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Messages that last changed before this instant.
    pub before: DateTime<Utc>,
    /// Begin after this message; `None` = with the oldest.
    pub after: Option<MessageId>,
    /// How many messages to look at.
    pub limit: usize,
}

/// What a step through an organization's messages did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedTexts {
    /// How many texts it erased.
    pub erased: usize,
    /// The last message that it looked at before the first that still has its text: a later pass may
    /// begin after it. `None` = it must begin where this step began.
    pub done_to: Option<MessageId>,
    /// The last message that it looked at; `None` = what follows is too young, or nothing follows.
    pub looked_at: Option<MessageId>,
}

/// What a step through a table did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// How many rows it removed.
    pub rows: usize,
    /// Where the next step begins; `None` = the table ends here.
    pub next: Option<u64>,
}

/// Where texts are erased. Several processes may do it at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RetentionRepository: Send + Sync {
    /// The organizations that do not keep their texts for good.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn text_retentions(&self) -> Result<Vec<TextRetention>, Unavailable>;

    /// Erases texts in one step of bounded length, with what else holds them in the organization's
    /// own rows. A message that somebody may still have to move (a draft, one that waits, is being
    /// sent, or is looked for) MUST keep its text, and so MUST one that last changed later. A decision
    /// or a piece of evidence that rests on the message as it was before MUST NOT be committed. A
    /// message that another transaction is changing MAY be left to a later pass.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn erase_texts(&self, step: EraseTexts) -> Result<ErasedTexts, Unavailable>;

    /// Removes what is older than `before`, in one step of bounded length that begins at `from`;
    /// the first at 0. The newest change of a number's health MUST stay. Rows that another transaction
    /// is changing MAY be left to a later pass.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn remove(
        &self,
        what: Perishable,
        before: DateTime<Utc>,
        from: u64,
    ) -> Result<Removed, Unavailable>;
}
