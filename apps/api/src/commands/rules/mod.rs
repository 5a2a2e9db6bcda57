//! `sms-api rules`: what is in force, what a change of the law would change, scenarios, and stored decisions
//! judged again. It writes nothing.

mod check;
mod compare;
mod list;
mod scenarios;
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
use crate::law::LoadedLaw;
use crate::system::SystemClock;

/// How a `rules` command ended, other than well and without anything to report.
#[derive(Debug)]
pub struct Ended {
    /// 1: something was found or differs; 2: an error.
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

/// Does it, and ends with 0 = nothing to report, 1 = something, 2 = an error.
pub(super) async fn run(command: RulesCommand) -> anyhow::Result<()> {
    match perform(command).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Ended {
            code: 1,
            error: None,
        }
        .into()),
        Err(error) if error.is::<Unread>() => Err(error),
        Err(error) => Err(Ended {
            code: 2,
            error: Some(error),
        }
        .into()),
    }
}

/// Whether there is nothing to report.
async fn perform(command: RulesCommand) -> anyhow::Result<bool> {
    let today = SystemClock.now().date_naive();
    match command {
        RulesCommand::List { law, format } => {
            let law = chosen(law.as_deref(), today)?;
            say(&list::in_force(&law, today), format)?;
            Ok(true)
        }
        RulesCommand::Explain { code, law, format } => {
            let law = chosen(law.as_deref(), today)?;
            let explained = list::explained(&law, &code)?;
            say(&explained, format)?;
            Ok(true)
        }
        RulesCommand::Check { law, format } => check::run(law.as_deref(), today, format),
        RulesCommand::Verify(arguments) => verify::run(arguments).await,
        RulesCommand::Diff(arguments) => compare::run(&arguments, today).await,
        RulesCommand::Test {
            folder,
            law,
            format,
        } => {
            let law = chosen(law.as_deref(), today)?;
            scenarios::run(&folder, law.rules, format)
        }
    }
}

/// The law of a folder, or that of the program.
fn chosen(folder: Option<&Path>, today: NaiveDate) -> anyhow::Result<LoadedLaw> {
    LoadedLaw::chosen(folder)?.checked(today)
}

fn say(table: &Table, format: TableFormat) -> anyhow::Result<()> {
    say_all(&table.lines(format)?)
}

/// A date, or nothing.
fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}
