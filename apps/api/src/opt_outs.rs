//! The operator's commands around the opt-out list.

use anyhow::{Context as _, bail};
use sms_application::Suppress;
use sms_domain::change::SuppressionSource;
use sms_domain::decision::SuppressionScope;
use sms_domain::ids::OrganizationId;
use sms_domain::inbound::ActiveSuppression;
use sms_domain::phone::PhoneNumber;
use sms_domain::ports::OptOutOutcome;

use crate::cli::OptOutsCommand;
use crate::wiring::Upkeep;

/// Does what the operator said about the opt-out list; answers what to print.
///
/// # Errors
/// When an argument cannot be read or the store fails.
pub(crate) async fn run(upkeep: &Upkeep, command: OptOutsCommand) -> anyhow::Result<Vec<String>> {
    match command {
        OptOutsCommand::List {
            organization,
            phone,
        } => {
            let (organization, phone) = person(&organization, &phone)?;
            let active = upkeep.opt_outs.active(organization, &phone).await?;
            Ok(active.iter().map(describe).collect())
        }
        OptOutsCommand::Add {
            organization,
            phone,
            number,
            campaign,
            reason,
        } => {
            let (organization_id, phone) = person(&organization, &phone)?;
            let suppress = Suppress {
                organization_id,
                phone,
                scope: scope(number.as_deref(), campaign.as_deref())?,
                source: SuppressionSource::Operator,
                reason,
                at: None,
            };
            let said = match upkeep.opt_outs.suppress(suppress).await? {
                OptOutOutcome::Recorded => "recorded; nothing leaves to this person any more",
                OptOutOutcome::AlreadyClosed => "the list has it already",
                OptOutOutcome::Overtaken => bail!("the person opted in again meanwhile"),
            };
            Ok(vec![said.to_owned()])
        }
        OptOutsCommand::Release {
            organization,
            phone,
            entry,
        } => {
            let (organization, phone) = person(&organization, &phone)?;
            let entry = entry.as_deref().map(parsed).transpose()?;
            let released = upkeep.opt_outs.release(organization, &phone, entry).await?;
            if released == 0 {
                bail!("the person has no such entry");
            }
            Ok(vec![format!("{released} released")])
        }
    }
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

fn person(organization: &str, phone: &str) -> anyhow::Result<(OrganizationId, PhoneNumber)> {
    let phone = PhoneNumber::parse(phone).with_context(|| format!("{phone:?}"))?;
    Ok((parsed(organization)?, phone))
}

fn scope(number: Option<&str>, campaign: Option<&str>) -> anyhow::Result<SuppressionScope> {
    match (number, campaign) {
        (Some(number), _) => Ok(SuppressionScope::Number(parsed(number)?)),
        (None, Some(campaign)) => Ok(SuppressionScope::Campaign(parsed(campaign)?)),
        (None, None) => Ok(SuppressionScope::Organization),
    }
}

fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: &str,
) -> anyhow::Result<T> {
    text.parse().with_context(|| format!("{text:?}"))
}
