//! `sms-api audit list`: who changed law, lists, keys, suppressions or money.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};
use sms_domain::ports::{AuditQuery, AuditRecord, Known};

use super::connect;
use super::known::{self, parsed};
use super::output::say;
use super::waiting::Patience;
use crate::cli::{AuditCommand, Format};
use crate::config::Config;

/// Entries that are read at once.
const PAGE: usize = 500;

/// Runs a command about the audit log; what cannot be read is refused before the store is asked.
pub(super) async fn run(config: &Config, command: AuditCommand) -> anyhow::Result<()> {
    let AuditCommand::List {
        since,
        organization,
        format,
    } = command;
    let organization = organization
        .map(|text| parsed("the organization", &text))
        .transpose()?;
    let mut query = AuditQuery {
        since: since.map(|text| instant("--since", &text)).transpose()?,
        organization_id: organization,
        after: 0,
        limit: PAGE,
    };
    let stores = connect::stores(config, Patience::NONE).await?;
    if let Some(id) = organization {
        known::require(&stores, Known::Organization(id)).await?;
    }
    let mut is_empty = true;
    loop {
        let page = stores.audit.list_audit(query).await?;
        for record in &page {
            say(&line(record, format))?;
        }
        is_empty &= page.is_empty();
        match page.last() {
            Some(last) if page.len() == PAGE => query.after = last.id,
            _ => break,
        }
    }
    if is_empty && format == Format::Table {
        say("the audit log has no such entry")?;
    }
    Ok(())
}

/// An instant on the command line: RFC 3339, or a date, which is its first instant in UTC.
pub(super) fn instant(what: &str, text: &str) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    let at = DateTime::parse_from_rfc3339(text).with_context(|| {
        format!("{what} is {text:?}: expected an instant as 2026-12-31T18:00:00Z, or a date")
    })?;
    Ok(at.to_utc())
}

fn line(record: &AuditRecord, format: Format) -> String {
    match format {
        Format::Table => row(record),
        Format::Json => object(record).to_string(),
    }
}

/// One entry as a line of columns; the change comes last, as JSON.
fn row(record: &AuditRecord) -> String {
    let entry = &record.entry;
    let organization = entry.organization_id.map(|id| id.to_string());
    let shown = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
    format!(
        "{}  {:<20}  {}  {}  {}  at {}  {} -> {}",
        entry.at.to_rfc3339(),
        entry.action,
        organization.as_deref().unwrap_or("every organization"),
        entry.target,
        entry.actor.name,
        entry.actor.origin,
        shown(&entry.before),
        shown(&entry.after),
    )
}

fn object(record: &AuditRecord) -> Value {
    let entry = &record.entry;
    json!({
        "id": record.id,
        "at": entry.at,
        "organizationId": entry.organization_id,
        "actorKind": entry.actor.kind,
        "actor": entry.actor.name,
        "origin": entry.actor.origin,
        "action": entry.action,
        "target": entry.target,
        "before": entry.before,
        "after": entry.after,
    })
}

#[cfg(test)]
mod tests {
    use sms_domain::ports::{AuditAction, AuditEntry};
    use sms_domain::values::Actor;

    use super::*;

    fn record() -> AuditRecord {
        AuditRecord {
            id: 7,
            entry: AuditEntry {
                at: DateTime::UNIX_EPOCH,
                organization_id: None,
                actor: Actor::operator("anna", "desk"),
                action: AuditAction::KeyRevoked,
                target: "KEY".to_owned(),
                before: Some(json!({ "a": 1 })),
                after: None,
            },
        }
    }

    #[test]
    fn an_entry_is_a_line_of_columns() {
        assert_eq!(
            line(&record(), Format::Table),
            "1970-01-01T00:00:00+00:00  key_revoked           every organization  KEY  anna  at desk  \
             {\"a\":1} -> -"
        );
    }

    #[test]
    fn an_entry_is_an_object_on_one_line() {
        let read: Value = serde_json::from_str(&line(&record(), Format::Json)).unwrap();
        assert_eq!(read["action"], "key_revoked");
        assert_eq!(read["actor"], "anna");
        assert_eq!(read["before"], json!({ "a": 1 }));
        assert_eq!(read["after"], Value::Null);
    }

    #[test]
    fn an_instant_is_rfc_3339_or_a_date() {
        let read = |text: &str| instant("--since", text).map(|at| at.to_rfc3339());
        assert_eq!(read("2026-11-30").unwrap(), "2026-11-30T00:00:00+00:00");
        let zoned = read("2026-11-30T01:00:00+02:00").unwrap();
        assert_eq!(zoned, "2026-11-29T23:00:00+00:00");
        let error = read("yesterday").unwrap_err().to_string();
        assert!(error.starts_with("--since is \"yesterday\""), "{error}");
    }
}
