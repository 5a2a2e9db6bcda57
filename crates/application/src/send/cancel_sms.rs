//! Cancellation of a message that has not left yet.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::lifecycle::MessageChange;
use sms_domain::message::{Message, State, Status};
use sms_domain::ports::{Clock, MessageRepository, Unavailable};
use sms_domain::values::ids::{MessageId, OrganizationId};

use crate::TRIES;

/// Withdraws messages.
#[async_trait]
pub trait CancelService: Send + Sync {
    /// Cancels the message. A message that was canceled before is returned unchanged. Another
    /// organization's message MUST be answered like one that does not exist.
    ///
    /// # Errors
    /// [`CancelError`].
    async fn cancel(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError>;
}

/// Cancels messages.
#[derive(Clone)]
pub struct CancelSms {
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
}

/// Why a message was not canceled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// The organization has no such message.
    #[error("the organization has no such message")]
    Unknown,
    /// The message may have left, or it has ended.
    #[error("a message that is {0} cannot be canceled")]
    TooLate(Status),
    /// The message kept changing.
    #[error("the message kept changing while the request was processed")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl CancelSms {
    /// The use case over its ports.
    #[must_use]
    pub fn new(messages: Arc<dyn MessageRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { messages, clock }
    }
}

#[async_trait]
impl CancelService for CancelSms {
    async fn cancel(
        &self,
        organization_id: OrganizationId,
        id: MessageId,
    ) -> Result<Message, CancelError> {
        for _ in 0..TRIES {
            let found = self.messages.find(organization_id, id).await?;
            let message = found.ok_or(CancelError::Unknown)?;
            if matches!(message.state, State::Canceled(_)) {
                return Ok(message);
            }
            let change = MessageChange::canceled(message, self.clock.now())
                .map_err(|refused| CancelError::TooLate(refused.status))?;
            let results = self.messages.commit(vec![change]).await?;
            if let Some(Ok(message)) = results.into_iter().next() {
                return Ok(message);
            }
        }
        Err(CancelError::Contended)
    }
}
