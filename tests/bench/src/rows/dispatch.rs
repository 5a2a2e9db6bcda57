//! Dispatch: the product's loop in this process, with a carrier that accepts everything after a fixed time.

use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::TimeDelta;
use sms_application::DispatchLoopSettings;
use tokio::sync::watch;

use crate::carrier::{StubCarrier, Taken};
use crate::clock::MovedClock;
use crate::database::Database;
use crate::machine::{float, pause};
use crate::meter::Meter;
use crate::plan::Bench;
use crate::product;
use crate::storage::LogPosition;

/// What to measure.
#[derive(Debug, Clone)]
pub(crate) struct Dispatch<'t> {
    pub(crate) template: &'t str,
    /// How long the carrier takes; `None` = no time.
    pub(crate) latency: Option<TimeDelta>,
    pub(crate) in_flight: usize,
}

/// What was measured.
pub(crate) struct Dispatched {
    pub(crate) per_second: f64,
    /// How long the carrier took for a call, in seconds.
    pub(crate) latency: f64,
    /// What Postgres worked for a message, in microseconds of a processor.
    pub(crate) postgres_micros: f64,
    /// What was logged for a message, in kilobytes; `None` where the server cannot tell.
    pub(crate) logged_kilobytes: Option<f64>,
    /// What the carrier took.
    pub(crate) taken: Vec<Taken>,
    /// Where it was measured.
    pub(crate) database: Database,
}

/// Messages that were handed over.
const SENT: &str = "SELECT count(*) FROM messages WHERE status = 'sent' AND attempts_last = 1";

/// Attempts whose outcome is not recorded.
const OPEN: &str = "SELECT count(*) FROM attempts WHERE evidence IS NULL";

/// Measures dispatch until the time is up or the queue is empty, draining included.
pub(crate) async fn dispatch(bench: &Bench<'_>, what: &Dispatch<'_>) -> anyhow::Result<Dispatched> {
    let database = bench.server.clone_of(what.template).await?;
    let before = database.count(SENT).await?;
    let clock = MovedClock::after_noon();
    let carrier = StubCarrier::new(clock, what.latency)?;
    let system = product::system(&database.url, carrier.ports(), clock).await?;
    let settings = DispatchLoopSettings {
        in_flight: what.in_flight,
        ..DispatchLoopSettings::default()
    };
    let (stop, stopped) = watch::channel(false);
    let dispatch_loop = system.dispatch_loop(settings);
    let log = LogPosition::now(bench.server).await?;
    let (meter, begin) = (Meter::read(), Instant::now());
    let running = tokio::spawn(async move { dispatch_loop.run(stopped).await });
    until_idle(&carrier, begin + bench.options.span()).await;
    stop.send_replace(true);
    running.await?;
    let seconds = begin.elapsed().as_secs_f64();
    let postgres_micros = meter.say_since(carrier.calls());
    let logged_kilobytes = match log {
        Some(log) => Some(log.kilobytes_since(bench.server, carrier.calls()).await?),
        None => None,
    };
    let sent = database.count(SENT).await? - before;
    let taken: Vec<Taken> = carrier.ledger().into_values().collect();
    check(&carrier, sent, taken.len(), database.count(OPEN).await?)?;
    Ok(Dispatched {
        per_second: float(sent) / seconds,
        latency: carrier.mean_latency(),
        postgres_micros,
        logged_kilobytes,
        taken,
        database,
    })
}

/// Waits until the time is up, or no call was made for a while.
async fn until_idle(carrier: &StubCarrier, end: Instant) {
    let mut before = 0;
    loop {
        pause(Duration::from_millis(200)).await;
        let calls = carrier.calls();
        if Instant::now() >= end || (calls > 0 && calls == before) {
            return;
        }
        before = calls;
    }
}

fn check(carrier: &StubCarrier, sent: u64, taken: usize, open: u64) -> anyhow::Result<()> {
    let (calls, taken) = (carrier.calls(), u64::try_from(taken)?);
    ensure!(
        calls == taken,
        "{calls} calls handed {taken} messages over: some went twice"
    );
    ensure!(
        sent == taken,
        "the carrier took {taken} messages, the database knows of {sent}"
    );
    ensure!(open == 0, "{open} answers were not recorded");
    Ok(())
}
