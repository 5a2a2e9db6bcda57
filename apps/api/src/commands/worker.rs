//! `sms-api worker`: dispatch without the API.

use super::connect::{self, begin_law, system};
use super::serve::show_metrics;
use super::waiting::Patience;
use crate::cli::LawArguments;
use crate::config::Config;
use crate::http::server::files;
use crate::process::{Running, Signals};

/// Dispatches until the stop signal.
pub(super) async fn run(
    config: &Config,
    patience: Patience,
    law: &LawArguments,
) -> anyhow::Result<()> {
    let loaded = connect::law(law)?;
    files::raise();
    let mut signals = Signals::listen()?;
    let Some(started) = signals
        .unless_received(system(config, patience, loaded))
        .await
    else {
        return Ok(());
    };
    let (system, clock_and_ids) = started?;
    let in_use = begin_law(&system, &clock_and_ids, loaded, law).await?;
    system.pace_accounts(config).await?;
    let mut running = Running::default();
    running.keep_law(in_use);
    show_metrics(config, &mut running, &system, &clock_and_ids).await?;
    running.dispatch(&system, config.dispatch_loop);
    running.until(signals).await
}
