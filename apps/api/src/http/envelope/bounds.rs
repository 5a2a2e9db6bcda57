//! Limits of concurrent requests and of the time of one request. Requests beyond the limit are answered 503 at
//! once, because queueing them would delay all others and use up memory. This module must not know
//! operations.

use std::sync::Arc;
use std::time::Duration;

use poem::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::http::problem::Problem;

/// Paths that operators and probes request; they bypass the limit.
const ALWAYS: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// The bounds of one process.
pub(super) struct Bounds {
    places: Arc<Semaphore>,
    time: Duration,
}

/// The permit of a request, held until its work has ended.
pub(super) struct Place(#[expect(dead_code, reason = "held")] Option<OwnedSemaphorePermit>);

impl Bounds {
    /// Limits of this many concurrent requests, each for at most this time.
    pub(super) fn new(at_once: usize, time: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            time,
        }
    }

    /// Takes a permit for a request.
    ///
    /// # Errors
    /// 503 if none is free.
    pub(super) fn enter(&self, path: &str) -> Result<Place, Problem> {
        if ALWAYS.contains(&path) {
            return Ok(Place(None));
        }
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(|place| Place(Some(place))).map_err(|_| {
            shed("requests");
            Problem::busy("More requests are being served than this process takes.")
        })
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
            let _place = place;
            tokio::select! {
                biased;
                done = work => done,
                () = overdue(began, time, body_time) => {
                    shed("deadline");
                    Err(Problem::unavailable("the request took too long").into())
                }
            }
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
