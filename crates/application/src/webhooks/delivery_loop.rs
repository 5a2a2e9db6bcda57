//! The loop that claims due deliveries and makes their calls, each on its own, until it is stopped. Must not
//! decide anything.
//!
//! A delivery is leased when it is claimed. A crash therefore loses nothing: what was not recorded becomes
//! due again when its lease ends, and the receiver may get an event twice.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::{Unavailable, WebhookClaim};
use sms_domain::webhooks::Delivery;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::deliver::WebhookPorts;
use super::under_way::UnderWay;
use crate::maintenance::told_to_stop;

/// Limits of the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookLoopSettings {
    /// Most calls under way.
    pub in_flight: usize,
    /// Most deliveries per claim.
    pub batch: usize,
    /// How long a claimed delivery is left alone: longer than any call takes, with its record.
    pub lease: TimeDelta,
    /// Longest time between two polls, for events that other processes store.
    pub poll: TimeDelta,
}

impl Default for WebhookLoopSettings {
    fn default() -> Self {
        Self {
            in_flight: 256,
            batch: 100,
            lease: TimeDelta::seconds(60),
            poll: TimeDelta::seconds(1),
        }
    }
}

/// The share of the slots that one endpoint may take: one in four.
const SHARE: usize = 4;

/// Most calls under way for an endpoint whose last call failed.
const FAILING_SHARE: usize = 4;

/// The pause after a claim that found nothing although something is due: another worker has it, or its
/// endpoint has its share.
const CROWDED: TimeDelta = TimeDelta::milliseconds(200);

/// At shutdown, how long the loop waits for calls under way. A call ends sooner by its own limits.
const ENDS_WITHIN: TimeDelta = TimeDelta::seconds(24);

/// The loop of one process.
#[derive(Clone)]
pub struct WebhookLoop {
    ports: WebhookPorts,
    settings: WebhookLoopSettings,
}

impl WebhookLoop {
    /// A loop over its ports.
    #[must_use]
    pub const fn new(ports: WebhookPorts, settings: WebhookLoopSettings) -> Self {
        Self { ports, settings }
    }

    /// Runs until `stop` becomes true. Then it claims nothing more and waits for the calls under way, 24
    /// seconds at most; those that are cut off become due again.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let slots = Arc::new(Semaphore::new(self.settings.in_flight.max(1)));
        let under_way = Arc::new(UnderWay::default());
        let mut calls = JoinSet::new();
        while !*stop.borrow() {
            let free = tokio::select! {
                biased;
                () = told_to_stop(&mut stop) => break,
                free = self.free_slots(&slots) => free,
            };
            match self.claim(free.len(), &under_way).await {
                Ok(due) if due.is_empty() => {
                    drop(free);
                    self.rest(&under_way, &mut stop).await;
                }
                Ok(due) => {
                    for (delivery, slot) in due.into_iter().zip(free) {
                        self.start(&mut calls, &under_way, delivery, slot);
                    }
                }
                Err(error) => {
                    drop(free);
                    tracing::error!(%error, "webhooks cannot reach the store");
                    self.wait_until(self.after(self.settings.poll), &mut stop)
                        .await;
                }
            }
            while calls.try_join_next().is_some() {}
        }
        self.drain(calls).await;
    }

    /// Makes the calls that are due now, one batch, and returns how many; for tests and commands.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn run_once(&self) -> Result<usize, Unavailable> {
        let under_way = UnderWay::default();
        let due = self.claim(self.settings.batch, &under_way).await?;
        let mut calls = JoinSet::new();
        let count = due.len();
        for delivery in due {
            let ports = self.ports.clone();
            calls.spawn(async move { ports.deliver(&delivery).await });
        }
        calls.join_all().await;
        Ok(count)
    }

    /// Waits for a free slot, and takes more if there are more.
    async fn free_slots(&self, slots: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
        let mut free = Vec::new();
        if let Ok(first) = Arc::clone(slots).acquire_owned().await {
            free.push(first);
        }
        while free.len() < self.settings.batch.max(1) {
            let Ok(next) = Arc::clone(slots).try_acquire_owned() else {
                break;
            };
            free.push(next);
        }
        free
    }

    async fn claim(
        &self,
        limit: usize,
        under_way: &UnderWay,
    ) -> Result<Vec<Delivery>, Unavailable> {
        let now = self.ports.clock.now();
        let claim = WebhookClaim {
            now,
            lease_until: self.after(self.settings.lease),
            limit,
            share: self.settings.in_flight.div_ceil(SHARE).max(1),
            failing_share: FAILING_SHARE,
            under_way: under_way.by_endpoint(),
        };
        self.ports.queue.claim_deliveries(claim).await
    }

    fn start(
        &self,
        calls: &mut JoinSet<()>,
        under_way: &Arc<UnderWay>,
        delivery: Delivery,
        slot: OwnedSemaphorePermit,
    ) {
        let (ports, call) = (self.ports.clone(), under_way.begin(delivery.endpoint_id));
        calls.spawn(async move {
            ports.deliver(&delivery).await;
            drop((call, slot));
        });
    }

    /// Waits, after an empty claim, for a new event, the next due one, a free share, or the poll.
    async fn rest(&self, under_way: &UnderWay, stop: &mut watch::Receiver<bool>) {
        let poll = self.after(self.settings.poll);
        let next = tokio::select! {
            next = self.ports.queue.next_delivery() => next.ok().flatten(),
            () = told_to_stop(stop) => return,
        };
        let until = next.map_or(poll, |next| next.max(self.after(CROWDED)).min(poll));
        tokio::select! {
            () = self.ports.queue.told() => {}
            () = under_way.ended() => {}
            () = self.ports.clock.sleep_until(until) => {}
            () = told_to_stop(stop) => {}
        }
    }

    async fn wait_until(&self, until: DateTime<Utc>, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = self.ports.clock.sleep_until(until) => {}
            () = told_to_stop(stop) => {}
        }
    }

    async fn drain(&self, mut calls: JoinSet<()>) {
        let until = self.after(ENDS_WITHIN);
        let all = async { while calls.join_next().await.is_some() {} };
        tokio::select! {
            () = all => {}
            () = self.ports.clock.sleep_until(until) => {
                tracing::warn!("shutdown: webhook calls under way are cut off and made again");
            }
        }
    }

    fn after(&self, wait: TimeDelta) -> DateTime<Utc> {
        let now = self.ports.clock.now();
        now.checked_add_signed(wait).unwrap_or(now)
    }
}
