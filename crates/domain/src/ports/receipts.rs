//! Matching receipts to messages, and storing events that cannot be matched yet.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::carrier::{ProviderEvent, TokenHash};
use crate::message::{Attempt, AttemptId, Message};
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// How a receipt identifies its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptKey {
    /// By the attempt that the token in the webhook's URL names.
    Attempt(AttemptId),
    /// By the stored hash of that token, of attempts that began before tokens were sealed.
    Token(TokenHash),
    /// By the provider's id of the message.
    ProviderMessageId {
        account: ProviderAccount,
        id: String,
    },
}

/// Access to messages by receipt, and to stored events.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReceiptRepository: Send + Sync {
    /// The message and the attempt to which a receipt refers.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_attempt(
        &self,
        key: &ReceiptKey,
    ) -> Result<Option<(Message, Attempt)>, Unavailable>;

    /// Stores an event that belongs to no known message. A known event MUST stay unchanged.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn keep_unmatched(&self, event: ProviderEvent) -> Result<(), Unavailable>;

    /// Stores an event as [`ReceiptRepository::keep_unmatched`] does, even one that belongs to a
    /// message, and notes those of its recipients' numbers that no organization owns yet.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn keep_for_numbers(
        &self,
        event: ProviderEvent,
        numbers: Vec<PhoneNumber>,
    ) -> Result<(), Unavailable>;

    /// Up to `limit` events that were kept for a number which an organization now owns, in the
    /// order of receipt.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_awaited(&self, limit: usize) -> Result<Vec<AwaitedEvent>, Unavailable>;

    /// Removes the note that an event was kept for a number. The event MUST stay.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn settle_awaited(&self, awaited: &AwaitedEvent) -> Result<(), Unavailable>;

    /// Up to `limit` events that belong to no message, in the order of receipt; those after
    /// `after`, if given.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_unmatched(
        &self,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<ProviderEvent>, Unavailable>;
}

/// An event that is kept until an organization owns a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedEvent {
    pub event: ProviderEvent,
    pub number: PhoneNumber,
}

/// The position of an event in the order of receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPlace {
    /// When the event was received.
    pub received_at: DateTime<Utc>,
    pub account: ProviderAccount,
    pub event_id: String,
}

impl From<&ProviderEvent> for EventPlace {
    fn from(event: &ProviderEvent) -> Self {
        Self {
            received_at: event.received_at,
            account: event.account.clone(),
            event_id: event.event_id.clone(),
        }
    }
}
