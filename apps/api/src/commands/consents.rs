//! `sms-api consents`: records of consent, shown with their proof and revoked.

use anyhow::{Context as _, bail};
use sms_domain::facts::{ConsentRecord, Revocation};
use sms_domain::ports::{Clock, ConsentRevocation, Known, RevocationOutcome};

use super::audit::instant;
use super::connect;
use super::known::{self, parsed};
use super::output::{say, say_all};
use super::waiting::Patience;
use crate::cli::{ConsentsCommand, Format};
use crate::config::Config;
use crate::system::SystemClock;

/// Runs a command about consents; what cannot be read is refused before the store is asked.
pub(super) async fn run(config: &Config, command: ConsentsCommand) -> anyhow::Result<()> {
    match command {
        ConsentsCommand::List {
            organization,
            lead,
            format,
        } => list(config, &organization, &lead, format).await,
        ConsentsCommand::Revoke {
            organization,
            consent,
            channel,
            at,
        } => {
            let now = SystemClock.now();
            let at = at.map(|text| instant("--at", &text)).transpose()?;
            let at = at.unwrap_or(now);
            if at > now {
                bail!(
                    "--at is {}: expected an instant that has passed",
                    at.to_rfc3339()
                );
            }
            let channel = channel.parse().context("--channel")?;
            let change = ConsentRevocation {
                organization_id: parsed("the organization", &organization)?,
                id: parsed("the consent", &consent)?,
                revoked: Revocation { at, channel },
                at: now,
                by: config.operator.clone(),
            };
            revoke(config, change).await
        }
    }
}

async fn list(
    config: &Config,
    organization: &str,
    lead: &str,
    format: Format,
) -> anyhow::Result<()> {
    let organization = parsed("the organization", organization)?;
    let lead = parsed("the lead", lead)?;
    let stores = connect::stores(config, Patience::NONE).await?;
    known::require(&stores, Known::Organization(organization)).await?;
    let records = stores.consents.consents(organization, lead).await?;
    if records.is_empty() && format == Format::Table {
        say("the lead has no consent on record")?;
    }
    for record in &records {
        match format {
            Format::Table => say_all(&lines(record))?,
            Format::Json => say(&serde_json::to_string(record)?)?,
        }
    }
    Ok(())
}

async fn revoke(config: &Config, change: ConsentRevocation) -> anyhow::Result<()> {
    let stores = connect::stores(config, Patience::NONE).await?;
    let (organization, id) = (change.organization_id, change.id);
    known::require(&stores, Known::Organization(organization)).await?;
    match stores.consents.revoke_consent(change).await? {
        RevocationOutcome::Recorded => say("revoked; nothing leaves any more that rests on it"),
        RevocationOutcome::AlreadyRevoked => say("the consent was revoked before"),
        RevocationOutcome::BeforeConsent => {
            bail!("--at is before the consent was given: expected a later instant")
        }
        RevocationOutcome::Unknown => bail!("the organization {organization} has no consent {id}"),
    }
}

/// A record with its proof.
fn lines(record: &ConsentRecord) -> Vec<String> {
    let (proof, basis) = (&record.proof, record.basis);
    let revoked = record.revoked.map_or_else(
        || "in force".to_owned(),
        |revoked| format!("revoked {} by {}", revoked.at.to_rfc3339(), revoked.channel),
    );
    let mut lines = vec![format!(
        "{}  {basis}  given {}  {revoked}",
        record.id,
        record.at.to_rfc3339()
    )];
    let address = proof.ip_address.map(|address| address.to_string());
    let sellers = (!proof.sellers.is_empty()).then(|| proof.sellers.join(", "));
    let recorded = record.recorded_by.as_ref().zip(record.recorded_at);
    let recorded = recorded.map(|(by, at)| format!("{} by {by}", at.to_rfc3339()));
    for (name, value) in [
        ("shown", proof.text_shown.as_ref()),
        ("page", proof.page_url.as_ref()),
        ("address", address.as_ref()),
        ("browser", proof.user_agent.as_ref()),
        ("certificate", proof.certificate_url.as_ref()),
        ("sellers", sellers.as_ref()),
        ("recorded", recorded.as_ref()),
    ] {
        lines.extend(value.map(|value| format!("    {name}: {}", value.escape_debug())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use sms_domain::facts::{ConsentBasis, ConsentProof, RevocationChannel};
    use sms_domain::values::ids::{ConsentId, LeadId, OrganizationId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_record_is_shown_with_what_proves_it_and_nothing_moves_the_cursor() {
        let record = ConsentRecord {
            organization_id: OrganizationId::new(Uuid::nil()),
            id: ConsentId::new(Uuid::nil()),
            lead_id: LeadId::new(Uuid::nil()),
            basis: ConsentBasis::Written,
            at: DateTime::UNIX_EPOCH,
            proof: ConsentProof {
                text_shown: Some("I agree\u{1b}[2J\nto texts".to_owned()),
                ip_address: Some([192, 0, 2, 7].into()),
                sellers: vec!["Acme".to_owned(), "Other".to_owned()],
                ..ConsentProof::default()
            },
            recorded_by: Some("anna".to_owned()),
            recorded_at: Some(DateTime::UNIX_EPOCH),
            revoked: Some(Revocation {
                at: DateTime::UNIX_EPOCH,
                channel: RevocationChannel::Email,
            }),
        };
        let shown = lines(&record);
        assert!(
            shown[0].contains("revoked 1970-01-01T00:00:00+00:00 by email"),
            "{shown:?}"
        );
        assert_eq!(shown[1], "    shown: I agree\\u{1b}[2J\\nto texts");
        assert_eq!(shown[2], "    address: 192.0.2.7");
        assert_eq!(shown[3], "    sellers: Acme, Other");
        assert_eq!(shown[4], "    recorded: 1970-01-01T00:00:00+00:00 by anna");
    }
}
