//! `sms-api emergencies`: declares, lists and lifts emergencies.

use std::time::Duration;

use anyhow::bail;
use sms_domain::facts::Emergency;
use sms_domain::law::{Jurisdiction, RuleData};
use sms_domain::ports::{Clock, Declaration, EmergencyChange, EmergencyOutcome, IdGenerator};
use sms_domain::values::ids::EmergencyId;

use super::audit::instant;
use super::connect;
use super::known::parsed;
use super::output::say;
use super::waiting::Patience;
use crate::cli::EmergenciesCommand;
use crate::config::Config;
use crate::system::{SystemClock, SystemIds};

/// How long a declaration waits for attempts that are being committed.
const PATIENCE: Duration = Duration::from_millis(9_500);

/// Runs a command about emergencies; what cannot be read is refused before the store is asked.
pub(super) async fn run(config: &Config, command: EmergenciesCommand) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let change = EmergencyChange {
        at: now,
        by: config.operator.clone(),
        patience: PATIENCE,
    };
    match command {
        EmergenciesCommand::List => list(config).await,
        EmergenciesCommand::Lift { emergency } => {
            let id: EmergencyId = parsed("the emergency", &emergency)?;
            let stores = connect::stores(config, Patience::NONE).await?;
            match stores.emergencies.lift(id, change).await? {
                EmergencyOutcome::InForce { .. } => say("lifted"),
                EmergencyOutcome::Unknown => bail!("no emergency {id} is in force"),
                EmergencyOutcome::Busy(holders) => bail!("{}", busy(&holders)),
            }
        }
        EmergenciesCommand::Declare {
            state,
            postal_prefixes,
            source,
            until,
        } => {
            let until = until.map(|text| instant("--until", &text)).transpose()?;
            if until.is_some_and(|until| until <= now) {
                bail!("--until has passed: expected an instant in the future");
            }
            let emergency = Emergency {
                id: EmergencyId::new(SystemIds::default().uuid()),
                jurisdiction: jurisdiction(&state)?,
                postal_prefixes: prefixes(&postal_prefixes)?,
                until,
            };
            declare(config, emergency, text(source)?, change).await
        }
    }
}

async fn declare(
    config: &Config,
    emergency: Emergency,
    source: String,
    change: EmergencyChange,
) -> anyhow::Result<()> {
    let stores = connect::stores(config, Patience::NONE).await?;
    let (id, state) = (emergency.id, emergency.jurisdiction);
    match stores
        .emergencies
        .declare(emergency, source, change)
        .await?
    {
        EmergencyOutcome::InForce { sending } => say(&format!(
            "{id} is in force in {state}; {sending} messages had been handed over before"
        )),
        EmergencyOutcome::Unknown => bail!("the emergency {id} is declared already"),
        EmergencyOutcome::Busy(holders) => bail!("{}", busy(&holders)),
    }
}

async fn list(config: &Config) -> anyhow::Result<()> {
    let stores = connect::stores(config, Patience::NONE).await?;
    let declarations = stores.emergencies.declarations().await?;
    if declarations.is_empty() {
        say("no emergency was declared")?;
    }
    declarations.iter().try_for_each(|one| say(&line(one)))
}

fn busy(holders: &[String]) -> String {
    let holders = if holders.is_empty() {
        "somebody who is gone by now".to_owned()
    } else {
        holders.join(", ")
    };
    format!("nothing was changed: attempts were being committed all the time, by {holders}")
}

/// A state or province with law of its own.
fn jurisdiction(text: &str) -> anyhow::Result<Jurisdiction> {
    let mut known = RuleData::bundled()?
        .jurisdictions()
        .map(|rules| rules.jurisdiction);
    let found = known.find(|one| one.as_str().eq_ignore_ascii_case(text));
    match found {
        Some(state) => Ok(state),
        None => bail!("the state is {text:?}: expected the postal code of a state or province"),
    }
}

fn prefixes(texts: &[String]) -> anyhow::Result<Vec<String>> {
    if texts.len() > Emergency::MOST_PREFIXES {
        bail!(
            "expected at most {} postal prefixes",
            Emergency::MOST_PREFIXES
        );
    }
    let prefix = |text: &String| match Emergency::prefix(text) {
        Some(prefix) => Ok(prefix),
        None => bail!("--postal-prefix is {text:?}: expected up to six letters and digits"),
    };
    texts.iter().map(prefix).collect()
}

fn text(source: String) -> anyhow::Result<String> {
    if source.trim().is_empty() || source.chars().any(char::is_control) || source.len() > 500 {
        bail!("--source must have 1 to 500 bytes and no control characters");
    }
    Ok(source)
}

fn line(declaration: &Declaration) -> String {
    let Emergency {
        id,
        jurisdiction,
        postal_prefixes,
        until,
    } = &declaration.emergency;
    let part = if postal_prefixes.is_empty() {
        String::new()
    } else {
        format!(" {}", postal_prefixes.join(","))
    };
    let until = until.map_or_else(
        || "without an end".to_owned(),
        |at| format!("until {}", at.to_rfc3339()),
    );
    let lifted = (declaration.lifted_at)
        .map_or_else(String::new, |at| format!("  lifted {}", at.to_rfc3339()));
    format!(
        "{id}  {jurisdiction}{part}  {until}  declared {} by {}  {}{lifted}",
        declaration.at.to_rfc3339(),
        declaration.by,
        declaration.source,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_known_by_its_postal_code() {
        assert_eq!(jurisdiction("ny").unwrap().as_str(), "NY");
        for bad in ["XX", "New York", "DEFAULT_STRICT", ""] {
            assert!(jurisdiction(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn prefixes_and_sources_are_checked() {
        let given = ["100".to_owned(), "k1a".to_owned()];
        assert_eq!(prefixes(&given).unwrap(), ["100", "K1A"]);
        assert!(prefixes(&["1-2".to_owned()]).is_err());
        assert!(text(" ".to_owned()).is_err() && text("x\n".to_owned()).is_err());
    }
}
