//! Finding what a receipt is about, and keeping what cannot be matched yet.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Unavailable;
use crate::carrier::{ProviderEvent, TokenHash};
use crate::message::{Attempt, Message};
use crate::values::ProviderAccount;
use crate::values::phone::PhoneNumber;

/// How a receipt names its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptKey {
    /// By the attempt's secret in the webhook's URL.
    Token(TokenHash),
    /// By the provider's id.
    ProviderMessageId {
        /// Whose account.
        account: ProviderAccount,
        /// The id.
        id: String,
    },
}

/// Where receipts find their messages.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReceiptRepository: Send + Sync {
    /// The message and the attempt that a receipt is about.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_attempt(
        &self,
        key: &ReceiptKey,
    ) -> Result<Option<(Message, Attempt)>, Unavailable>;

    /// Keeps an event that belongs to no known message. A known event MUST be left as it is.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn keep_unmatched(&self, event: ProviderEvent) -> Result<(), Unavailable>;

    /// Keeps an event as [`ReceiptRepository::keep_unmatched`] does, also one that belongs to a
    /// message, and notes the numbers that it was sent to and that nobody has yet.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn keep_for_numbers(
        &self,
        event: ProviderEvent,
        numbers: Vec<PhoneNumber>,
    ) -> Result<(), Unavailable>;

    /// Up to `limit` events that were kept for a number which somebody has by now, in the order in
    /// which they were received.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_awaited(&self, limit: usize) -> Result<Vec<AwaitedEvent>, Unavailable>;

    /// Forgets that an event was kept for a number. The event MUST stay.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn settle_awaited(&self, awaited: &AwaitedEvent) -> Result<(), Unavailable>;

    /// Up to `limit` events that belong to no message, in the order in which they were received;
    /// those after `after`, if it is given.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_unmatched(
        &self,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<ProviderEvent>, Unavailable>;
}

/// An event that was kept until somebody has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedEvent {
    /// The event.
    pub event: ProviderEvent,
    /// The number.
    pub number: PhoneNumber,
}

/// An event's place in the order in which events were received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPlace {
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Whose account.
    pub account: ProviderAccount,
    /// Its id.
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
