//! Withdrawing a message that did not leave yet.

use std::sync::Arc;

use sms_domain::change::MessageChange;
use sms_domain::ids::{MessageId, OrganizationId};
use sms_domain::message::{Message, State, Status};
use sms_domain::ports::{Clock, MessageRepository, Unavailable};

use crate::TRIES;

/// Takes requests to cancel.
#[derive(Clone)]
pub struct CancelSms {
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
}

/// Why nothing was canceled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// The organization has no such message.
    #[error("the organization has no such message")]
    Unknown,
    /// It may have left, or it ended otherwise.
    #[error("a message that is {0} cannot be canceled")]
    TooLate(Status),
    /// Others kept changing it.
    #[error("the request kept losing races")]
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

    /// Withdraws the message. One that was canceled before is answered unchanged.
    ///
    /// # Errors
    /// [`CancelError`].
    pub async fn cancel(
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
