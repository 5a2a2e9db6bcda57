//! Logs and metrics of the process. What is logged holds no phone number, no text and no secret: the
//! domain's types mask themselves, and the HTTP layer logs paths without secrets only.

use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::TimeDelta;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sms_domain::ports::Clock;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Upper bounds of the buckets for durations, in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Writes the log to standard error from now on. `filter` is in the syntax of `tracing`, such as
/// `info,sms_api=debug`.
///
/// # Errors
/// A filter that cannot be read, or a log that was started before.
pub fn start_log(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log filter {filter:?}"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // To say that the log cannot be written, in the log, ends the thread.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error).context("start the log"))
}

/// How often what was measured is folded into the buckets: until then every value takes memory.
const FOLDED_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Collects metrics from now on, in the running runtime; the handle renders them for `GET /metrics`.
///
/// # Errors
/// A recorder that was installed before.
pub fn start_metrics(clock: Arc<dyn Clock>) -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .install_recorder()
        .context("start the metrics")?;
    let folded = handle.clone();
    tokio::spawn(async move {
        loop {
            clock.sleep_until(clock.now() + FOLDED_EVERY).await;
            folded.run_upkeep();
        }
    });
    Ok(handle)
}
