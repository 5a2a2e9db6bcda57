//! `sms-api rules`: what is in force, what a change of the law would change, scenarios, and stored decisions
//! judged again. Of the store it changes nothing but the audit log, which knows of exports.

mod candidate;
mod check;
mod compare;
mod export;
mod list;
mod period;
mod replay;
mod replayed;
mod scenarios;
mod shadow;
mod shadow_journal;
mod table;
mod verify;

use std::fmt;
use std::path::Path;

use chrono::NaiveDate;
use sms_domain::ports::Clock as _;

use self::table::Table;
pub use self::table::TableFormat;
use super::output::{Unread, say_all};
use crate::cli::RulesCommand;
use crate::config::{Config, Needs};
use crate::law::LoadedLaw;
use crate::system::SystemClock;

/// How a `rules` command ended, other than well and without anything to report.
#[derive(Debug)]
pub struct Ended {
    /// 1: something was found or differs; 2: an error; 3: something forbidden was found.
    pub code: u8,
    pub error: Option<anyhow::Error>,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            Some(error) => write!(f, "{error:#}"),
            None => f.write_str("something was found"),
        }
    }
}

impl std::error::Error for Ended {}

/// How a command ends that something is to be reported of.
const REPORTED: u8 = 1;

/// How it ends after an error, or if it could not do all of it.
const FAILED: u8 = 2;

/// How it ends if what must not be has been found.
const FORBIDDEN: u8 = 3;

/// The mode of files about decisions, which are personal data: their owner alone reads them.
const OWNER_ONLY: u32 = 0o600;

/// Does it, and ends with 0 = nothing to report, 1 = something, 2 = an error, 3 = something forbidden.
pub(super) async fn run(config: Option<&Config>, command: RulesCommand) -> anyhow::Result<()> {
    match perform(config, command).await {
        Ok(0) => Ok(()),
        Ok(code) => Err(Ended { code, error: None }.into()),
        Err(error) if error.is::<Unread>() => Err(error),
        Err(error) => Err(Ended {
            code: FAILED,
            error: Some(error),
        }
        .into()),
    }
}

/// How it ends.
async fn perform(config: Option<&Config>, command: RulesCommand) -> anyhow::Result<u8> {
    let today = SystemClock.now().date_naive();
    let is_clean = match command {
        RulesCommand::List { law, format } => {
            let law = chosen(law.as_deref(), today)?;
            say(&list::in_force(&law, today), format)?;
            true
        }
        RulesCommand::Explain { code, law, format } => {
            let law = chosen(law.as_deref(), today)?;
            let explained = list::explained(&law, &code)?;
            say(&explained, format)?;
            true
        }
        RulesCommand::Check { law, format } => check::run(law.as_deref(), today, format)?,
        RulesCommand::Verify(arguments) => verify::run(config, arguments).await?,
        RulesCommand::Diff(arguments) => compare::run(&arguments, today).await?,
        RulesCommand::Test(arguments) => scenarios::run(&arguments, today).await?,
        RulesCommand::Replay(arguments) => return replay::run(config, &arguments, today).await,
        RulesCommand::Shadow(arguments) => return shadow::run(config, &arguments, today).await,
        RulesCommand::Export(arguments) => {
            export::run(config, &arguments).await?;
            true
        }
    };
    Ok(if is_clean { 0 } else { REPORTED })
}

/// The configuration, which the commands that need the database read themselves unless they are given one.
fn store_config(given: Option<&Config>) -> anyhow::Result<Config> {
    match given {
        Some(config) => Ok(config.clone()),
        None => Ok(Config::from_env(Needs::Store)?),
    }
}

/// The law of a folder, or that of the program.
fn chosen(folder: Option<&Path>, today: NaiveDate) -> anyhow::Result<LoadedLaw> {
    LoadedLaw::chosen(folder)?.checked(today)
}

fn say(table: &Table, format: TableFormat) -> anyhow::Result<()> {
    say_all(&table.lines(format)?)
}

/// What came of saying it. That nobody reads all of it must not hide that something was found: the status tells.
fn heard(said: anyhow::Result<()>, is_found: bool) -> anyhow::Result<()> {
    match said {
        Err(error) if is_found && error.is::<Unread>() => Ok(()),
        said => said,
    }
}

/// A date, or nothing.
fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_told_by_the_status_although_nobody_reads_it() {
        assert!(heard(Err(Unread.into()), true).is_ok());
        let nothing = heard(Err(Unread.into()), false);
        assert!(nothing.is_err_and(|error| error.is::<Unread>()));
        assert!(heard(Err(anyhow::anyhow!("no space")), true).is_err());
    }
}
