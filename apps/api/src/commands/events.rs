//! `sms-api events`: stored events of the carrier that belong to no message.

use super::connect::desk;
use super::output::say;
use crate::cli::EventsCommand;
use crate::config::Config;

/// Does what the operator said about them.
pub(super) async fn run(config: &Config, command: EventsCommand) -> anyhow::Result<()> {
    match command {
        EventsCommand::Match => match_again(config).await,
    }
}

/// Matches the events whose message is known by now, and prints how many.
async fn match_again(config: &Config) -> anyhow::Result<()> {
    let replayed = desk(config).await?.maintenance.replay.replay().await?;
    say(&format!(
        "{} matched, {} still unmatched",
        replayed.matched, replayed.unmatched
    ))
}
