//! Stored events that had no known message on arrival: parsed again, and matched if the message or the
//! number is known by now. An operator runs it.

use std::sync::Arc;

use sms_domain::carrier::{NoticeContent, ProviderEvent};
use sms_domain::ports::{EventPlace, ReceiptRepository, Unavailable, WebhookReader};

use crate::inbound::receive_inbound::{ReceiveInbound, Received};
use crate::inbound::record_evidence::{RecordEvidence, Recorded};

/// Events per page.
const PAGE: usize = 100;

/// Matches stored events again.
#[derive(Clone)]
pub struct ReplayEvents {
    receipts: Arc<dyn ReceiptRepository>,
    reader: Arc<dyn WebhookReader>,
    evidence: RecordEvidence,
    inbound: ReceiveInbound,
}

/// The result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Events that were merged into a message or recorded as a received text.
    pub matched: usize,
    /// Events that still have no message.
    pub unmatched: usize,
}

impl ReplayEvents {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        receipts: Arc<dyn ReceiptRepository>,
        reader: Arc<dyn WebhookReader>,
        evidence: RecordEvidence,
        inbound: ReceiveInbound,
    ) -> Self {
        Self {
            receipts,
            reader,
            evidence,
            inbound,
        }
    }

    /// Processes every unmatched event once, in the order of receipt.
    ///
    /// # Errors
    /// [`Unavailable`]; matched events stay matched, so the run may be repeated.
    pub async fn replay(&self) -> Result<Replayed, Unavailable> {
        let (mut replayed, mut after) = (Replayed::default(), None);
        loop {
            let events = self.receipts.list_unmatched(after.clone(), PAGE).await?;
            let Some(last) = events.last() else {
                return Ok(replayed);
            };
            after = Some(EventPlace::from(last));
            for event in events {
                if self.replay_one(event).await? {
                    replayed.matched += 1;
                } else {
                    replayed.unmatched += 1;
                }
            }
        }
    }

    async fn replay_one(&self, event: ProviderEvent) -> Result<bool, Unavailable> {
        let notice = self.reader.read_again(event);
        match &notice.content {
            NoticeContent::Evidence(evidence) => {
                let recorded = self.evidence.record(None, &notice, evidence).await?;
                Ok(matches!(recorded, Recorded::Merged | Recorded::Known))
            }
            NoticeContent::Inbound(sms) => {
                let arrived = self.inbound.receive(sms, &notice).await?;
                if !arrived.nobodys.is_empty() {
                    let event = notice.event.clone();
                    self.evidence.keep_for(event, arrived.nobodys).await?;
                }
                Ok(arrived.received == Received::Recorded)
            }
            NoticeContent::Other | NoticeContent::Unreadable => Ok(false),
        }
    }
}
