//! Messages: writing changes, reading rows.

use async_trait::async_trait;

use super::Unavailable;
use crate::decision::DecisionRecord;
use crate::lifecycle::MessageChange;
use crate::message::{Attempt, Message};
use crate::values::ids::{MessageId, OrganizationId};

/// Why one change was not written. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The message or the recipient was changed since the facts were read: load and decide again.
    #[error("the message or its recipient changed meanwhile")]
    Conflict,
    /// The idempotency key belongs to another message, or the provider's event is known already.
    #[error("the key or the event is known already")]
    Duplicate,
    /// A counter would exceed its limit.
    #[error("the capacity is taken")]
    OverCapacity,
    /// The balance less what is held does not cover the hold.
    #[error("the wallet does not cover the hold")]
    InsufficientFunds,
    /// The store's own constraints refuse the rows, whatever the facts are now: a defect in what made
    /// the change. Deciding again does not help.
    #[error("the change breaks an invariant of the store")]
    Impossible,
}

/// Where messages live.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// Writes changes, each atomically and with its own result, in the order given.
    ///
    /// The store MUST refuse with [`CommitError::Conflict`] a change whose message or recipient has
    /// another version; MUST refuse with `Duplicate` a known, unexpired idempotency key and a
    /// provider event that already belongs to a message; MUST refuse with `OverCapacity` and
    /// `InsufficientFunds` as the guards say; and then MUST write nothing of that change. A member
    /// that fails MUST NOT hinder the others. Of a conversation it MUST keep neither the active number
    /// nor the first message where that number is set apart. Of several changes of one call to one message or one
    /// recipient, the later ones MAY be refused with `Conflict`.
    ///
    /// The result is the message as stored, with its new version.
    ///
    /// # Errors
    /// [`Unavailable`]: not known whether anything was committed. The caller may repeat the same
    /// change once: a change that is already in place MUST answer as if it had just been written.
    async fn commit(
        &self,
        changes: Vec<MessageChange>,
    ) -> Result<Vec<Result<Message, CommitError>>, Unavailable>;

    /// One message of an organization.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Message>, Unavailable>;

    /// A message with all its attempts, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_with_attempts(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<(Message, Vec<Attempt>)>, Unavailable>;

    /// The stored decisions about a message, oldest first; `None` when the organization has no such
    /// message.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn decisions(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Option<Vec<DecisionRecord>>, Unavailable>;
}
