//! `sms-api worker`: dispatch without the API.

use super::connect::system;
use super::serve::show_metrics;
use super::waiting::Patience;
use crate::config::Config;
use crate::http::server::files;
use crate::process::{Running, Signals};

/// Dispatches until the stop signal.
pub(super) async fn run(config: &Config, patience: Patience) -> anyhow::Result<()> {
    files::raise();
    let mut signals = Signals::listen()?;
    let Some(started) = signals.unless_received(system(config, patience)).await else {
        return Ok(());
    };
    let (system, clock_and_ids) = started?;
    system.pace_accounts(config).await?;
    let mut running = Running::default();
    show_metrics(config, &mut running, &system, &clock_and_ids).await?;
    running.dispatch(&system, config.dispatch_loop);
    running.until(signals).await;
    Ok(())
}
