//! Periodic jobs: the loop, and its lag as a metric. Must not know what a job does.

use std::error::Error;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::Clock;
use tokio::sync::watch;

/// A job's name in metrics and the pause between its rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) every: TimeDelta,
}

/// The rounds of one running job.
pub(crate) struct Rounds<'a> {
    job: Job,
    clock: &'a dyn Clock,
    stop: watch::Receiver<bool>,
    done_at: DateTime<Utc>,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(job: Job, clock: &'a dyn Clock, stop: watch::Receiver<bool>) -> Self {
        let done_at = clock.now();
        Self {
            job,
            clock,
            stop,
            done_at,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        *self.stop.borrow()
    }

    /// Runs one round and waits for the next, or ends early when stopped. A round may be cut off at any await.
    pub(crate) async fn round<T, E: Error>(&mut self, work: impl Future<Output = Result<T, E>>) {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            result = work => self.rest(result.map(drop)).await,
            () = told_to_stop(&mut stop) => {}
        }
    }

    /// Reports the result of a round, then waits for the next round or the stop signal.
    /// `sms_job_lag_seconds` is the time since the last successful round.
    async fn rest<E: Error>(&mut self, result: Result<(), E>) {
        let (name, now) = (self.job.name, self.clock.now());
        match result {
            Ok(()) => self.done_at = now,
            Err(error) => {
                tracing::error!(job = name, error = %described(&error), "a job failed");
                metrics::counter!("sms_job_failures_total", "job" => name).increment(1);
            }
        }
        let lag = now.signed_duration_since(self.done_at).as_seconds_f64();
        metrics::gauge!("sms_job_lag_seconds", "job" => name).set(lag);
        let next = now.checked_add_signed(self.job.every).unwrap_or(now);
        tokio::select! {
            () = self.clock.sleep_until(next) => {}
            _ = self.stop.changed() => {}
        }
    }
}

/// Resolves once `stop` is true; at once if it already is.
pub(crate) async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // The sender was dropped; never resolve.
        std::future::pending::<()>().await;
    }
}

/// The error with its chain of sources.
fn described(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        text = format!("{text}: {deeper}");
        source = deeper.source();
    }
    text
}
