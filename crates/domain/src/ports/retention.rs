//! Erasing texts and removing expired data, in small steps.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::lifecycle::retention::{DecisionRetention, Perishable, TextRetention};
use crate::values::ids::{MessageId, OrganizationId};

/// One step through an organization's messages, in the order of their ids: the order in which they
/// were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EraseTexts {
    pub organization_id: OrganizationId,
    /// The cutoff: only messages that last changed before it are erased.
    pub before: DateTime<Utc>,
    /// The message after which the step begins; `None` = with the oldest.
    pub after: Option<MessageId>,
    /// The most messages to examine.
    pub limit: usize,
}

/// The result of a step through an organization's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedTexts {
    /// The number of erased texts.
    pub erased: usize,
    /// The last examined message before the first that still has its text: a later pass may begin
    /// after it. `None` = it must begin where this step began.
    pub done_to: Option<MessageId>,
    /// The last examined message; `None` = there are no further messages, or they are too recent.
    pub looked_at: Option<MessageId>,
}

/// One step through a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveOld {
    pub what: Perishable,
    /// The cutoff: what is older is removed.
    pub before: DateTime<Utc>,
    /// The cutoffs of organizations that have another one.
    pub exceptions: Vec<(OrganizationId, DateTime<Utc>)>,
    /// Where the step begins; the first at 0.
    pub from: u64,
}

impl RemoveOld {
    /// The first step through a table, with one cutoff for all organizations.
    #[must_use]
    pub const fn new(what: Perishable, before: DateTime<Utc>) -> Self {
        Self {
            what,
            before,
            exceptions: Vec::new(),
            from: 0,
        }
    }
}

/// The result of a step through a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// The number of removed rows.
    pub rows: usize,
    /// Where the next step begins; `None` = the end of the table is reached.
    pub next: Option<u64>,
}

/// Erasure of texts and removal of expired data. Several processes may run it at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RetentionRepository: Send + Sync {
    /// The organizations with a retention period for texts.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn text_retentions(&self) -> Result<Vec<TextRetention>, Unavailable>;

    /// The organizations with a retention period of their own for the facts behind decisions.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn decision_retentions(&self) -> Result<Vec<DecisionRetention>, Unavailable>;

    /// Erases texts in one step of bounded length, with what else holds them in the organization's own
    /// rows. A message that is not final (a draft, or one that waits, is being sent or has an unknown
    /// outcome) MUST keep its text, and so MUST one that changed after the cutoff. A decision or
    /// evidence based on the earlier version of the message MUST NOT be committed. A message that
    /// another transaction is changing MAY be left to a later pass.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn erase_texts(&self, step: EraseTexts) -> Result<ErasedTexts, Unavailable>;

    /// Removes what is older than the cutoff, in one step of bounded length. The newest change of a number's
    /// health MUST stay, and so MUST a decision with its trace when the facts behind it are removed. Rows that
    /// another transaction is changing MAY be left to a later pass.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn remove(&self, step: RemoveOld) -> Result<Removed, Unavailable>;
}
