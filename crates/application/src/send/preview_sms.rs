//! Preview of a message: the same facts and the same decision as sending, without writing.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_domain::case::wording::Wording;
use sms_domain::content::Segmentation;
use sms_domain::decision::{Decided, decide};
use sms_domain::lifecycle::resubmission;
use sms_domain::message::Submission;
use sms_domain::ports::{Clock, FactsRepository, FactsRequest};

use crate::media::OutgoingMedia;
use crate::send::command::SendCommand;
use crate::send::error::SendError;
use crate::send::submission::{check_references, smart_encoding, submission};

/// Says what would become of a message.
#[async_trait]
pub trait PreviewService: Send + Sync {
    /// Decides about the command at an instant, by default now. MUST write nothing.
    ///
    /// # Errors
    /// [`SendError`], as sending would return it.
    async fn preview(
        &self,
        command: &SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Previewed, SendError>;
}

/// Previews messages.
#[derive(Clone)]
pub struct PreviewSms {
    facts: Arc<dyn FactsRepository>,
    clock: Arc<dyn Clock>,
    media: OutgoingMedia,
}

/// The result of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// The instant of the decision.
    pub at: DateTime<Utc>,
    /// The decision with its complete trace.
    pub decided: Decided,
    /// The size of the text that would be sent.
    pub segmentation: Segmentation,
}

impl PreviewSms {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        facts: Arc<dyn FactsRepository>,
        clock: Arc<dyn Clock>,
        media: OutgoingMedia,
    ) -> Self {
        Self {
            facts,
            clock,
            media,
        }
    }
}

#[async_trait]
impl PreviewService for PreviewSms {
    async fn preview(
        &self,
        command: &SendCommand,
        at: Option<DateTime<Utc>>,
    ) -> Result<Previewed, SendError> {
        let at = at.unwrap_or_else(|| self.clock.now());
        let request = FactsRequest {
            organization_id: command.sender.organization_id,
            conversation_id: command.conversation_id,
            message_id: command.sms_event_id,
            idempotency_key: None,
            must_be_fresh: false,
            now: at,
        };
        let organization_id = command.sender.organization_id;
        let media = self.media.to_preview(organization_id, &command.media_urls);
        let media = media.await?;
        let facts = self.facts.load(vec![request]).await?.into_iter().next();
        let facts = facts.ok_or(SendError::Contended)?;
        let context = facts
            .context
            .ok_or_else(|| SendError::unknown("conversationId", "conversation"))?;
        check_references(command, &context)?;
        let body = command
            .check(smart_encoding(&context), at)
            .map_err(SendError::Invalid)?;
        let submission: Submission = submission(command, &body, media, &context, at);
        let submission = resubmission::with_own_text(submission, facts.message.as_ref(), &context);
        let context = match (command.sms_event_id, facts.message) {
            (Some(_), None) => return Err(SendError::unknown("smsEventId", "message")),
            (_, Some(message)) => {
                resubmission::check(&message, &submission)?;
                message.left_out_of(context)
            }
            (None, None) => context,
        };
        let decided = decide(&submission, &context, at);
        let wording = Wording::of(&submission, &decided.features, &context);
        let completed = wording.changed(&submission, &context);
        let segmentation = completed.map_or_else(
            || body.segmentation(),
            |text| Segmentation::of(text.as_str()),
        );
        Ok(Previewed {
            at,
            decided,
            segmentation,
        })
    }
}
