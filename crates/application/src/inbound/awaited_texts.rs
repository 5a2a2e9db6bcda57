//! Texts that arrived before their number was assigned to an organization: they are processed once it is.
//! Must not know how numbers are assigned.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::NoticeContent;
use sms_domain::ports::{
    AwaitedEvent, Clock, ReceiptRepository, Seed, SeedError, SeedFault, SeedRepository,
    Unavailable, WebhookReader,
};
use sms_domain::values::Actor;
use tokio::sync::watch;

use crate::inbound::{ReceiveInbound, Received};
use crate::maintenance::{Job, Rounds};

/// A seed takes the texts of its numbers at once. The job covers a process that died before it did.
const JOB: Job = Job {
    name: "awaited_texts",
    every: TimeDelta::seconds(5),
};

/// Events per page.
const PAGE: usize = 100;

/// Processes texts that were stored for a number.
#[derive(Clone)]
pub struct AwaitedTexts {
    receipts: Arc<dyn ReceiptRepository>,
    reader: Arc<dyn WebhookReader>,
    inbound: ReceiveInbound,
    clock: Arc<dyn Clock>,
}

impl AwaitedTexts {
    /// The use case over its ports.
    #[must_use]
    pub fn new(
        receipts: Arc<dyn ReceiptRepository>,
        reader: Arc<dyn WebhookReader>,
        inbound: ReceiveInbound,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            receipts,
            reader,
            inbound,
            clock,
        }
    }

    /// Processes stored texts at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let mut rounds = Rounds::new(JOB, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.take()).await;
        }
    }

    /// Processes every text whose number is assigned by now, in the order of receipt, and returns how many.
    /// Each counts once, as of the instant at which the person sent it.
    ///
    /// # Errors
    /// [`Unavailable`]; processed texts stay processed, so the call may be repeated.
    pub async fn take(&self) -> Result<usize, Unavailable> {
        let mut taken = 0;
        loop {
            let awaited = self.receipts.list_awaited(PAGE).await?;
            let count = awaited.len();
            for one in awaited {
                if !self.take_one(one).await? {
                    return Ok(taken);
                }
                taken += 1;
            }
            if count < PAGE {
                return Ok(taken);
            }
        }
    }

    /// `false` = the rows kept changing: the text is left for the next round.
    async fn take_one(&self, awaited: AwaitedEvent) -> Result<bool, Unavailable> {
        let notice = self.reader.read_again(awaited.event.clone());
        if let NoticeContent::Inbound(sms) = &notice.content {
            let receive = self.inbound.receive_for(&awaited.number, sms, &notice);
            if receive.await? == Received::Contended {
                return Ok(false);
            }
        }
        self.receipts.settle_awaited(&awaited).await?;
        Ok(true)
    }
}

/// Applies a seed, then processes the texts that were stored for its numbers: a person who said STOP to a
/// number before it was assigned gets no message from it.
pub struct SeedWithTexts {
    seeds: Arc<dyn SeedRepository>,
    texts: AwaitedTexts,
}

impl SeedWithTexts {
    /// Wraps a repository.
    #[must_use]
    pub fn new(seeds: Arc<dyn SeedRepository>, texts: AwaitedTexts) -> Self {
        Self { seeds, texts }
    }
}

#[async_trait]
impl SeedRepository for SeedWithTexts {
    async fn apply(
        &self,
        seed: &Seed,
        at: DateTime<Utc>,
        by: &Actor,
    ) -> Result<Vec<SeedFault>, SeedError> {
        let warnings = self.seeds.apply(seed, at, by).await?;
        self.texts.take().await?;
        Ok(warnings)
    }
}
