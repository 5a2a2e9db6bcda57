//! `sms-api replay`: stored events of the carrier, read again.

use super::connect::desk;
use super::output::say;
use crate::config::Config;

/// Matches the events whose message is known by now, and prints how many.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let replayed = desk(config).await?.upkeep.replay.replay().await?;
    say(&format!(
        "{} matched, {} still unmatched",
        replayed.matched, replayed.unmatched
    ))
}
