//! Receipts: the raw event and its effect are committed together, or the event is stored until its message
//! is known.

use std::sync::Arc;

use sms_domain::carrier::{Evidence, Notice, ProviderEvent};
use sms_domain::lifecycle::{HistorySource, MessageChange};
use sms_domain::message::{Attempt, Message};
use sms_domain::ports::{
    Clock, CommitError, IdGenerator, MessageRepository, ReceiptKey, ReceiptRepository, Unavailable,
};
use sms_domain::values::ids::LedgerEntryId;
use sms_domain::values::phone::PhoneNumber;

use crate::dispatch::ProviderFailures;

/// Most tries for one receipt after lost races. Receipts of one message arrive together, and none may be
/// lost.
const TRIES: usize = 16;

/// Records evidence from webhooks.
#[derive(Clone)]
pub struct RecordEvidence {
    receipts: Arc<dyn ReceiptRepository>,
    messages: Arc<dyn MessageRepository>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    failures: ProviderFailures,
}

/// The result of recording a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The evidence is merged into its message.
    Merged,
    /// The event was recorded before.
    Known,
    /// The event is stored: its message is not known.
    Unmatched,
    /// The message kept changing: the provider must send the event again.
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

    /// Merges evidence into its message. `addressed` is the attempt that the URL named which received the
    /// notice.
    ///
    /// # Errors
    /// [`Unavailable`]: the provider must send the event again.
    pub async fn record(
        &self,
        addressed: Option<ReceiptKey>,
        notice: &Notice,
        evidence: &Evidence,
    ) -> Result<Recorded, Unavailable> {
        let event = &notice.event;
        for tried in 0..TRIES {
            let Some((message, attempt)) = self.find(addressed.as_ref(), notice).await? else {
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

    /// Finds the attempt of a notice. A signature vouches only for attempts of the accounts that can have made
    /// it. The provider's id is signed and the URL is not, so the id must agree with the URL's attempt.
    async fn find(
        &self,
        addressed: Option<&ReceiptKey>,
        notice: &Notice,
    ) -> Result<Option<(Message, Attempt)>, Unavailable> {
        let addressed = match addressed {
            Some(key) => self.receipts.find_attempt(key).await?,
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
            // The answer with the id was lost, or is being recorded concurrently.
            None => {
                let named = self.find_by_id(notice).await?;
                named.is_none_or(|(_, other)| other.id() == attempt.id())
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

    /// Stores an event that concerns no message of ours.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keep(&self, event: ProviderEvent) -> Result<(), Unavailable> {
        self.receipts.keep_unmatched(event).await
    }

    /// Stores an event until one of the numbers it was sent to is assigned to an organization.
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
