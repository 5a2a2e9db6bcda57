//! `rules verify`: stored decisions, judged again by this build and law.

use anyhow::{Context as _, bail};
use chrono::{DateTime, TimeDelta, Utc};
use sms_application::{DifferentDecision, Verification, VerifyDecisions};
use sms_domain::decision::DecisionRecord;
use sms_domain::ports::Clock as _;

use super::say;
use super::table::Table;
use crate::cli::VerifyArguments;
use crate::commands::audit::instant;
use crate::commands::connect::{law_in_use, stores};
use crate::commands::waiting::Patience;
use crate::config::{Config, Needs};
use crate::law::LoadedLaw;
use crate::system::SystemClock;

/// Judges the stored decisions again; whether all that can be judged came out the same.
pub(super) async fn run(arguments: VerifyArguments) -> anyhow::Result<bool> {
    let since = arguments.since.as_deref();
    let since = since
        .map(|text| since_when(text, SystemClock.now()))
        .transpose()?;
    let config = Config::from_env(Needs::Store)?;
    let stores = stores(&config, Patience::NONE).await?;
    let law = match arguments.law.as_deref() {
        Some(folder) => LoadedLaw::chosen(Some(folder))?,
        None => match law_in_use(&stores).await? {
            Some(law) => law,
            None => LoadedLaw::bundled()?,
        },
    };
    let found = VerifyDecisions::new(stores.decisions.clone(), law.rules)
        .run(since)
        .await?;
    say(&table(&found), arguments.format)?;
    Ok(found.holds())
}

/// An instant, or a period before now: days as `30d`, hours as `12h`.
fn since_when(text: &str, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let period = |unit, of: fn(i64) -> Option<TimeDelta>| {
        let number = text.strip_suffix(unit)?.parse::<u32>().ok()?;
        now.checked_sub_signed(of(number.into())?)
    };
    match period('d', TimeDelta::try_days).or_else(|| period('h', TimeDelta::try_hours)) {
        Some(since) => Ok(since),
        None if text.ends_with(['d', 'h']) => {
            bail!("--since is {text:?}: expected days as 30d, hours as 12h, or an instant")
        }
        None => {
            instant("--since", text).context("expected days as 30d, hours as 12h, or an instant")
        }
    }
}

fn table(found: &Verification) -> Table {
    let mut table = Table::new(&["what", "decisions"]);
    let results = [
        ("came out the same", found.same),
        (
            "of these, confirmed another when an attempt began",
            found.confirmations,
        ),
        ("came out otherwise", found.different),
        ("have facts that do not belong together", found.unreadable),
        ("are by another build or law: not judged", found.other_rules),
        ("have no facts kept: not judged", found.without_facts),
    ];
    for (what, count) in results {
        table.push([what.to_owned(), count.to_string()]);
    }
    for ((rule, verdict), count) in &found.verdicts {
        table.push([format!("rule {rule}: {verdict}"), count.to_string()]);
    }
    for (strategy, count) in &found.strategies {
        table.push([format!("strategy {strategy}"), count.to_string()]);
    }
    for (gate, count) in &found.gates {
        table.push([format!("gate {gate}"), count.to_string()]);
    }
    for example in &found.examples {
        table.push([otherwise(example), "1".to_owned()]);
    }
    table
}

fn otherwise(example: &DifferentDecision) -> String {
    let outcome = |record: &DecisionRecord| {
        let reason = record
            .reason
            .map_or("-".to_owned(), |reason| reason.to_string());
        format!("{} {reason}", record.outcome)
    };
    let message = format!(
        "otherwise: message {} of {}",
        example.message_id, example.organization_id
    );
    let became = outcome(&example.judged);
    let Some(stored) = &example.stored else {
        return format!("{message}: what an attempt rested on became {became}");
    };
    let judged = example.judged.trace.rules.iter();
    let changed = judged
        .zip(&stored.trace.rules)
        .find(|(judged, stored)| judged != stored)
        .map_or("", |(judged, _)| &judged.rule);
    let was = outcome(stored);
    format!("{message}: {was} became {became}; first differing rule: {changed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-12-15T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn since_is_a_period_or_an_instant() {
        for (text, since) in [
            ("30d", "2026-11-15T12:00:00Z"),
            ("12h", "2026-12-15T00:00:00Z"),
            ("2026-12-01", "2026-12-01T00:00:00Z"),
            ("2026-12-01T01:00:00Z", "2026-12-01T01:00:00Z"),
        ] {
            let since: DateTime<Utc> = since.parse().unwrap();
            assert_eq!(since_when(text, now()).unwrap(), since, "{text}");
        }
        for text in ["d", "-3d", "3w", "99999999d", "yesterday"] {
            let error = since_when(text, now()).unwrap_err();
            assert!(format!("{error:#}").contains("30d"), "{text}: {error:#}");
        }
    }

    #[test]
    fn every_count_is_a_row() {
        let found = Verification {
            same: 2,
            verdicts: [(("consent".to_owned(), "refuse"), 1)].into(),
            ..Verification::default()
        };
        let lines = table(&found).lines(super::super::TableFormat::Csv).unwrap();
        assert!(
            lines.contains(&"came out the same,2".to_owned()),
            "{lines:?}"
        );
        assert!(
            lines.contains(&"rule consent: refuse,1".to_owned()),
            "{lines:?}"
        );
    }
}
