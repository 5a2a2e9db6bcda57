//! The loop around [`Dispatch`]: refills free call slots continuously, never waits for the slowest
//! call of a batch, and drains when told to stop. Must not decide anything.
//!
//! A row passes four stages: it is taken, it is decided again, its attempt is committed, its call is
//! made and recorded. Each stage works while the others do: rows are taken and decided ahead, so that
//! a slot that becomes free waits for one commit only. An attempt is committed only for a slot that is
//! free: a crash leaves unknown what was in the slots and what was answered and not yet recorded, and
//! what was merely taken becomes due again.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::ports::{Clock, DispatchWaker, Due, Unavailable};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::dispatch::planned::Planned;
use crate::dispatch::recorder::{Recorder, source_of};
use crate::dispatch::steps::{Answered, Dispatch};

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

    /// Works until `stop` becomes true; then takes nothing more, finishes what was taken and the calls
    /// in flight, and records their answers.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let slots = Semaphore::new(self.settings.in_flight.max(1));
        let (answers, inbox) = mpsc::channel(self.settings.in_flight.max(1));
        let (ahead, taken) = mpsc::channel(1);
        let (plans, planned) = mpsc::channel(1);
        let (most, pause) = (self.settings.record_batch, self.settings.poll);
        let recorder = Recorder::new(Arc::clone(&self.dispatch), most, pause);
        let recorder = tokio::spawn(recorder.run(inbox));
        let planner = tokio::spawn(plan_all(Arc::clone(&self.dispatch), taken, plans));
        let beginner = Beginner {
            dispatch: Arc::clone(&self.dispatch),
            slots: Arc::new(slots),
            answers,
        };
        let beginner = tokio::spawn(beginner.begin_all(planned));
        while !*stop.borrow() {
            match self.take(&ahead, &mut stop).await {
                Ok(0) => self.rest(&mut stop).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = %source_of(&error), "dispatch cannot reach the store");
                    self.pause(&mut stop).await;
                }
            }
        }
        drop(ahead);
        for task in [planner, beginner, recorder] {
            if let Err(error) = task.await {
                tracing::error!(%error, "a stage of dispatch died");
            }
        }
    }

    /// Takes the next batch as soon as the one before is being decided, unless told to stop until then;
    /// answers how many rows it has.
    async fn take(
        &self,
        ahead: &mpsc::Sender<Vec<Due>>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<usize, Unavailable> {
        let place = tokio::select! {
            biased;
            () = told_to_stop(stop) => return Ok(0),
            place = ahead.reserve() => place,
        };
        let Ok(place) = place else {
            // The next stage died; it said so.
            return Ok(0);
        };
        let due = self.dispatch.take(self.settings.share()).await?;
        let taken = due.len();
        if taken > 0 {
            place.send(due);
        }
        Ok(taken)
    }

    /// Nothing was taken: wait for a wake-up, the next due row, or the poll.
    async fn rest(&self, stop: &mut watch::Receiver<bool>) {
        let clock = self.clock();
        let now = clock.now();
        let after = |wait| now.checked_add_signed(wait).unwrap_or(now);
        // Rows that are due and were not taken are another worker's: looking again at once would only
        // burn the database. Those of a paused account wait for the poll that finds it open again.
        let soonest = after(SHORTEST_REST);
        let ports = &self.dispatch.ports;
        let next = ports.queue.next_due(&ports.circuits.paused(now)).await;
        let next = next.ok().flatten();
        let poll = after(self.settings.poll);
        let until = next.map_or(poll, |next| next.max(soonest).min(poll));
        tokio::select! {
            () = self.wake.0.notified() => {}
            () = clock.sleep_until(until) => {}
            () = told_to_stop(stop) => {}
        }
    }

    async fn pause(&self, stop: &mut watch::Receiver<bool>) {
        let clock = self.clock();
        let until = clock.now().checked_add_signed(self.settings.poll);
        tokio::select! {
            () = clock.sleep_until(until.unwrap_or_else(|| clock.now())) => {}
            () = told_to_stop(stop) => {}
        }
    }

    fn clock(&self) -> &dyn Clock {
        self.dispatch.ports.clock.as_ref()
    }
}

impl DispatcherSettings {
    /// Rows of one batch: at most a quarter of the slots, so that rows come as evenly as slots become
    /// free, and few are taken ahead.
    fn share(self) -> usize {
        self.batch.min(self.in_flight.div_ceil(4)).max(1)
    }
}

/// The second stage: decides about the next batch while the one before is being begun.
async fn plan_all(
    dispatch: Arc<Dispatch>,
    mut taken: mpsc::Receiver<Vec<Due>>,
    plans: mpsc::Sender<Vec<Planned>>,
) {
    while let Ok(place) = plans.reserve().await {
        let Some(due) = taken.recv().await else {
            return;
        };
        match dispatch.plan(due).await {
            Ok(planned) => place.send(planned),
            Err(error) => {
                tracing::error!(error = %source_of(&error), "facts could not be loaded");
            }
        }
    }
}

/// The third stage.
struct Beginner {
    dispatch: Arc<Dispatch>,
    /// Calls that may be under way.
    slots: Arc<Semaphore>,
    answers: mpsc::Sender<Answered>,
}

impl Beginner {
    /// Begins what was planned, as slots become free: what is free at one moment, at once.
    async fn begin_all(self, mut planned: mpsc::Receiver<Vec<Planned>>) {
        while let Some(mut waiting) = planned.recv().await {
            while !waiting.is_empty() {
                let Some(slots) = self.free_slots(waiting.len()).await else {
                    return;
                };
                let later = waiting.split_off(slots.num_permits().min(waiting.len()));
                let now = std::mem::replace(&mut waiting, later);
                let (dispatch, answers) = (Arc::clone(&self.dispatch), self.answers.clone());
                tokio::spawn(begin(dispatch, now, slots, answers));
            }
        }
    }

    /// Waits for a free slot, and then takes as many as are free, `most` at most. `None` never
    /// happens: the semaphore is not closed.
    async fn free_slots(&self, most: usize) -> Option<OwnedSemaphorePermit> {
        let mut slots = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        let more = self.slots.available_permits().min(most.saturating_sub(1));
        // Nobody else takes slots, so there are still as many.
        let more = u32::try_from(more).unwrap_or(0);
        if let Ok(others) = Arc::clone(&self.slots).try_acquire_many_owned(more) {
            slots.merge(others);
        }
        Some(slots)
    }
}

/// Commits the attempts of a batch and starts their calls, each in a slot of its own.
async fn begin(
    dispatch: Arc<Dispatch>,
    planned: Vec<Planned>,
    mut slots: OwnedSemaphorePermit,
    answers: mpsc::Sender<Answered>,
) {
    let calls = match dispatch.begin(planned).await {
        Ok(calls) => calls,
        Err(error) => {
            tracing::error!(error = %source_of(&error), "attempts could not be committed");
            return;
        }
    };
    for call in calls {
        // There are as many slots as rows, and no more calls than rows. A call without a slot would be
        // made all the same: it is committed.
        let slot = slots.split(1);
        let (dispatch, answers) = (Arc::clone(&dispatch), answers.clone());
        tokio::spawn(async move {
            let answered = dispatch.call(call).await;
            // The slot is free once the answer is handed on, so that answers do not pile up when the
            // recorder is behind. It outlives every sender.
            let _ = answers.send(answered).await;
            drop(slot);
        });
    }
}

/// Ends when the loop is told to stop, or was before.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Who could tell is gone.
        std::future::pending::<()>().await;
    }
}
