//! Texts that came before anybody had the number they were sent to: they count from the moment at which
//! somebody has it. Must not know how a number is put in place.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::{
    AwaitedEvent, Clock, NoticeContent, ReceiptRepository, Seed, SeedError, SeedFault,
    SeedRepository, Unavailable, WebhookReader,
};
use tokio::sync::watch;

use crate::inbound::{ReceiveInbound, Received};
use crate::maintenance::{Job, Rounds};

/// Whoever puts a number in place takes its texts at once; this is for one who died in between.
const JOB: Job = Job {
    name: "awaited_texts",
    every: TimeDelta::seconds(5),
};

/// Events that are loaded at once.
const PAGE: usize = 100;

/// Takes texts that were kept for a number.
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

    /// Takes the texts again and again until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let mut rounds = Rounds::new(JOB, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.take()).await;
        }
    }

    /// Takes every text whose number somebody has by now, in the order in which they were received;
    /// answers how many. Each counts as of the instant at which the person sent it, and once.
    ///
    /// # Errors
    /// [`Unavailable`]; what was taken stays taken, so that it may be repeated.
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

    /// `false` = others kept changing the same rows: it is left for the next time.
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

/// Seeds, and then takes what was kept for the numbers that are in place by now: a person who said
/// STOP to a number before it was there gets no message from it.
pub struct SeedWithTexts {
    seeds: Arc<dyn SeedRepository>,
    texts: AwaitedTexts,
}

impl SeedWithTexts {
    /// The repository over another.
    #[must_use]
    pub fn new(seeds: Arc<dyn SeedRepository>, texts: AwaitedTexts) -> Self {
        Self { seeds, texts }
    }
}

#[async_trait]
impl SeedRepository for SeedWithTexts {
    async fn apply(&self, seed: &Seed, at: DateTime<Utc>) -> Result<Vec<SeedFault>, SeedError> {
        let warnings = self.seeds.apply(seed, at).await?;
        self.texts.take().await?;
        Ok(warnings)
    }
}
