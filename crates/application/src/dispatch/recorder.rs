//! The last stage of the dispatch loop: writes down what the provider answered. Nobody else knows it,
//! so it is kept while the store is away. Must not know what an answer means.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Unavailable;
use tokio::sync::mpsc;

use crate::dispatch::steps::{Answered, Dispatch};

/// How often an answer that could not be written down is tried again, a pause apart: about as long as
/// a restart of the store may take. Then it is left to what receipts and deadlines find.
const TRIES: u32 = 600;

/// The same once everything else has ended: whoever stops the process will not wait for ever.
const LAST_TRIES: u32 = 10;

/// Writes answers down.
pub(crate) struct Recorder {
    dispatch: Arc<Dispatch>,
    /// Answers written down at once.
    most: usize,
    /// Between two tries of what is kept.
    pause: TimeDelta,
    kept: Vec<Kept>,
}

/// An answer that could not be written down yet.
struct Kept {
    answered: Answered,
    tries: u32,
}

impl Recorder {
    pub(crate) const fn new(dispatch: Arc<Dispatch>, most: usize, pause: TimeDelta) -> Self {
        Self {
            dispatch,
            most,
            pause,
            kept: Vec::new(),
        }
    }

    /// Writes answers down as they come, as many at once as wait, until no more can come.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Answered>) {
        let mut answered = Vec::new();
        let mut again_at = self.after_a_pause();
        loop {
            let clock = Arc::clone(&self.dispatch.ports.clock);
            tokio::select! {
                count = inbox.recv_many(&mut answered, self.most.max(1)) => {
                    if count == 0 {
                        break;
                    }
                    self.record(std::mem::take(&mut answered)).await;
                }
                () = clock.sleep_until(again_at), if !self.kept.is_empty() => {
                    self.try_again(TRIES).await;
                    again_at = self.after_a_pause();
                }
            }
        }
        self.try_for_the_last_time().await;
    }

    /// Recording is repeatable: the changes are guarded by versions and merge by evidence. Most errors
    /// are of one connection, so it is repeated at once.
    async fn record(&mut self, answered: Vec<Answered>) {
        if self.dispatch.record(&answered).await.is_ok() {
            return;
        }
        if let Err(error) = self.dispatch.record(&answered).await {
            tracing::error!(error = %source_of(&error), "answers could not be recorded, and are kept");
            let kept = answered.into_iter();
            self.kept
                .extend(kept.map(|answered| Kept { answered, tries: 0 }));
        }
    }

    /// One by one, so that one that can never be recorded holds up no other.
    async fn try_again(&mut self, most: u32) {
        for mut kept in std::mem::take(&mut self.kept) {
            match self
                .dispatch
                .record(std::slice::from_ref(&kept.answered))
                .await
            {
                Ok(()) => {}
                Err(error) if kept.tries + 1 >= most => give_up(&error),
                Err(_) => {
                    kept.tries += 1;
                    self.kept.push(kept);
                }
            }
        }
    }

    async fn try_for_the_last_time(mut self) {
        self.kept.iter_mut().for_each(|kept| kept.tries = 0);
        while !self.kept.is_empty() {
            let clock = &self.dispatch.ports.clock;
            clock.sleep_until(self.after_a_pause()).await;
            self.try_again(LAST_TRIES).await;
        }
    }

    fn after_a_pause(&self) -> DateTime<Utc> {
        let now = self.dispatch.ports.clock.now();
        now.checked_add_signed(self.pause).unwrap_or(now)
    }
}

fn give_up(error: &Unavailable) {
    tracing::error!(error = %source_of(error), "an answer was not recorded");
}

/// What stands behind the error, for the log.
pub(crate) fn source_of(error: &Unavailable) -> &(dyn std::error::Error + Send + Sync) {
    error.0.as_ref()
}
