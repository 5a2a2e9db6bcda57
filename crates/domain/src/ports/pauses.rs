//! Pausing and resuming what an organization sends.

// From core: a span is data here.
use core::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::facts::Pauses;
use crate::values::Actor;
use crate::values::ids::{CampaignId, ConversationId, MessageId, OrganizationId, PhoneNumberId};

/// What is paused or resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseTarget {
    /// Everything that the organization sends.
    Organization,
    /// One of its numbers.
    Number(PhoneNumberId),
    /// One of its campaigns.
    Campaign(CampaignId),
}

/// A pause, or a resumption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseChange {
    pub organization_id: OrganizationId,
    pub target: PauseTarget,
    /// Whether the target is paused from now on, rather than resumed.
    pub is_paused: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// The longest wait for attempts that are being committed.
    pub patience: Duration,
}

/// The outcome of a pause or a resumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseOutcome {
    /// It is in force.
    Changed,
    /// It was in force before; nothing was changed.
    Unchanged,
    /// The organization has no such thing.
    Unknown,
    /// Attempts were being committed all the time; nothing was changed.
    Busy,
}

/// Queued messages of an organization that a pause may cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausePage {
    pub organization_id: OrganizationId,
    /// The version of the pauses that the page belongs to.
    pub version: i64,
    /// The messages with their conversations, in the order of their ids.
    pub messages: Vec<(MessageId, ConversationId)>,
    /// The last message that was looked at; `None` = there are no more.
    pub looked_at: Option<MessageId>,
}

/// Access to pauses.
///
/// After a change is [`PauseOutcome::Changed`], the commit of a change that
/// [rests on pauses](crate::lifecycle::MessageChange::rests_on_pauses) MUST be refused with
/// [`super::CommitError::Conflict`] if its decision knew another version of the organization's pauses
/// ([`crate::lifecycle::Guards::pauses`]), and no such commit MUST be under way.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PauseRepository: Send + Sync {
    /// Pauses or resumes, with an entry in the audit log. Others' things MUST be unknown.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether it is in force. Repeating it is safe.
    async fn change_pauses(&self, change: PauseChange) -> Result<PauseOutcome, Unavailable>;

    /// What an organization has paused.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn pauses(&self, organization_id: OrganizationId) -> Result<Pauses, Unavailable>;

    /// Makes messages due that waited for a resumption, at most `most`; returns how many. 0 = none is left.
    /// Every message that waits when a resumption is in force MUST be woken by the calls that follow it.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn wake(&self, now: DateTime<Utc>, most: u32) -> Result<u32, Unavailable>;

    /// Queued messages that the last pause of an organization may cover, after looking at `most` of its
    /// waiting messages; `None` = all were looked at since the last pause of each organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn next_page(&self, most: u32) -> Result<Option<PausePage>, Unavailable>;

    /// Records that a page was dealt with. MUST change nothing if there was another pause or resumption since.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn page_done(&self, page: &PausePage) -> Result<(), Unavailable>;
}
