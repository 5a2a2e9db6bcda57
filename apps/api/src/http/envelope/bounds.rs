//! Limits of concurrent requests and of the time of one request. Requests beyond the limit are answered 503 at
//! once, before anything else is done for them, because queueing them would delay all others and use up memory.
//! This module must not know operations.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use poem::Response;
use tokio::time::{Instant, sleep_until};

use super::concurrency_limit::ConcurrencyLimit;
use crate::http::problem::Problem;

/// Paths that operators and probes request; they bypass the limit.
const ALWAYS: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// The bounds of one process.
pub(super) struct Bounds {
    limit: Arc<Mutex<ConcurrencyLimit>>,
    time: Duration,
}

/// The place of a request among those that are served, held until its work has ended. Requests that bypass the
/// limit have none.
pub(super) struct Place(Option<Serving>);

/// A request that is being served.
struct Serving {
    limit: Arc<Mutex<ConcurrencyLimit>>,
    since: Instant,
    /// How long the body took to arrive: the client's time, not ours.
    waited: Duration,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let now = Instant::now();
        let took = now.duration_since(self.since).saturating_sub(self.waited);
        let mut limit = lock(&self.limit);
        limit.leave(took, now);
        let most = u32::try_from(limit.limit()).unwrap_or(u32::MAX);
        drop(limit);
        metrics::gauge!("http_requests_limit").set(f64::from(most));
    }
}

fn lock(limit: &Mutex<ConcurrencyLimit>) -> MutexGuard<'_, ConcurrencyLimit> {
    // A panic cannot leave the limit inconsistent: no change of it can panic halfway.
    limit.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bounds {
    /// Limits of at most this many concurrent requests, each for at most this time.
    pub(super) fn new(at_once: usize, time: Duration) -> Self {
        let limit = ConcurrencyLimit::new(at_once, Instant::now());
        Self {
            limit: Arc::new(Mutex::new(limit)),
            time,
        }
    }

    /// Takes a place for a request.
    ///
    /// # Errors
    /// 503 if none is free.
    pub(super) fn enter(&self, path: &str) -> Result<Place, Problem> {
        if ALWAYS.contains(&path) {
            return Ok(Place(None));
        }
        let since = Instant::now();
        if lock(&self.limit).enter(since) {
            return Ok(Place(Some(Serving {
                limit: Arc::clone(&self.limit),
                since,
                waited: Duration::ZERO,
            })));
        }
        shed("requests");
        let busy = "More requests are being served than can be answered in good time.";
        Err(Problem::busy(busy))
    }

    /// Runs the work of a request within its time limit. The time in which its body arrives, given by
    /// `body_time`, does not count: it has a limit of its own.
    pub(super) fn in_time<B: Fn() -> Duration, W: Future<Output = poem::Result<Response>>>(
        &self,
        place: Place,
        body_time: B,
        work: W,
    ) -> impl Future<Output = poem::Result<Response>> + use<B, W> {
        let (began, time) = (Instant::now(), self.time);
        async move {
            let mut place = place;
            let done = tokio::select! {
                biased;
                done = work => done,
                () = overdue(began, time, &body_time) => {
                    shed("deadline");
                    Err(Problem::unavailable("the request took too long").into())
                }
            };
            if let Some(serving) = &mut place.0 {
                serving.waited = body_time();
            }
            done
        }
    }
}

async fn overdue(began: Instant, time: Duration, body_time: impl Fn() -> Duration) {
    loop {
        let at = began + time + body_time();
        if at <= Instant::now() {
            return;
        }
        sleep_until(at).await;
    }
}

fn shed(at: &'static str) {
    metrics::counter!("sms_shed_total", "at" => at).increment(1);
}
