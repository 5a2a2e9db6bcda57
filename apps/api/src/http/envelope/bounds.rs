//! How many requests are served at once, and how long one may take. Whoever comes above is answered 503
//! at once: a process that keeps everybody waiting helps nobody, and memory is finite. This module must
//! not know operations.

use std::sync::Arc;
use std::time::Duration;

use poem::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::http::problem::Problem;

/// What whoever operates the process asks for, however busy it is.
const ALWAYS: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// The bounds of one process.
pub(super) struct Bounds {
    places: Arc<Semaphore>,
    time: Duration,
}

/// A request that is being served has this, until its work has ended.
pub(super) struct Place(#[expect(dead_code, reason = "held")] Option<OwnedSemaphorePermit>);

impl Bounds {
    /// Of a process that serves so many requests at once, each for so long at most.
    pub(super) fn new(at_once: usize, time: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            time,
        }
    }

    /// A place for a request.
    ///
    /// # Errors
    /// 503 when there is none.
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

    /// Does the work of a request, for as long as it may take. The time in which its body arrives, which
    /// `body_time` tells, does not count: that has a limit of its own.
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
