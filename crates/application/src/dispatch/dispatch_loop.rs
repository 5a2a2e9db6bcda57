//! The loop around [`DispatchSteps`]: refills free call slots continuously, never waits for the slowest
//! call of a batch, and drains at shutdown. Must not decide anything.
//!
//! A row passes four stages: it is claimed, decided again, its attempt is committed, and its call is made
//! and recorded. The stages run concurrently: rows are claimed and decided ahead, so that a free slot
//! waits for one commit only. An attempt is committed only for a free slot. A crash therefore leaves
//! unknown only the calls in flight and the answers not yet recorded; rows that were only claimed become
//! due again.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::ports::{Clock, DispatchWaker, Due, Unavailable};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::dispatch::beginner::{Beginner, Caller};
use crate::dispatch::planned::Planned;
use crate::dispatch::recorder::{Recorder, source_of};
use crate::dispatch::shares::{Batch, Shares};
use crate::dispatch::steps::DispatchSteps;
use crate::maintenance::told_to_stop;

/// Limits of the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispatchLoopSettings {
    /// Most calls in flight, and so the most unknown outcomes after a crash.
    pub in_flight: usize,
    /// Most rows per claim.
    pub batch: usize,
    /// Most answers recorded in one commit.
    pub record_batch: usize,
    /// Longest time between two polls of the queue, in case a wake-up is lost.
    pub poll: TimeDelta,
}

impl Default for DispatchLoopSettings {
    fn default() -> Self {
        Self {
            in_flight: 64,
            batch: 100,
            record_batch: 200,
            poll: TimeDelta::seconds(1),
        }
    }
}

/// Shortest time until the next poll after a claim that found nothing.
const SHORTEST_REST: TimeDelta = TimeDelta::milliseconds(20);

/// At shutdown, how long attempts that were already decided are still begun. The remaining rows become
/// due again when their lease ends.
const BEGINS_FOR: TimeDelta = TimeDelta::seconds(8);

/// At shutdown, how long the loop waits for answers and records them. A call that was begun within the
/// limit above has ended by then.
const RECORDS_FOR: TimeDelta = TimeDelta::seconds(22);

/// How long the remaining calls have to log that they were cut off.
const LAST_WORDS: TimeDelta = TimeDelta::seconds(1);

/// The dispatch loop of one process.
#[derive(Clone)]
pub struct DispatchLoop {
    dispatch: Arc<DispatchSteps>,
    settings: DispatchLoopSettings,
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

impl DispatchLoop {
    /// A loop over the steps, woken through `wake`.
    #[must_use]
    pub const fn new(
        dispatch: Arc<DispatchSteps>,
        settings: DispatchLoopSettings,
        wake: Wake,
    ) -> Self {
        Self {
            dispatch,
            settings,
            wake,
        }
    }

    /// Runs until `stop` becomes true. Then it claims nothing more, finishes the claimed rows and the calls
    /// in flight, and records their answers. It ends within 24 seconds, whatever the store and the provider
    /// do, and logs the calls whose outcome stays unknown.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let Stages {
            ahead,
            tasks,
            slots,
            shares,
            give_up,
        } = self.start();
        let begins = [tasks[0].abort_handle(), tasks[1].abort_handle()];
        let end = self.clone().end(stop.clone(), begins, give_up.clone());
        let end = AbortOnDrop(tokio::spawn(end));
        while !*stop.borrow() {
            match self.take(&ahead, &shares, &mut stop).await {
                Ok(0) => self.rest(&shares, &mut stop).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = %source_of(&error), "dispatch cannot reach the store");
                    self.pause(&mut stop).await;
                }
            }
        }
        drop(ahead);
        for task in tasks {
            finished(task).await;
        }
        drop(end);
        if *give_up.borrow() {
            self.last_words(&slots).await;
        }
    }

    fn start(&self) -> Stages {
        let in_flight = self.settings.in_flight.max(1);
        let slots = Arc::new(Semaphore::new(in_flight));
        let give_up = watch::Sender::new(false);
        let (answers, inbox) = mpsc::channel(in_flight);
        let (ahead, taken) = mpsc::channel(1);
        let (plans, planned) = mpsc::channel(1);
        let (most, pause) = (self.settings.record_batch, self.settings.poll);
        let recorder = Recorder::new(Arc::clone(&self.dispatch), most, pause);
        let beginner = Beginner {
            slots: Arc::clone(&slots),
            caller: Caller {
                dispatch: Arc::clone(&self.dispatch),
                answers,
                given_up: give_up.subscribe(),
            },
        };
        let tasks = [
            tokio::spawn(plan_all(Arc::clone(&self.dispatch), taken, plans)),
            tokio::spawn(beginner.begin_all(planned)),
            tokio::spawn(recorder.run(inbox, give_up.subscribe())),
        ];
        Stages {
            ahead,
            tasks,
            slots,
            shares: Shares::new(in_flight),
            give_up,
        }
    }

    /// Enforces the time limits of a shutdown.
    async fn end(
        self,
        mut stop: watch::Receiver<bool>,
        begins: [AbortHandle; 2],
        give_up: watch::Sender<bool>,
    ) {
        told_to_stop(&mut stop).await;
        let clock = self.clock();
        let now = clock.now();
        let after = |wait| now.checked_add_signed(wait).unwrap_or(now);
        clock.sleep_until(after(BEGINS_FOR)).await;
        begins.iter().for_each(AbortHandle::abort);
        clock.sleep_until(after(RECORDS_FOR)).await;
        give_up.send_replace(true);
    }

    /// Cuts off the calls in flight and gives them time to log it.
    async fn last_words(&self, slots: &Semaphore) {
        let clock = self.clock();
        let now = clock.now();
        let all = u32::try_from(self.settings.in_flight.max(1)).unwrap_or(u32::MAX);
        tokio::select! {
            _ = slots.acquire_many(all) => {}
            () = clock.sleep_until(now.checked_add_signed(LAST_WORDS).unwrap_or(now)) => {}
        }
    }

    /// Claims the next batch as soon as the previous one is being decided, unless the loop is stopped first.
    /// Returns the number of rows.
    async fn take(
        &self,
        ahead: &mpsc::Sender<Batch<Due>>,
        shares: &Arc<Shares>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<usize, Unavailable> {
        let place = tokio::select! {
            biased;
            () = told_to_stop(stop) => return Ok(0),
            place = ahead.reserve() => place,
        };
        let Ok(place) = place else {
            // The next stage died and logged it.
            return Ok(0);
        };
        let (batch, now) = (self.settings.share(), self.clock().now());
        let due = self.dispatch.take(batch, shares.rooms(batch, now)).await?;
        let taken = due.len();
        if taken > 0 {
            let held = shares.hold(&due, now);
            place.send((due, held));
        }
        Ok(taken)
    }

    /// Waits, after an empty claim, for a wake-up, the next due row, or the poll.
    async fn rest(&self, shares: &Shares, stop: &mut watch::Receiver<bool>) {
        let clock = self.clock();
        let now = clock.now();
        let after = |wait| now.checked_add_signed(wait).unwrap_or(now);
        // Due rows that were not claimed belong to another worker: polling again at once would only load
        // the database. Rows of a paused account wait for the first poll after the pause.
        let soonest = after(SHORTEST_REST);
        let ports = &self.dispatch.ports;
        let paused = ports.circuits.paused(now);
        let next = tokio::select! {
            next = ports.queue.next_due(&paused) => next.ok().flatten(),
            () = told_to_stop(stop) => return,
        };
        let poll = after(self.settings.poll);
        let until = next.map_or(poll, |next| next.max(soonest).min(poll));
        let is_limited = !shares.rooms(self.settings.share(), now).is_empty();
        tokio::select! {
            () = self.wake.0.notified() => {}
            () = shares.freed(), if is_limited => {}
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

impl DispatchLoopSettings {
    /// Rows of one batch: at most a quarter of the slots, so that rows arrive as evenly as slots become
    /// free and few are claimed ahead.
    fn share(self) -> usize {
        self.batch.min(self.in_flight.div_ceil(4)).max(1)
    }
}

/// The running stages after the first.
struct Stages {
    /// Passes claimed rows to the planner.
    ahead: mpsc::Sender<Batch<Due>>,
    /// The planner, the beginner and the recorder.
    tasks: [JoinHandle<()>; 3],
    /// One permit per call in flight.
    slots: Arc<Semaphore>,
    /// What each organization holds.
    shares: Arc<Shares>,
    /// Tells the recorder and the calls in flight to stop.
    give_up: watch::Sender<bool>,
}

/// The second stage: decides about the next batch while the previous one is being begun.
async fn plan_all(
    dispatch: Arc<DispatchSteps>,
    mut taken: mpsc::Receiver<Batch<Due>>,
    plans: mpsc::Sender<Batch<Planned>>,
) {
    while let Ok(place) = plans.reserve().await {
        let Some((due, held)) = taken.recv().await else {
            return;
        };
        match dispatch.plan(due).await {
            Ok(planned) => place.send((planned, held)),
            Err(error) => {
                tracing::error!(error = %source_of(&error), "facts could not be loaded");
            }
        }
    }
}

async fn finished(stage: JoinHandle<()>) {
    match stage.await {
        Ok(()) => {}
        Err(error) if error.is_cancelled() => {
            tracing::warn!(
                "shutdown: attempts that were not begun become due again for other workers"
            );
        }
        Err(error) => tracing::error!(%error, "a stage of dispatch died"),
    }
}

/// Ends a task with its owner.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
