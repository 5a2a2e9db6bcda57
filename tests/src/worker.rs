//! A second worker on the same database, with its own clock.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sms_api::system::SystemIds;
use sms_api::wiring::{Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores, System};
use sms_application::Call;
use sms_domain::ports::Clock;
use sms_testkit::ManualClock;

use crate::app::{CONNECTIONS, TestApp, secrets};

/// Rows that one round takes.
const ROUND: usize = 100;

/// Another worker.
pub struct Worker {
    system: System,
}

/// The system's clock with a constant offset.
struct SkewedClock {
    clock: ManualClock,
    by: TimeDelta,
}

#[async_trait]
impl Clock for SkewedClock {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.by
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        self.clock.sleep_until(at - self.by).await;
    }
}

impl TestApp {
    /// Another worker, whose clock is ahead by `by`, or behind if `by` is negative.
    ///
    /// # Panics
    /// When the store cannot be reached.
    pub async fn worker_ahead_by(&self, by: TimeDelta) -> Worker {
        self.worker(by, &self.secrets).await
    }

    /// Another worker with its own list of the installation's keys, as in [`Setup`](crate::Setup).
    ///
    /// # Panics
    /// When the store cannot be reached.
    pub async fn worker_with_keys(&self, keys: &str) -> Worker {
        self.worker(TimeDelta::zero(), &secrets(keys)).await
    }

    async fn worker(&self, by: TimeDelta, secrets: &Secrets) -> Worker {
        let clock = self.clock.clone();
        let clock_and_ids = ClockAndIds {
            clock: Arc::new(SkewedClock { clock, by }),
            ids: Arc::new(SystemIds::default()),
        };
        let stores = Stores::connect(self.database_url(), CONNECTIONS);
        let stores = stores.await.unwrap();
        let carrier = Carriers::telnyx(&self.telnyx, clock_and_ids.clock.clone()).unwrap();
        let outbound = Outbound::new(true).unwrap();
        let settings = Settings {
            public_base_url: self.base_url.clone(),
            ..Settings::default()
        };
        Worker {
            system: System::new(stores, carrier, outbound, clock_and_ids, secrets, settings),
        }
    }
}

impl Worker {
    /// Processes everything that is due by its clock, and waits for every call to the carrier.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn dispatch(&self) {
        while self.system.dispatch.run_once(ROUND).await.unwrap() > 0 {}
    }

    /// Claims messages that are due by its clock and commits their attempts.
    ///
    /// # Panics
    /// When the store fails.
    #[must_use = "calls that are not made are what a crash leaves"]
    pub async fn claim(&self) -> Vec<Call> {
        self.system.dispatch.claim(ROUND).await.unwrap().calls
    }
}
