//! The third stage of the dispatch loop: commits attempts for free slots and makes their calls. Must not
//! decide anything.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::dispatch::call::{Answered, Call};
use crate::dispatch::planned::Planned;
use crate::dispatch::recorder::{leave, source_of};
use crate::dispatch::shares::{Batch, Held, Share};
use crate::dispatch::steps::DispatchSteps;
use crate::maintenance::told_to_stop;

/// Begins the planned attempts.
pub(crate) struct Beginner {
    /// One permit per call in flight.
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) caller: Caller,
}

/// Commits attempts and makes their calls.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) dispatch: Arc<DispatchSteps>,
    pub(crate) answers: mpsc::Sender<Answered>,
    /// Becomes true when the shutdown limit has passed: unfinished calls stop.
    pub(crate) given_up: watch::Receiver<bool>,
}

impl Beginner {
    /// Begins planned attempts as slots become free: as many at once as there are free slots.
    pub(crate) async fn begin_all(self, mut planned: mpsc::Receiver<Batch<Planned>>) {
        while let Some((mut waiting, mut held)) = planned.recv().await {
            while !waiting.is_empty() {
                let Some(slots) = self.free_slots(waiting.len()).await else {
                    return;
                };
                let later = waiting.split_off(slots.num_permits().min(waiting.len()));
                let now = std::mem::replace(&mut waiting, later);
                let held = held.split(now.iter().map(Planned::organization_id));
                tokio::spawn(self.caller.clone().begin(now, slots, held));
            }
        }
    }

    /// Waits for a free slot, then takes all free slots, at most `most`. Never returns `None`: the
    /// semaphore is not closed.
    async fn free_slots(&self, most: usize) -> Option<OwnedSemaphorePermit> {
        let mut slots = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        let more = self.slots.available_permits().min(most.saturating_sub(1));
        // This task is the only one that takes slots, so the number cannot have shrunk.
        let more = u32::try_from(more).unwrap_or(0);
        if let Ok(others) = Arc::clone(&self.slots).try_acquire_many_owned(more) {
            slots.merge(others);
        }
        Some(slots)
    }
}

impl Caller {
    /// Commits the attempts of a batch and starts their calls, each in a slot of its own.
    async fn begin(
        mut self,
        planned: Vec<Planned>,
        mut slots: OwnedSemaphorePermit,
        mut held: Held,
    ) {
        let attempts = planned.len();
        let begun = tokio::select! {
            begun = self.dispatch.begin(planned) => begun,
            () = told_to_stop(&mut self.given_up) => {
                tracing::error!(attempts, "shutdown: the store did not confirm whether attempts were committed");
                return;
            }
        };
        let calls = match begun {
            Ok(calls) => calls,
            Err(error) => {
                tracing::error!(error = %source_of(&error), "attempts could not be committed");
                return;
            }
        };
        for call in calls {
            // There is one slot per row and at most one call per row. A call without a slot would still be
            // made, because its attempt is committed.
            let share = held.take(call.message.organization_id);
            tokio::spawn(self.clone().call(call, slots.split(1), share));
        }
    }

    async fn call(mut self, call: Call, slot: Option<OwnedSemaphorePermit>, share: Option<Share>) {
        let (message, attempt) = (call.message.id, call.attempt.number);
        let answered = tokio::select! {
            answered = self.dispatch.call(call) => answered,
            () = told_to_stop(&mut self.given_up) => {
                tracing::error!(%message, %attempt, "shutdown: a call was still in flight");
                return;
            }
        };
        // The slot is released after the answer is queued, so that answers do not pile up behind a slow
        // recorder. The recorder outlives every sender, except at the shutdown limit.
        if let Err(mpsc::error::SendError(answered)) = self.answers.send(answered).await {
            leave(&answered);
        }
        drop((slot, share));
    }
}
