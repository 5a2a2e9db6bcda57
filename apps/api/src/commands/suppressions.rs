//! `sms-api suppressions`: the opt-out list, shown and kept.

use anyhow::{Context as _, bail};
use sms_application::Suppress;
use sms_domain::facts::SuppressionScope;
use sms_domain::inbound::ActiveSuppression;
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::ports::{Known, OptOutOutcome};
use sms_domain::values::Actor;
use sms_domain::values::ids::{OrganizationId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;

use super::connect::desk;
use super::known::{self, parsed};
use super::output::say_all;
use crate::cli::SuppressionsCommand;
use crate::config::Config;
use crate::wiring::System;

/// Does what the operator said about the list; what cannot be read is refused before the store is
/// asked.
pub(super) async fn run(config: &Config, command: SuppressionsCommand) -> anyhow::Result<()> {
    let wish = read(command)?;
    let system = desk(config).await?;
    say_all(&perform(&system, wish, &config.operator).await?)
}

/// What the operator said, read.
enum Wish {
    List(Person),
    Add {
        person: Person,
        scope: SuppressionScope,
        reason: String,
    },
    Release {
        person: Person,
        entry: Option<SuppressionId>,
    },
}

/// Whose entries.
struct Person {
    organization: OrganizationId,
    phone: PhoneNumber,
}

/// Reads the command.
fn read(command: SuppressionsCommand) -> anyhow::Result<Wish> {
    Ok(match command {
        SuppressionsCommand::List {
            organization,
            phone,
        } => Wish::List(person(&organization, &phone)?),
        SuppressionsCommand::Add {
            organization,
            phone,
            number,
            campaign,
            reason,
        } => Wish::Add {
            person: person(&organization, &phone)?,
            scope: scope(number.as_deref(), campaign.as_deref())?,
            reason: code(reason)?,
        },
        SuppressionsCommand::Release {
            organization,
            phone,
            entry,
        } => Wish::Release {
            person: person(&organization, &phone)?,
            entry: entry.map(|entry| parsed("the entry", &entry)).transpose()?,
        },
    })
}

/// Answers what to print.
async fn perform(system: &System, wish: Wish, by: &Actor) -> anyhow::Result<Vec<String>> {
    let opt_outs = &system.maintenance.opt_outs;
    match wish {
        Wish::List(Person {
            organization,
            phone,
        }) => {
            known::organization(system, organization).await?;
            let active = opt_outs.active(organization, &phone).await?;
            if active.is_empty() {
                return Ok(vec!["the person has no entry".to_owned()]);
            }
            Ok(active.iter().map(describe).collect())
        }
        Wish::Add {
            person,
            scope,
            reason,
        } => {
            let added = add(system, person, scope, reason, by.clone());
            Ok(vec![added.await?.to_owned()])
        }
        Wish::Release { person, entry } => {
            known::organization(system, person.organization).await?;
            let released = opt_outs.release(person.organization, &person.phone, entry, by.clone());
            match (released.await?, entry) {
                (0, Some(entry)) => bail!("the person has no entry {entry} that is in force"),
                (0, None) => bail!("the person has no entry that is in force"),
                (released, _) => Ok(vec![format!("{released} released")]),
            }
        }
    }
}

async fn add(
    system: &System,
    person: Person,
    scope: SuppressionScope,
    reason: String,
    by: Actor,
) -> anyhow::Result<&'static str> {
    let organization_id = person.organization;
    let named = || format!("the phone number is {:?}", person.phone.as_str());
    person.phone.check().with_context(named)?;
    known::organization(system, organization_id).await?;
    let named = match scope {
        SuppressionScope::Organization => None,
        SuppressionScope::Campaign(id) => Some(Known::Campaign(organization_id, id)),
        SuppressionScope::Number(id) => Some(Known::Number(organization_id, id)),
    };
    if let Some(named) = named {
        known::require(system.stores(), named).await?;
    }
    let suppress = Suppress {
        organization_id,
        phone: person.phone,
        scope,
        source: SuppressionSource::Operator,
        profile: None,
        reason,
        recipient: None,
        at: None,
        by: Some(by),
    };
    match system.maintenance.opt_outs.suppress(suppress).await? {
        OptOutOutcome::Recorded => Ok(match scope {
            SuppressionScope::Organization => "recorded; nothing leaves to this person any more",
            SuppressionScope::Campaign(_) => {
                "recorded; nothing of the campaign leaves to this person any more"
            }
            SuppressionScope::Number(_) => {
                "recorded; nothing leaves from the number to this person any more"
            }
        }),
        OptOutOutcome::AlreadyClosed => Ok("the list has an operator's entry of it already"),
        OptOutOutcome::Overtaken => bail!("the person opted in again meanwhile"),
    }
}

/// A reason stands in the list and in logs.
fn code(reason: String) -> anyhow::Result<String> {
    if reason.trim().is_empty() || reason.chars().any(char::is_control) || reason.len() > 200 {
        bail!("the reason must have 1 to 200 bytes and no control characters");
    }
    Ok(reason)
}

fn describe(entry: &ActiveSuppression) -> String {
    let scope = match entry.scope {
        SuppressionScope::Organization => "everything".to_owned(),
        SuppressionScope::Campaign(id) => format!("campaign {id}"),
        SuppressionScope::Number(id) => format!("number {id}"),
    };
    let reason = entry.reason.as_deref().unwrap_or("no reason given");
    let since = entry.at.to_rfc3339();
    format!(
        "{}  {scope}  since {since}  by {}  {reason}",
        entry.id, entry.source
    )
}

fn person(organization: &str, phone: &str) -> anyhow::Result<Person> {
    Ok(Person {
        organization: parsed("the organization", organization)?,
        phone: known::person(phone)?,
    })
}

fn scope(number: Option<&str>, campaign: Option<&str>) -> anyhow::Result<SuppressionScope> {
    match (number, campaign) {
        (Some(number), _) => Ok(SuppressionScope::Number(parsed("the number", number)?)),
        (None, Some(campaign)) => Ok(SuppressionScope::Campaign(parsed(
            "the campaign",
            campaign,
        )?)),
        (None, None) => Ok(SuppressionScope::Organization),
    }
}
