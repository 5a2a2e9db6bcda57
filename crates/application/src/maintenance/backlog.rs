//! Metrics of waiting messages and their age, measured at intervals rather than per scrape. Must not know
//! which values call for an operator.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::message::Status;
use sms_domain::ports::{Backlog, BacklogRepository, Clock, Unavailable, Waiting};
use tokio::sync::watch;

use crate::maintenance::job::{Job, Rounds};

/// The statuses that a message must leave by itself.
const MOVED: [Status; 4] = [
    Status::Scheduled,
    Status::Queued,
    Status::Sending,
    Status::Sent,
];

/// Measures the backlog.
#[derive(Clone)]
pub struct BacklogWatch {
    store: Arc<dyn BacklogRepository>,
    clock: Arc<dyn Clock>,
}

impl BacklogWatch {
    /// Interval between two measurements.
    pub const EVERY: TimeDelta = TimeDelta::seconds(15);

    /// The use case over its ports.
    #[must_use]
    pub fn new(store: Arc<dyn BacklogRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Measures once.
    ///
    /// # Errors
    /// [`Unavailable`]. The metrics keep their last values.
    pub async fn look(&self) -> Result<(), Unavailable> {
        let now = self.clock.now();
        let backlog = self.store.backlog(now).await?;
        for status in MOVED {
            show(status, waiting(&backlog, status), now);
        }
        metrics::gauge!("sms_unmatched_events").set(backlog.unmatched_events);
        metrics::gauge!("sms_open_reviews").set(backlog.open_reviews);
        Ok(())
    }

    /// Measures at intervals until `stop` becomes true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let job = Job {
            name: "backlog",
            every: Self::EVERY,
        };
        let mut rounds = Rounds::new(job, self.clock.as_ref(), stop);
        while !rounds.is_over() {
            rounds.round(self.look()).await;
        }
    }
}

fn waiting(backlog: &Backlog, status: Status) -> Waiting {
    let found = backlog.messages.iter().find(|one| one.status == status);
    found.copied().unwrap_or(Waiting {
        status,
        due: 0,
        due_since: None,
        held_up: 0,
        oldest_since: None,
    })
}

fn show(status: Status, waiting: Waiting, now: DateTime<Utc>) {
    let status = status.as_str();
    let age = |since: Option<DateTime<Utc>>| {
        let age = since.map_or(0.0, |since| (now - since).as_seconds_f64());
        age.max(0.0)
    };
    metrics::gauge!("sms_due_messages", "status" => status).set(waiting.due);
    metrics::gauge!("sms_due_lag_seconds", "status" => status).set(age(waiting.due_since));
    metrics::gauge!("sms_held_up_messages", "status" => status).set(waiting.held_up);
    metrics::gauge!("sms_state_age_seconds", "status" => status).set(age(waiting.oldest_since));
}
