//! The provider's webhooks: verify, parse, record. Must not know HTTP.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::carrier::{AttemptToken, InboundSms, Notice, NoticeContent};
use sms_domain::ports::{
    AttemptTokens, Clock, ReceiptKey, Unavailable, WebhookReader, WebhookRejected, WebhookRequest,
};

use crate::inbound::receive_inbound::{ReceiveInbound, Received};
use crate::inbound::record_evidence::{RecordEvidence, Recorded};

/// Takes the provider's webhooks.
#[async_trait]
pub trait WebhookService: Send + Sync {
    /// Verifies one webhook and records what it says. `token` is the attempt's secret from the URL. An
    /// event that belongs to nothing we know MUST be kept and answered with success.
    ///
    /// # Errors
    /// [`WebhookError`].
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<WebhookOutcome, WebhookError>;
}

/// Processes webhook requests.
#[derive(Clone)]
pub struct ReceiveWebhook {
    reader: Arc<dyn WebhookReader>,
    tokens: Arc<dyn AttemptTokens>,
    evidence: RecordEvidence,
    inbound: ReceiveInbound,
    clock: Arc<dyn Clock>,
}

/// The result of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Its effect is committed, by this request or an earlier one.
    Recorded,
    /// The event is stored for later.
    Kept,
}

/// Why a webhook was not processed; the provider sends it again.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The request was not signed by the provider.
    #[error(transparent)]
    Rejected(#[from] WebhookRejected),
    /// The message kept changing.
    #[error("the message kept changing while the event was recorded")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

#[async_trait]
impl WebhookService for ReceiveWebhook {
    async fn receive(
        &self,
        token: Option<&str>,
        request: WebhookRequest<'_>,
    ) -> Result<WebhookOutcome, WebhookError> {
        let notice = self.reader.read(request, self.clock.now())?;
        match &notice.content {
            NoticeContent::Evidence(evidence) => {
                let addressed = token.and_then(|secret| self.addressed(secret));
                match self.evidence.record(addressed, &notice, evidence).await? {
                    Recorded::Merged | Recorded::Known => Ok(WebhookOutcome::Recorded),
                    Recorded::Unmatched => Ok(kept("unknown_message")),
                    Recorded::Contended => Err(WebhookError::Contended),
                }
            }
            NoticeContent::Inbound(sms) => self.take(sms, &notice).await,
            NoticeContent::Other => self.keep(&notice, "unknown_kind").await,
            NoticeContent::Unreadable => self.keep(&notice, "unreadable").await,
        }
    }
}

impl ReceiveWebhook {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        reader: Arc<dyn WebhookReader>,
        tokens: Arc<dyn AttemptTokens>,
        evidence: RecordEvidence,
        inbound: ReceiveInbound,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            reader,
            tokens,
            evidence,
            inbound,
            clock,
        }
    }

    /// The attempt that a URL's token names; `None` if it is no token of ours.
    fn addressed(&self, secret: &str) -> Option<ReceiptKey> {
        let token = AttemptToken::new(secret.to_owned());
        let sealed = self.tokens.open(&token).map(ReceiptKey::Attempt);
        sealed.or_else(|| token.listed().map(ReceiptKey::Token))
    }

    async fn take(
        &self,
        sms: &InboundSms,
        notice: &Notice,
    ) -> Result<WebhookOutcome, WebhookError> {
        let arrived = self.inbound.receive(sms, notice).await?;
        if arrived.received == Received::Contended {
            return Err(WebhookError::Contended);
        }
        let is_recorded = arrived.received == Received::Recorded;
        if !arrived.nobodys.is_empty() {
            let event = notice.event.clone();
            self.evidence.keep_for(event, arrived.nobodys).await?;
        } else if !is_recorded {
            return self.keep(notice, "not_believed").await;
        }
        Ok(if is_recorded {
            WebhookOutcome::Recorded
        } else {
            kept("unknown_number")
        })
    }

    async fn keep(
        &self,
        notice: &Notice,
        why: &'static str,
    ) -> Result<WebhookOutcome, WebhookError> {
        self.evidence.keep(notice.event.clone()).await?;
        Ok(kept(why))
    }
}

/// Counts events that are stored without effect, by reason.
fn kept(why: &'static str) -> WebhookOutcome {
    metrics::counter!("sms_webhooks_kept_total", "reason" => why).increment(1);
    WebhookOutcome::Kept
}
