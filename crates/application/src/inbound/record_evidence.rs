//! Receipts: the raw event and its effect are committed together, or the event is kept until its
//! message is known.

use std::sync::Arc;

use sms_domain::change::{HistorySource, MessageChange, ProviderEvent};
use sms_domain::ids::LedgerEntryId;
use sms_domain::message::{Attempt, Evidence, Message, TokenHash};
use sms_domain::phone::PhoneNumber;
use sms_domain::ports::{
    Clock, CommitError, IdGenerator, MessageRepository, Notice, ReceiptKey, ReceiptRepository,
    Unavailable,
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

    /// Merges evidence into the message that it is about. `token` is the attempt's secret in the URL
    /// that the notice came to.
    ///
    /// # Errors
    /// [`Unavailable`]: the provider shall send the event again.
    pub async fn record(
        &self,
        token: Option<TokenHash>,
        notice: &Notice,
        evidence: &Evidence,
    ) -> Result<Recorded, Unavailable> {
        let event = &notice.event;
        for tried in 0..TRIES {
            let Some((message, attempt)) = self.find(token, notice).await? else {
                self.receipts.keep_unmatched(event.clone()).await?;
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
            let (source, now) = (HistorySource::Provider, self.clock.now());
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

    /// The attempt that a notice is about. A signature says what its account knows, and nothing about
    /// another account's attempts; an address says less than the provider's id, which is signed.
    async fn find(
        &self,
        token: Option<TokenHash>,
        notice: &Notice,
    ) -> Result<Option<(Message, Attempt)>, Unavailable> {
        let addressed = match token {
            Some(token) => {
                self.receipts
                    .find_attempt(&ReceiptKey::Token(token))
                    .await?
            }
            None => None,
        };
        let Some((message, attempt)) = addressed else {
            return self.find_by_id(notice).await;
        };
        if !notice.signers.contains(&attempt.account) {
            return Ok(None);
        }
        let named = notice.event.provider_message_id.as_deref();
        let fits = match attempt.evidence.provider_message_id() {
            Some(known) => named == Some(known),
            // The answer that would tell the id was lost, or is recorded this very moment.
            None => {
                let named = self.find_by_id(notice).await?;
                named.is_none_or(|(_, other)| other.token_hash == attempt.token_hash)
            }
        };
        Ok(fits.then_some((message, attempt)))
    }

    async fn find_by_id(&self, notice: &Notice) -> Result<Option<(Message, Attempt)>, Unavailable> {
        let Some(id) = &notice.event.provider_message_id else {
            return Ok(None);
        };
        for account in &notice.signers {
            let key = ReceiptKey::ProviderMessageId {
                account: account.clone(),
                id: id.clone(),
            };
            let found = self.receipts.find_attempt(&key).await?;
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

    /// Keeps an event until somebody has one of the numbers that it was sent to.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keep_for(
        &self,
        event: ProviderEvent,
        numbers: Vec<PhoneNumber>,
    ) -> Result<(), Unavailable> {
        self.receipts.keep_for_numbers(event, numbers).await
    }
}
