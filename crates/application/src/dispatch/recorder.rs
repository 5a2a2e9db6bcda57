//! The last stage of the dispatch loop: records the provider's answers. An answer exists only in this
//! process until it is recorded, so it is kept in memory while the store is down. Must not know what an
//! answer means.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::carrier::ProviderAnswer;
use sms_domain::ports::Unavailable;
use tokio::sync::{mpsc, watch};

use crate::dispatch::call::Answered;
use crate::dispatch::steps::DispatchSteps;
use crate::maintenance::told_to_stop;

/// How often an answer that could not be recorded is tried again, with a pause between tries: enough to
/// bridge a restart of the store. After that, receipts and deadlines settle the message.
const TRIES: u32 = 600;

/// The same limit at shutdown, once all other work has ended.
const LAST_TRIES: u32 = 10;

/// Time limit of one round of retries. The remaining answers wait for the next round, so that new answers
/// are not blocked by a store that fails slowly.
const ROUND: TimeDelta = TimeDelta::seconds(3);

/// Records answers.
pub(crate) struct Recorder {
    dispatch: Arc<DispatchSteps>,
    /// Most answers recorded in one commit.
    most: usize,
    /// Pause between two rounds of retries.
    pause: TimeDelta,
    /// Answers that are being recorded for the first time.
    new: Vec<Answered>,
    kept: VecDeque<Kept>,
}

/// An answer that could not be recorded yet.
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

    /// Records answers as they arrive, all waiting ones in one commit, until every sender is gone or
    /// `given_up` becomes true. Logs the answers that remain unrecorded.
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

    /// Recording may be repeated: changes are guarded by versions and evidence merges. Most errors concern
    /// a single connection, so the first retry is immediate.
    async fn record(&mut self) {
        if self.dispatch.record(&self.new).await.is_err()
            && let Err(error) = self.dispatch.record(&self.new).await
        {
            tracing::error!(error = %source_of(&error), "answers could not be recorded; they will be retried");
            let kept = self.new.drain(..);
            self.kept
                .extend(kept.map(|answered| Kept { answered, tries: 0 }));
        }
        self.new.clear();
    }

    /// Tries answers one by one, so that an answer that can never be recorded blocks no other.
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
                    tracing::error!(error = %source_of(error), "an answer cannot be recorded");
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

/// Logs an answer that will not be recorded: the outcome stays unknown until a receipt or a deadline
/// settles it.
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
