//! The last stage of the dispatch loop: writes down what the provider answered. Nobody else knows it,
//! so it is kept while the store is away. Must not know what an answer means.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::{ProviderAnswer, Unavailable};
use tokio::sync::{mpsc, watch};

use crate::dispatch::call::Answered;
use crate::dispatch::steps::DispatchSteps;
use crate::maintenance::told_to_stop;

/// How often an answer that could not be written down is tried again, a pause apart: about as long as
/// a restart of the store may take. Then it is left to what receipts and deadlines find.
const TRIES: u32 = 600;

/// The same once everything else has ended: whoever stops the process will not wait for ever.
const LAST_TRIES: u32 = 10;

/// Once a round took so long, the rest of what is kept waits for the next one: answers that just came
/// must not wait for a store that is slow to refuse.
const ROUND: TimeDelta = TimeDelta::seconds(3);

/// Writes answers down.
pub(crate) struct Recorder {
    dispatch: Arc<DispatchSteps>,
    /// Answers written down at once.
    most: usize,
    /// Between two tries of what is kept.
    pause: TimeDelta,
    /// What is being written down for the first time.
    new: Vec<Answered>,
    kept: VecDeque<Kept>,
}

/// An answer that could not be written down yet.
struct Kept {
    answered: Answered,
    tries: u32,
}

impl Recorder {
    pub(crate) const fn new(dispatch: Arc<DispatchSteps>, most: usize, pause: TimeDelta) -> Self {
        Self {
            dispatch,
            most,
            pause,
            new: Vec::new(),
            kept: VecDeque::new(),
        }
    }

    /// Writes answers down as they come, as many at once as wait, until no more can come or until
    /// `given_up` becomes true. Then it says in the log which ones it leaves.
    pub(crate) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Answered>,
        mut given_up: watch::Receiver<bool>,
    ) {
        tokio::select! {
            () = self.write_down(&mut inbox) => {}
            () = told_to_stop(&mut given_up) => {}
        }
        inbox.close();
        let kept = self.kept.into_iter().map(|kept| kept.answered);
        for answered in self.new.into_iter().chain(kept) {
            leave(&answered);
        }
        while let Ok(answered) = inbox.try_recv() {
            leave(&answered);
        }
    }

    async fn write_down(&mut self, inbox: &mut mpsc::Receiver<Answered>) {
        let mut again_at = self.after_a_pause();
        loop {
            let clock = Arc::clone(&self.dispatch.ports.clock);
            tokio::select! {
                count = inbox.recv_many(&mut self.new, self.most.max(1)) => {
                    if count == 0 {
                        break;
                    }
                    self.record().await;
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
    async fn record(&mut self) {
        if self.dispatch.record(&self.new).await.is_err()
            && let Err(error) = self.dispatch.record(&self.new).await
        {
            tracing::error!(error = %source_of(&error), "answers could not be recorded, and are kept");
            let kept = self.new.drain(..);
            self.kept
                .extend(kept.map(|answered| Kept { answered, tries: 0 }));
        }
        self.new.clear();
    }

    /// One by one, so that one that can never be recorded holds up no other.
    async fn try_again(&mut self, most: u32) {
        let began = self.dispatch.ports.clock.now();
        for _ in 0..self.kept.len() {
            let Some(kept) = self.kept.front_mut() else {
                return;
            };
            let one = std::slice::from_ref(&kept.answered);
            let result = self.dispatch.record(one).await;
            kept.tries += 1;
            let tries = kept.tries;
            if let (Err(error), Some(kept)) = (&result, self.kept.pop_front()) {
                if tries >= most {
                    tracing::error!(error = %source_of(error), "the store does not take an answer");
                    leave(&kept.answered);
                } else {
                    self.kept.push_back(kept);
                }
            }
            if self.dispatch.ports.clock.now() - began >= ROUND {
                return;
            }
        }
    }

    async fn try_for_the_last_time(&mut self) {
        self.kept.iter_mut().for_each(|kept| kept.tries = 0);
        while !self.kept.is_empty() {
            let clock = Arc::clone(&self.dispatch.ports.clock);
            clock.sleep_until(self.after_a_pause()).await;
            self.try_again(LAST_TRIES).await;
        }
    }

    fn after_a_pause(&self) -> DateTime<Utc> {
        let now = self.dispatch.ports.clock.now();
        now.checked_add_signed(self.pause).unwrap_or(now)
    }
}

/// Says what will not be written down: the message stays unknown until a receipt or a deadline settles
/// it.
pub(crate) fn leave(answered: &Answered) {
    let (message, attempt) = (&answered.call.message, &answered.call.attempt);
    let (answer, provider_message_id) = match &answered.answer {
        ProviderAnswer::Accepted {
            provider_message_id,
            ..
        } => ("accepted", Some(provider_message_id)),
        ProviderAnswer::Refused(_) => ("refused", None),
        ProviderAnswer::Unknown { .. } => ("unknown", None),
    };
    metrics::counter!("sms_answers_unrecorded_total").increment(1);
    tracing::error!(
        message = %message.id,
        attempt = %attempt.number,
        answer,
        provider_message_id,
        "an answer was not recorded"
    );
}

/// What stands behind the error, for the log.
pub(crate) fn source_of(error: &Unavailable) -> &(dyn std::error::Error + Send + Sync) {
    error.0.as_ref()
}
