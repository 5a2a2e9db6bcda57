//! `sms-api serve`: the API, with a worker in the same process unless it runs elsewhere.

use super::connect::{self, begin_law, system};
use super::waiting::Patience;
use crate::cli::LawArguments;
use crate::config::Config;
use crate::http::Limits;
use crate::http::server::files;
use crate::process::{Running, Signals, StateParts, bind, state};
use crate::telemetry;
use crate::wiring::{ClockAndIds, System};

/// Serves until the stop signal, and dispatches too if it `works`.
pub(super) async fn run(
    config: &Config,
    works: bool,
    patience: Patience,
    law: &LawArguments,
) -> anyhow::Result<()> {
    let loaded = connect::law(law)?;
    let listening = config.listener(files::raise());
    let mut signals = Signals::listen()?;
    let Some(started) = signals
        .unless_received(system(config, patience, loaded))
        .await
    else {
        return Ok(());
    };
    let (system, clock_and_ids) = started?;
    let listener = bind("BIND", config.bind).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let limits = Limits {
        requests: config.rate_limit,
        ..Limits::default()
    };
    let in_use = begin_law(&system, &clock_and_ids, loaded, law).await?;
    let mut running = Running::default();
    running.keep_law(in_use);
    show_metrics(config, &mut running, &system, &clock_and_ids).await?;
    let state = state(
        &system,
        StateParts {
            clock_and_ids,
            limits,
        },
    );
    running.serve(listener, &state, listening);
    if works {
        system.pace_accounts(config).await?;
        running.dispatch(&system, config.dispatch_loop);
    }
    running.until(signals).await
}

/// Collects metrics and serves them at the configured address, if any.
pub(super) async fn show_metrics(
    config: &Config,
    running: &mut Running,
    system: &System,
    clock_and_ids: &ClockAndIds,
) -> anyhow::Result<()> {
    let Some(address) = config.metrics_bind else {
        tracing::info!("metrics are shown nowhere: METRICS_BIND is not set");
        return Ok(());
    };
    let listener = bind("METRICS_BIND", address).await?;
    tracing::info!(address = %listener.local_addr()?, "showing metrics");
    let metrics = telemetry::start_metrics(clock_and_ids.clock.clone())?;
    running.serve_metrics(listener, metrics);
    running.watch(system);
    Ok(())
}
