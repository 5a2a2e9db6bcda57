//! `rules diff`: which minutes, caps and rows two versions of the law differ in.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use sms_domain::law::{LawChange, RuleData, compared_until, difference};

use super::table::{Table, TableFormat};
use super::{chosen, heard, say};
use crate::cli::DiffArguments;
use crate::commands::connect::stores;
use crate::commands::waiting::Patience;
use crate::config::{Config, Needs};
use crate::law::LoadedLaw;

/// The name of the program's own law.
const BUNDLED: &str = "bundled";

/// One of the two versions.
struct Side {
    rules: RuleData,
    /// The date, if one was given instead of a law.
    as_of: Option<NaiveDate>,
}

/// Compares; whether both are the same.
pub(super) async fn run(arguments: &DiffArguments, today: NaiveDate) -> anyhow::Result<bool> {
    let old = side(&arguments.old, arguments, today).await?;
    let new = new_side(arguments, today).await?;
    let (first, last) = days(arguments, (&old, &new), today)?;
    let table = table(&difference(&old.rules, &new.rules, first, last));
    if !table.is_empty() || arguments.format != TableFormat::Table {
        heard(say(&table, arguments.format), !table.is_empty())?;
    }
    Ok(table.is_empty())
}

/// The law that a text names.
struct Named {
    law: LoadedLaw,
    as_of: Option<NaiveDate>,
}

async fn side(text: &str, arguments: &DiffArguments, today: NaiveDate) -> anyhow::Result<Side> {
    named(text, arguments, today).await?.side(today)
}

/// The new law, with its proposed rows in force if that is asked for.
async fn new_side(arguments: &DiffArguments, today: NaiveDate) -> anyhow::Result<Side> {
    let mut named = named(&arguments.new, arguments, today).await?;
    if arguments.expect {
        named.law = named.law.expected()?;
    }
    named.side(today)
}

/// A date, the hash of a stored law, `bundled`, or a folder.
async fn named(text: &str, arguments: &DiffArguments, today: NaiveDate) -> anyhow::Result<Named> {
    let as_of = date(text);
    let law = if as_of.is_some() {
        chosen(arguments.law.as_deref(), today)?
    } else if text == BUNDLED {
        LoadedLaw::bundled()?
    } else if is_hash(text) {
        stored(text).await?
    } else {
        LoadedLaw::read(Path::new(text))?
    };
    Ok(Named { law, as_of })
}

impl Named {
    fn side(self, today: NaiveDate) -> anyhow::Result<Side> {
        let rules = self.law.checked(today)?.rules;
        Ok(Side {
            rules: self
                .as_of
                .map_or_else(|| rules.clone(), |date| rules.as_of(date)),
            as_of: self.as_of,
        })
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    Some(text)
        .filter(|text| text.len() == "2026-12-31".len())
        .and_then(|text| text.parse().ok())
}

fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

async fn stored(hash: &str) -> anyhow::Result<LoadedLaw> {
    let bundled = LoadedLaw::bundled()?;
    if bundled.rules.version() == hash {
        return Ok(bundled);
    }
    let config = Config::from_env(Needs::Store).context("a stored law needs its database")?;
    let stores = stores(&config, Patience::NONE).await?;
    let Some(set) = stores.laws.find_law(hash).await? else {
        bail!("no law with the hash {hash} is stored");
    };
    LoadedLaw::stored(set)
}

/// The days that are compared.
fn days(
    arguments: &DiffArguments,
    (old, new): (&Side, &Side),
    today: NaiveDate,
) -> anyhow::Result<(NaiveDate, NaiveDate)> {
    // What was in force on two dates is compared as if it held from the later one on.
    let later = old.as_of.max(new.as_of);
    let begin = later
        .or_else(|| NaiveDate::from_ymd_opt(2021, 1, 1))
        .unwrap_or(today);
    let first = arguments.from.unwrap_or(begin);
    let end = compared_until(
        &old.rules,
        &new.rules,
        later.map_or(today, |later| later.max(today)),
    );
    let last = arguments.to.unwrap_or(end);
    ensure!(first <= last, "--from {first} is after --to {last}");
    Ok((first, last))
}

fn table(changes: &[LawChange]) -> Table {
    let columns = &[
        "place", "change", "zones", "first", "last", "weekdays", "minutes", "old", "new",
    ];
    let mut table = Table::new(columns);
    for change in changes {
        let days = change.days.as_ref();
        let weekdays = days.map(|days| days.weekdays.iter().map(ToString::to_string).collect());
        let weekdays: Vec<String> = weekdays.unwrap_or_default();
        table.push([
            change.place.clone(),
            change.kind.to_string(),
            change.zones.join(" "),
            super::date(days.map(|days| days.first)),
            super::date(days.map(|days| days.last)),
            weekdays.join(" "),
            change
                .minutes
                .map_or_else(String::new, |minutes| minutes.to_string()),
            change.old.clone(),
            change.new.clone(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(old: &str, new: &str) -> DiffArguments {
        DiffArguments {
            old: old.to_owned(),
            new: new.to_owned(),
            law: None,
            from: None,
            expect: false,
            to: None,
            format: TableFormat::Table,
        }
    }

    fn today() -> NaiveDate {
        "2026-12-01".parse().unwrap()
    }

    async fn lines(arguments: DiffArguments) -> Vec<String> {
        let old = side(&arguments.old, &arguments, today()).await.unwrap();
        let new = new_side(&arguments, today()).await.unwrap();
        let (first, last) = days(&arguments, (&old, &new), today()).unwrap();
        let changes = difference(&old.rules, &new.rules, first, last);
        table(&changes).lines(TableFormat::Csv).unwrap()
    }

    #[tokio::test]
    async fn two_dates_are_compared_from_the_later_one_on() {
        let lines = lines(arguments("2025-12-31", "2026-01-01")).await;
        let oregon = lines.iter().find(|line| line.starts_with("OR,closes"));
        let all = "Mon Tue Wed Thu Fri Sat Sun";
        let expected = format!(
            "OR,closes,America/Boise America/Los_Angeles,2026-01-01,2028-12-02,{all},20:00-21:00,,"
        );
        assert_eq!(oregon, Some(&expected), "{lines:#?}");
    }

    #[tokio::test]
    async fn the_same_law_has_no_rows() {
        let hash = LoadedLaw::bundled().unwrap().rules.version().to_owned();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/domain/data");
        for (old, new) in [(BUNDLED, hash.as_str()), (folder, BUNDLED)] {
            assert_eq!(lines(arguments(old, new)).await.len(), 1);
        }
    }

    #[tokio::test]
    async fn the_days_can_be_given_and_must_be_in_order() {
        let some = DiffArguments {
            from: "2027-06-01".parse().ok(),
            to: "2027-06-02".parse().ok(),
            ..arguments("2025-12-31", "2026-01-01")
        };
        let lines = lines(some).await;
        assert!(
            lines
                .iter()
                .any(|line| line.contains(",2027-06-01,2027-06-02,Tue Wed,20:00-21:00"))
        );
        let sides = [BUNDLED, BUNDLED].map(|text| arguments(text, text));
        let turned = DiffArguments {
            from: "2027-06-02".parse().ok(),
            to: "2027-06-01".parse().ok(),
            ..arguments(BUNDLED, BUNDLED)
        };
        let old = side(BUNDLED, &sides[0], today()).await.unwrap();
        let error = days(&turned, (&old, &old), today())
            .unwrap_err()
            .to_string();
        assert_eq!(error, "--from 2027-06-02 is after --to 2027-06-01");
    }

    #[tokio::test]
    async fn what_is_proposed_can_be_expected_of_the_new_law() {
        let expecting = DiffArguments {
            expect: true,
            ..arguments(BUNDLED, BUNDLED)
        };
        let lines = lines(expecting).await;
        let evening = lines.iter().find(|line| line.starts_with("WV,closes"));
        assert!(evening.unwrap().contains(",20:00-21:00,"), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains(",announced,")));
    }

    #[tokio::test]
    async fn what_is_no_law_is_an_error() {
        for text in ["/nonexistent", "2026-13-01"] {
            assert!(side(text, &arguments(text, text), today()).await.is_err());
        }
    }
}
