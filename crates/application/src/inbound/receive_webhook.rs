//! The provider's webhooks: verify, read, record. Must not know HTTP.

use std::sync::Arc;

use sms_domain::change::ProviderEvent;
use sms_domain::message::AttemptToken;
use sms_domain::ports::{
    Clock, Notice, NoticeContent, ReceiptKey, Unavailable, WebhookReader, WebhookRejected,
    WebhookRequest,
};

use crate::inbound::receive_inbound::{ReceiveInbound, Received};
use crate::inbound::record_evidence::{RecordEvidence, Recorded};

/// Takes webhook requests.
#[derive(Clone)]
pub struct ReceiveWebhook {
    reader: Arc<dyn WebhookReader>,
    evidence: RecordEvidence,
    inbound: ReceiveInbound,
    clock: Arc<dyn Clock>,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Its effect is committed, now or before.
    Recorded,
    /// It is kept for later.
    Kept,
}

/// Why a webhook was not taken; the provider sends it again.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Not the provider's, or not an event.
    #[error(transparent)]
    Rejected(#[from] WebhookRejected),
    /// Others kept changing the message.
    #[error("the event kept losing races")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl ReceiveWebhook {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        reader: Arc<dyn WebhookReader>,
        evidence: RecordEvidence,
        inbound: ReceiveInbound,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            reader,
            evidence,
            inbound,
            clock,
        }
    }

    /// Takes one webhook. `token` is the attempt's secret from the URL.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<WebhookOutcome, WebhookError> {
        let notice = self.reader.read(request, self.clock.now())?;
        let keys = receipt_keys(token, &notice);
        let Notice { event, content } = notice;
        match content {
            NoticeContent::Evidence(evidence) => {
                match self.evidence.record(&keys, event, &evidence).await? {
                    Recorded::Merged | Recorded::Known => Ok(WebhookOutcome::Recorded),
                    Recorded::Unmatched => Ok(WebhookOutcome::Kept),
                    Recorded::Contended => Err(WebhookError::Contended),
                }
            }
            NoticeContent::Inbound(sms) => match self.inbound.receive(&sms, &event).await? {
                Received::Recorded => Ok(WebhookOutcome::Recorded),
                Received::UnknownNumber => self.keep(event).await,
                Received::Contended => Err(WebhookError::Contended),
            },
            NoticeContent::Other => self.keep(event).await,
        }
    }

    async fn keep(&self, event: ProviderEvent) -> Result<WebhookOutcome, WebhookError> {
        self.evidence.keep(event).await?;
        Ok(WebhookOutcome::Kept)
    }
}

fn receipt_keys(token: Option<&str>, notice: &Notice) -> Vec<ReceiptKey> {
    let by_token =
        token.map(|secret| ReceiptKey::Token(AttemptToken::new(secret.to_owned()).hash()));
    let by_id =
        (notice.event.provider_message_id.clone()).map(|id| ReceiptKey::ProviderMessageId {
            account: notice.event.account.clone(),
            id,
        });
    by_token.into_iter().chain(by_id).collect()
}
