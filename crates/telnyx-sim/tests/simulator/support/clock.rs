//! A clock for tests.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_domain::ports::Clock;
use tokio::sync::watch;

/// Stands still until a test moves it.
#[derive(Clone)]
pub(crate) struct ManualClock(std::sync::Arc<watch::Sender<DateTime<Utc>>>);

impl ManualClock {
    pub(crate) fn start() -> Self {
        let noon = DateTime::parse_from_rfc3339("2026-03-03T12:00:00Z").unwrap();
        Self(std::sync::Arc::new(watch::Sender::new(noon.to_utc())))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now += by);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let mut now = self.0.subscribe();
        now.wait_for(|now| *now >= at).await.unwrap();
    }
}
