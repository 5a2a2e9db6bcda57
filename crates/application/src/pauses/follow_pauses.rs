//! What follows a pause or a resumption for the messages that wait: in steps of bounded work, each in its own
//! transaction. A crash between two steps loses none of them.

use std::sync::Arc;

use chrono::TimeDelta;
use sms_domain::lifecycle::MessageChange;
use sms_domain::ports::{
    Clock, DispatchWaker, FactsRepository, FactsRequest, MessageRepository, PausePage,
    PauseRepository, Unavailable,
};
use tokio::sync::watch;

use crate::maintenance::{Job, Rounds};

/// The most messages of one step.
const STEP: u32 = 200;

/// Turns queued messages to paused ones after a pause, and wakes paused messages after a resumption.
#[derive(Clone)]
pub struct FollowPauses {
    store: Arc<dyn PauseRepository>,
    messages: Arc<dyn MessageRepository>,
    facts: Arc<dyn FactsRepository>,
    waker: Arc<dyn DispatchWaker>,
    clock: Arc<dyn Clock>,
}

impl FollowPauses {
    /// Interval between two rounds.
    pub const EVERY: TimeDelta = TimeDelta::seconds(1);

    /// The job over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn PauseRepository>,
        messages: Arc<dyn MessageRepository>,
        facts: Arc<dyn FactsRepository>,
        waker: Arc<dyn DispatchWaker>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            messages,
            facts,
            waker,
            clock,
        }
    }

    /// Does all that is left to do; returns how many messages were turned or woken.
    ///
    /// # Errors
    /// [`Unavailable`]. The next round goes on.
    pub async fn round(&self) -> Result<usize, Unavailable> {
        let mut moved = 0;
        while let Some(page) = self.store.next_page(STEP).await? {
            moved += self.turn(&page).await?;
            self.store.page_done(&page).await?;
        }
        loop {
            let woken = self.store.wake(self.clock.now(), STEP).await?;
            if woken == 0 {
                return Ok(moved);
            }
            self.waker.wake();
            moved += usize::try_from(woken).unwrap_or(usize::MAX);
        }
    }

    /// Runs rounds at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "pauses",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.round()).await;
        }
    }

    /// Decides the messages of a page again. One that lost a race has changed since: the dispatcher decides it
    /// when its turn comes.
    async fn turn(&self, page: &PausePage) -> Result<usize, Unavailable> {
        if page.messages.is_empty() {
            return Ok(0);
        }
        let now = self.clock.now();
        let request = |(message, conversation): &(_, _)| FactsRequest {
            organization_id: page.organization_id,
            conversation_id: *conversation,
            message_id: Some(*message),
            idempotency_key: None,
            now,
            must_be_fresh: true,
        };
        let requests = page.messages.iter().map(request).collect();
        let facts = self.facts.load(requests).await?;
        let changes: Vec<MessageChange> = facts
            .into_iter()
            .filter_map(|facts| MessageChange::after_pause(facts.message?, facts.context?, now))
            .collect();
        if changes.is_empty() {
            return Ok(0);
        }
        let results = self.messages.commit(changes).await?;
        Ok(results.iter().filter(|result| result.is_ok()).count())
    }
}
