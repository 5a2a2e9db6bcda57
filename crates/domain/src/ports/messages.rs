//! Messages: writing changes and reading messages.

use async_trait::async_trait;

use super::Unavailable;
use crate::lifecycle::MessageChange;
use crate::message::{Attempt, Message};
use crate::values::ids::{MessageId, OrganizationId};

/// Why a change was not written. No part of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The message or the recipient changed after the facts were read: load and decide again.
    #[error("the message or its recipient changed meanwhile")]
    Conflict,
    /// The idempotency key belongs to another message, or the provider's event is already known.
    #[error("the key or the event is known already")]
    Duplicate,
    /// A counter would exceed its limit.
    #[error("the capacity is taken")]
    OverCapacity,
    /// The balance less the held amount does not cover the new hold.
    #[error("the wallet does not cover the hold")]
    InsufficientFunds,
    /// The store's constraints refuse the rows, whatever the facts: the code that made the change is
    /// defective. Deciding again does not help.
    #[error("the change breaks an invariant of the store")]
    Impossible,
}

/// Access to messages.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// Writes changes, each atomically and with its own result, in the order given.
    ///
    /// The store MUST refuse with [`CommitError::Conflict`] a change whose message or recipient has
    /// another version; MUST refuse with `Duplicate` a known, unexpired idempotency key and a provider
    /// event that already belongs to a message; MUST refuse with `OverCapacity` and `InsufficientFunds`
    /// as the guards say; and then MUST write nothing of that change. A change that fails MUST NOT
    /// affect the others. If the number is set apart, the store MUST NOT update the conversation's
    /// active number or first message. Of several changes of one call to one message or one recipient,
    /// the later ones MAY be refused with `Conflict`.
    ///
    /// The result is the message as stored, with its new version.
    ///
    /// # Errors
    /// [`Unavailable`]: it is unknown whether anything was committed. The caller may repeat the
    /// same change once: for a change that is already stored, the store MUST answer as if it had
    /// just been written.
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
}
