//! Look-ups of messages without a receipt. A look-up can only add evidence: an empty answer proves
//! nothing, and the message is looked up again later, for as long as the provider keeps it.

use sms_domain::carrier::Evidence;
use sms_domain::lifecycle::retry::{is_first_reconciliation, next_reconciliation};
use sms_domain::lifecycle::{HistorySource, MessageChange};
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::Unavailable;

use crate::dispatch::steps::DispatchSteps;

impl DispatchSteps {
    pub(crate) async fn reconcile(
        &self,
        message: Message,
        attempt: Attempt,
    ) -> Result<(), Unavailable> {
        self.count_missing(&message);
        match self.ask(&attempt).await {
            Some(evidence) if attempt.evidence.is_outranked_by(&evidence) => {
                let source = HistorySource::Reconciliation;
                metrics::counter!("sms_reconciled_total").increment(1);
                self.commit_evidence(message, attempt, &evidence, source)
                    .await
            }
            Some(_) | None => self.ask_later(message).await,
        }
    }

    /// Counts a message without a receipt on its first look-up.
    fn count_missing(&self, message: &Message) {
        let (sent_at, now) = (message.timeline.sent_at, self.ports.clock.now());
        if sent_at.is_some_and(|sent_at| is_first_reconciliation(sent_at, now)) {
            metrics::counter!("sms_receipts_missing_total").increment(1);
        }
    }

    async fn ask(&self, attempt: &Attempt) -> Option<Evidence> {
        let provider_message_id = attempt.evidence.provider_message_id()?;
        let answer = self
            .ports
            .gateway
            .look_up(&attempt.account, provider_message_id)
            .await;
        answer.unwrap_or_else(|error| {
            tracing::warn!(%error, account = %attempt.account, "the provider did not answer a look-up");
            None
        })
    }

    async fn ask_later(&self, message: Message) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let since = message
            .timeline
            .sent_at
            .unwrap_or(message.timeline.modified_at);
        let change = match next_reconciliation(since, now) {
            Some(at) => MessageChange::postponed(message, at, now),
            None => MessageChange::no_longer_due(message, now),
        };
        self.commit_one(change).await
    }
}
