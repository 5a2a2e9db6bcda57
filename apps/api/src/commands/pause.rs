//! `sms-api pause` and `sms-api resume`: what an organization sends, as its own keys can.

use std::time::Duration;

use anyhow::bail;
use sms_domain::ports::{Clock, PauseChange, PauseOutcome, PauseTarget};

use super::connect;
use super::known::parsed;
use super::output::say;
use super::waiting::Patience;
use crate::cli::PauseArguments;
use crate::config::Config;
use crate::system::SystemClock;

/// How long a change waits for attempts that are being committed.
const PATIENCE: Duration = Duration::from_secs(4);

/// Pauses or resumes; what cannot be read is refused before the store is asked.
pub(super) async fn run(
    config: &Config,
    what: &PauseArguments,
    is_paused: bool,
) -> anyhow::Result<()> {
    let change = PauseChange {
        organization_id: parsed("the organization", &what.organization)?,
        target: target(what)?,
        is_paused,
        at: SystemClock.now(),
        by: config.operator.clone(),
        patience: PATIENCE,
    };
    let stores = connect::stores(config, Patience::NONE).await?;
    match stores.pauses.change_pauses(change).await? {
        PauseOutcome::Changed if is_paused => say("paused; nothing that it covers is handed over"),
        PauseOutcome::Changed => say("resumed; what waits is decided again"),
        PauseOutcome::Unchanged if is_paused => say("it was paused before"),
        PauseOutcome::Unchanged => say("it was not paused"),
        PauseOutcome::Unknown => bail!("there is no such organization, number or campaign"),
        PauseOutcome::Busy => {
            bail!("nothing was changed: attempts were being committed all the time")
        }
    }
}

fn target(what: &PauseArguments) -> anyhow::Result<PauseTarget> {
    Ok(match (&what.number, &what.campaign) {
        (Some(number), _) => PauseTarget::Number(parsed("the number", number)?),
        (None, Some(campaign)) => PauseTarget::Campaign(parsed("the campaign", campaign)?),
        (None, None) => PauseTarget::Organization,
    })
}
