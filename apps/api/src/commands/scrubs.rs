//! `sms-api scrubs`: imports lists of others and shows what is imported.

mod lines;

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use sms_domain::ports::{Clock, Exchange, ImportedList, Known, ReassignedRow, read_list_line};
use sms_domain::values::ids::OrganizationId;

use self::lines::Lines;
use super::connect;
use super::known::{self, parsed};
use super::output::{say, say_all};
use super::waiting::Patience;
use crate::cli::{ScrubsCommand, ScrubsImport};
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::Stores;

/// Exchanges that are stored at once.
const BATCH: usize = 1_000;

/// Lines between two reports of the progress.
const REPORT: u64 = 1_000_000;

/// Runs a command about lists; what cannot be read is refused before the store is asked.
pub(super) async fn run(config: &Config, command: ScrubsCommand) -> anyhow::Result<()> {
    match command {
        ScrubsCommand::List { organization } => list(config, &organization).await,
        ScrubsCommand::Import { list } => match list {
            ScrubsImport::NationalDnc {
                file,
                organization,
                as_of,
            } => {
                let as_of = date("--as-of", &as_of)?;
                if as_of > SystemClock.now().date_naive() {
                    bail!("--as-of is {as_of}: expected a date that is not in the future");
                }
                national_dnc(config, &file, &organization, as_of).await
            }
            ScrubsImport::Reassigned { file, organization } => {
                reassigned(config, &file, &organization).await
            }
        },
    }
}

fn date(what: &str, text: &str) -> anyhow::Result<NaiveDate> {
    text.parse()
        .with_context(|| format!("{what} is {text:?}: expected a date as 2026-12-31"))
}

fn open(file: &Path) -> anyhow::Result<Lines<BufReader<File>>> {
    let opened = File::open(file).with_context(|| format!("read {}", file.display()))?;
    Ok(Lines::new(BufReader::with_capacity(1 << 20, opened)))
}

async fn known_organization(
    config: &Config,
    organization: &str,
) -> anyhow::Result<(Stores, OrganizationId)> {
    let id = parsed("the organization", organization)?;
    let stores = connect::stores(config, Patience::NONE).await?;
    known::require(&stores, Known::Organization(id)).await?;
    Ok((stores, id))
}

async fn national_dnc(
    config: &Config,
    file: &Path,
    organization: &str,
    as_of: NaiveDate,
) -> anyhow::Result<()> {
    let lines = open(file)?;
    let (stores, id) = known_organization(config, organization).await?;
    let mut import = Import {
        generation: stores.scrubs.begin_national_dnc(id).await?,
        organization_id: id,
        stores: &stores,
        batch: Vec::new(),
        exchanges: 0,
        numbers: 0,
    };
    let read = import.read(lines).await;
    read.with_context(|| format!("{}; the list before stays in force", file.display()))?;
    let (numbers, exchanges) = (import.numbers, import.exchanges);
    let finished = ImportedList {
        organization_id: id,
        generation: import.generation,
        as_of,
        numbers,
        exchanges,
        at: SystemClock.now(),
        by: config.operator.clone(),
    };
    if !stores.scrubs.finish_national_dnc(finished).await? {
        bail!("another import of the list has begun meanwhile: nothing of this one is in force");
    }
    say(&format!(
        "{numbers} numbers in {exchanges} exchanges, as of {as_of}, are in force"
    ))
}

/// An import of the national do-not-call list, one exchange after the other.
struct Import<'a> {
    stores: &'a Stores,
    organization_id: OrganizationId,
    generation: i64,
    batch: Vec<Exchange>,
    exchanges: u64,
    numbers: u64,
}

impl Import<'_> {
    async fn read(&mut self, mut lines: Lines<impl BufRead>) -> anyhow::Result<()> {
        let mut current: Option<Exchange> = None;
        while let Some((number, text)) = lines.next()? {
            let read = read_list_line(&text);
            let (code, line) = read.with_context(|| format!("line {number} is {text:?}"))?;
            let exchange = match &mut current {
                Some(exchange) if exchange.code == code => exchange,
                other => {
                    let before = other.replace(Exchange::empty(code));
                    self.put(before, number).await?;
                    other.get_or_insert_with(|| Exchange::empty(code))
                }
            };
            exchange.list(line);
            self.numbers += 1;
            if self.numbers.is_multiple_of(REPORT) {
                report(self.numbers);
            }
        }
        self.put(current, lines.read()).await?;
        self.store(lines.read()).await?;
        if self.numbers == 0 {
            bail!("the file has no number");
        }
        Ok(())
    }

    async fn put(&mut self, exchange: Option<Exchange>, line: u64) -> anyhow::Result<()> {
        self.batch.extend(exchange);
        if self.batch.len() >= BATCH {
            self.store(line).await?;
        }
        Ok(())
    }

    async fn store(&mut self, line: u64) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.exchanges += batch.len() as u64;
        let (organization, generation) = (self.organization_id, self.generation);
        let put = self
            .stores
            .scrubs
            .put_exchanges(organization, generation, batch);
        if !put.await? {
            bail!(
                "the numbers of an exchange are not together in the lines up to {line}: sort the file"
            );
        }
        Ok(())
    }
}

/// Says how far an import is, where a person sees it.
fn report(numbers: u64) {
    let mut terminal = io::stderr();
    if terminal.is_terminal() {
        // Nobody misses a report that cannot be written.
        let _ = write!(terminal, "\r{} million numbers", numbers / REPORT);
    }
}

async fn reassigned(config: &Config, file: &Path, organization: &str) -> anyhow::Result<()> {
    let mut lines = open(file)?;
    let mut rows = Vec::new();
    while let Some((number, text)) = lines.next()? {
        let row = answer(&text).with_context(|| format!("line {number}"));
        rows.push(row.with_context(|| format!("{}; nothing is imported", file.display()))?);
    }
    if rows.is_empty() {
        bail!("{}: the file has no answer", file.display());
    }
    let (stores, id) = known_organization(config, organization).await?;
    let (many, now) = (rows.len(), SystemClock.now());
    let by = config.operator.clone();
    stores.scrubs.put_reassigned(id, rows, now, by).await?;
    say(&format!("{many} answers are in force"))
}

/// `+14045550123,2026-10-01,2026-11-20,no data`: a number, the date of the consent, the date of the query,
/// the answer.
fn answer(text: &str) -> anyhow::Result<ReassignedRow> {
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let [phone, consent, asked, answer] = parts.as_slice() else {
        bail!("expected a number, the date of the consent, the date of the query, and the answer");
    };
    let asked_on = date("the date of the query", asked)?;
    if asked_on > SystemClock.now().date_naive() {
        bail!("the date of the query is {asked_on}: expected a date that is not in the future");
    }
    let answer = answer.to_ascii_lowercase().replace(' ', "_");
    Ok(ReassignedRow {
        phone: known::person(phone)?,
        consent_on: date("the date of the consent", consent)?,
        asked_on,
        answer: (answer.parse()).context("the answer: expected yes, no or no data")?,
    })
}

async fn list(config: &Config, organization: &str) -> anyhow::Result<()> {
    let (stores, id) = known_organization(config, organization).await?;
    let imported = stores.scrubs.imported(id).await?;
    let national = imported.national_dnc.map_or_else(
        || "national-dnc: never imported".to_owned(),
        |(as_of, numbers, at)| {
            let at = at.to_rfc3339();
            format!("national-dnc: {numbers} numbers as of {as_of}, imported {at}")
        },
    );
    let (answers, latest) = imported.reassigned;
    let latest = latest.map_or_else(String::new, |latest| format!(", the latest of {latest}"));
    say_all(&[national, format!("reassigned: {answers} answers{latest}")])
}

#[cfg(test)]
mod tests {
    use sms_domain::facts::ReassignedAnswer;

    use super::*;

    #[test]
    fn an_answer_is_a_number_two_dates_and_a_word() {
        let row = answer("+14045550123, 2026-10-01, 2026-11-20, No data").unwrap();
        assert_eq!(row.phone.as_str(), "+14045550123");
        assert_eq!(row.consent_on.to_string(), "2026-10-01");
        assert_eq!(row.asked_on.to_string(), "2026-11-20");
        assert_eq!(row.answer, ReassignedAnswer::NoData);
    }

    #[test]
    fn what_is_wrong_with_an_answer_is_named() {
        for (text, expected) in [
            ("", "expected a number"),
            ("4045550123,2026-10-01,2026-11-20,no", "the phone number"),
            (
                "+14045550123,yesterday,2026-11-20,no",
                "the date of the consent",
            ),
            ("+14045550123,2026-10-01,2999-11-20,no", "not in the future"),
            (
                "+14045550123,2026-10-01,2026-11-20,maybe",
                "yes, no or no data",
            ),
        ] {
            let error = format!("{:#}", answer(text).unwrap_err());
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
