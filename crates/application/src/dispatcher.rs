//! The loop around [`Dispatch`]: refills free call slots continuously, never waits for the slowest
//! call of a batch, and drains when told to stop. Must not decide anything.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::ports::{Clock, DispatchWaker, Unavailable};
use tokio::sync::{Notify, Semaphore, mpsc, watch};

use crate::dispatch::{Answered, Call, Dispatch};

/// How much the loop does at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispatcherSettings {
    /// Calls in flight at most; a crash makes at most so many outcomes unknown.
    pub in_flight: usize,
    /// Rows taken at once.
    pub batch: usize,
    /// Answers recorded at once.
    pub record_batch: usize,
    /// Longest wait between two looks at the queue, in case a wake-up was lost.
    pub poll: TimeDelta,
}

impl Default for DispatcherSettings {
    fn default() -> Self {
        Self {
            in_flight: 64,
            batch: 100,
            record_batch: 200,
            poll: TimeDelta::seconds(1),
        }
    }
}

/// How soon the queue is looked at again after a look that took nothing.
const SHORTEST_REST: TimeDelta = TimeDelta::milliseconds(20);

/// The dispatch loop of one process.
#[derive(Clone)]
pub struct Dispatcher {
    dispatch: Arc<Dispatch>,
    settings: DispatcherSettings,
    wake: Wake,
}

/// Wakes the loop of the same process.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl DispatchWaker for Wake {
    fn wake(&self) {
        self.0.notify_one();
    }
}

impl Dispatcher {
    /// A loop over the steps, woken through `wake`.
    #[must_use]
    pub const fn new(dispatch: Arc<Dispatch>, settings: DispatcherSettings, wake: Wake) -> Self {
        Self {
            dispatch,
            settings,
            wake,
        }
    }

    /// Works until `stop` becomes true; then takes nothing more, finishes the calls in flight and
    /// records their answers.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let slots = Arc::new(Semaphore::new(self.settings.in_flight));
        let (answers, inbox) = mpsc::channel(self.settings.in_flight.max(1));
        let recorder = tokio::spawn(record_all(
            Arc::clone(&self.dispatch),
            inbox,
            self.settings.record_batch.max(1),
        ));
        while !*stop.borrow() {
            match self.refill(&slots, &answers).await {
                Ok(0) => self.rest(&mut stop).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = %source_of(&error), "dispatch cannot reach the store");
                    self.pause(&mut stop).await;
                }
            }
        }
        drop(answers);
        if let Err(error) = recorder.await {
            tracing::error!(%error, "the recorder of answers died");
        }
    }

    /// Takes rows for the free slots and starts their calls; answers how many rows were taken.
    async fn refill(
        &self,
        slots: &Arc<Semaphore>,
        answers: &mpsc::Sender<Answered>,
    ) -> Result<usize, Unavailable> {
        // Wait until there is room at all; the loop owns the semaphore, so it is never closed.
        drop(slots.acquire().await);
        let room = slots.available_permits().min(self.settings.batch);
        let claimed = self.dispatch.claim(room).await?;
        for call in claimed.calls {
            self.start(call, slots, answers.clone()).await;
        }
        Ok(claimed.taken)
    }

    async fn start(&self, call: Call, slots: &Arc<Semaphore>, answers: mpsc::Sender<Answered>) {
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else {
            return;
        };
        let dispatch = Arc::clone(&self.dispatch);
        tokio::spawn(async move {
            let answered = dispatch.call(call).await;
            drop(slot);
            // The recorder outlives every sender.
            let _ = answers.send(answered).await;
        });
    }

    /// Nothing was taken: wait for a wake-up, the next due row, or the poll.
    async fn rest(&self, stop: &mut watch::Receiver<bool>) {
        let clock = self.clock();
        let now = clock.now();
        let after = |wait| now.checked_add_signed(wait).unwrap_or(now);
        // Rows that are due and were not taken belong to a paused account or to another worker:
        // looking again at once would only burn the database.
        let soonest = after(SHORTEST_REST);
        let next = self.dispatch.ports.queue.next_due().await.ok().flatten();
        let poll = after(self.settings.poll);
        let until = next.map_or(poll, |next| next.max(soonest).min(poll));
        tokio::select! {
            () = self.wake.0.notified() => {}
            () = clock.sleep_until(until) => {}
            _ = stop.changed() => {}
        }
    }

    async fn pause(&self, stop: &mut watch::Receiver<bool>) {
        let clock = self.clock();
        let until = clock.now().checked_add_signed(self.settings.poll);
        tokio::select! {
            () = clock.sleep_until(until.unwrap_or_else(|| clock.now())) => {}
            _ = stop.changed() => {}
        }
    }

    fn clock(&self) -> &dyn Clock {
        self.dispatch.ports.clock.as_ref()
    }
}

/// Records answers as they come, as many at once as wait.
async fn record_all(dispatch: Arc<Dispatch>, mut inbox: mpsc::Receiver<Answered>, most: usize) {
    let mut answered = Vec::new();
    while inbox.recv_many(&mut answered, most).await > 0 {
        let batch = std::mem::take(&mut answered);
        let again = batch.clone();
        if dispatch.record(batch).await.is_ok() {
            continue;
        }
        // Recording is repeatable: the changes are guarded by versions and merge by evidence.
        if let Err(error) = dispatch.record(again).await {
            tracing::error!(error = %source_of(&error), "answers were not recorded");
        }
    }
}

fn source_of(error: &Unavailable) -> &(dyn std::error::Error + Send + Sync) {
    error.0.as_ref()
}
