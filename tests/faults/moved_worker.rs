//! A worker with a shifted clock: this program, started again. The product has no setting for that, and must
//! not have one.

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret as _;
use sms_api::config::{Config, Needs};
use sms_api::process::{Running, Signals};
use sms_api::system::{SystemClock, SystemIds};
use sms_api::wiring::{Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores, System};
use sms_domain::ports::Clock;

/// The argument that makes this program a worker.
pub(crate) const ARGUMENT: &str = "worker-with-a-clock-of-its-own";

/// The system clock with an offset in microseconds, which may change at any time.
#[derive(Clone, Default)]
struct MovedClock(Arc<AtomicI64>);

impl MovedClock {
    fn offset(&self) -> TimeDelta {
        TimeDelta::microseconds(self.0.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.offset()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        SystemClock.sleep_until(at - self.offset()).await;
    }
}

/// Runs like `sms-api worker`. Each input line is a new offset in microseconds.
pub(crate) async fn main() -> ExitCode {
    let clock = MovedClock::default();
    let offset = Arc::clone(&clock.0);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            offset.store(line.parse().unwrap_or_default(), Ordering::Relaxed);
        }
    });
    match work(clock).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the worker failed");
            ExitCode::FAILURE
        }
    }
}

async fn work(clock: MovedClock) -> anyhow::Result<()> {
    let config = Config::from_env(Needs::Everything)?;
    sms_api::telemetry::start_log(sms_api::telemetry::LogFormat::Text, &config.log_filter)?;
    let Some(public_base_url) = config.public_base_url.clone() else {
        bail!("PUBLIC_BASE_URL is required");
    };
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let carrier = Carriers::configured(&config.carriers, &public_base_url, Arc::clone(&clock))?;
    let url = config.required_database_url()?.expose_secret();
    let stores = Stores::connect(url, config.database_connections).await;
    let ids = Arc::new(SystemIds::default());
    let clock_and_ids = ClockAndIds { clock, ids };
    let stores = stores.context("connect to the database")?;
    let keys = config.installation_keys.as_ref();
    let secrets = Secrets::of(keys.context("INSTALLATION_KEY is required")?);
    let system = System::new(
        stores,
        carrier,
        Outbound::new(true)?,
        clock_and_ids,
        &secrets,
        Settings::of(&config),
    );
    let signals = Signals::listen()?;
    let mut running = Running::default();
    running.dispatch(&system, config.dispatch_loop);
    running.until(signals).await
}
