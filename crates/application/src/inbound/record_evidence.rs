//! Receipts: the raw event and its effect are committed together, or the event is kept until its
//! message is known.

use std::sync::Arc;

use sms_domain::change::{FactSource, MessageChange, ProviderEvent};
use sms_domain::ids::LedgerEntryId;
use sms_domain::message::Evidence;
use sms_domain::ports::{
    Clock, CommitError, IdGenerator, MessageRepository, ReceiptKey, ReceiptRepository, Unavailable,
};

use crate::dispatch::ProviderFailures;

/// How often a receipt loads the rows again after others changed them. Receipts of one message
/// arrive together, and none may be lost.
const TRIES: usize = 16;

/// Takes evidence from webhooks.
#[derive(Clone)]
pub struct RecordEvidence {
    receipts: Arc<dyn ReceiptRepository>,
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    failures: ProviderFailures,
}

/// What became of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// Merged into its message.
    Merged,
    /// Known already.
    Known,
    /// Kept: its message is not known.
    Unmatched,
    /// Others kept changing the message: the provider shall send it again.
    Contended,
}

impl RecordEvidence {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        receipts: Arc<dyn ReceiptRepository>,
        messages: Arc<dyn MessageRepository>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
        failures: ProviderFailures,
    ) -> Self {
        Self {
            receipts,
            messages,
            clock,
            ids,
            failures,
        }
    }

    /// Merges evidence into the message that one of `keys` finds; the first that does counts.
    ///
    /// # Errors
    /// [`Unavailable`]: the provider shall send the event again.
    pub async fn record(
        &self,
        keys: &[ReceiptKey],
        event: ProviderEvent,
        evidence: &Evidence,
    ) -> Result<Recorded, Unavailable> {
        for tried in 0..TRIES {
            let Some((message, attempt)) = self.find(keys).await? else {
                self.receipts.keep_unmatched(event).await?;
                return Ok(Recorded::Unmatched);
            };
            if tried == 0 {
                let failures = &self.failures;
                failures
                    .after_evidence(&message, attempt.number, evidence)
                    .await?;
            }
            let matched = (message.organization_id, message.id);
            let ledger_id = LedgerEntryId::new(self.ids.uuid());
            let (source, now) = (FactSource::Provider, self.clock.now());
            let mut change =
                MessageChange::with_evidence(message, attempt, evidence, source, ledger_id, now);
            change.provider_event = Some(ProviderEvent {
                matched: Some(matched),
                ..event.clone()
            });
            match self.messages.commit(vec![change]).await?.into_iter().next() {
                Some(Ok(_)) => return Ok(Recorded::Merged),
                Some(Err(CommitError::Duplicate)) => return Ok(Recorded::Known),
                Some(Err(_)) | None => {}
            }
        }
        Ok(Recorded::Contended)
    }

    async fn find(
        &self,
        keys: &[ReceiptKey],
    ) -> Result<Option<(sms_domain::message::Message, sms_domain::message::Attempt)>, Unavailable>
    {
        for key in keys {
            let found = self.receipts.find_attempt(key).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Keeps an event that is not about a message of ours.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keep(&self, event: ProviderEvent) -> Result<(), Unavailable> {
        self.receipts.keep_unmatched(event).await
    }
}
