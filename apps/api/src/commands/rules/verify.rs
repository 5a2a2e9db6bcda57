//! `rules verify`: stored decisions, judged again by this build and law.

use sms_application::{DifferentDecision, Verification, VerifyDecisions};
use sms_domain::decision::DecisionRecord;
use sms_domain::ports::Clock as _;

use super::period::since_when;
use super::table::Table;
use super::{heard, say, store_config};
use crate::cli::VerifyArguments;
use crate::commands::connect::{law_in_use, stores};
use crate::commands::waiting::Patience;
use crate::config::Config;
use crate::law::LoadedLaw;
use crate::system::SystemClock;

/// Judges the stored decisions again; whether all that can be judged came out the same.
pub(super) async fn run(
    config: Option<&Config>,
    arguments: VerifyArguments,
) -> anyhow::Result<bool> {
    let since = arguments.since.as_deref();
    let since = since
        .map(|text| since_when(text, SystemClock.now()))
        .transpose()?;
    let config = store_config(config)?;
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
    let said = say(&table(&found), arguments.format);
    heard(said, !found.holds())?;
    Ok(found.holds())
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
