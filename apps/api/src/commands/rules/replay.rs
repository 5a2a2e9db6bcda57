//! `rules replay`: stored decisions, judged again by this build and by a candidate.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Write as _};
use std::num::NonZeroUsize;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, Utc};
use sms_application::{ReplayDecisions, ReplayScope};
use sms_domain::ports::{Clock as _, Known};
use sms_lab::{CaseFile, Never, Replay, Replayed, StoredCase, Summary, replay_file};

use super::period::since_when;
use super::replayed::{self, Report};
use super::{FAILED, FORBIDDEN, OWNER_ONLY, REPORTED, candidate, heard, store_config};
use crate::cli::ReplayArguments;
use crate::commands::connect::{law_in_use, stores};
use crate::commands::known::{parsed, require};
use crate::commands::waiting::Patience;
use crate::config::Config;
use crate::law::LoadedLaw;
use crate::system::SystemClock;
use crate::wiring::Stores;

/// The decisions between two signs of progress.
const PROGRESS: u64 = 10_000;

/// Judges again; how the command ends.
pub(super) async fn run(
    config: Option<&Config>,
    arguments: &ReplayArguments,
    today: NaiveDate,
) -> anyhow::Result<u8> {
    let never = nevers(&arguments.never)?;
    let watcher = Arc::new(Mutex::new(Watcher::new(arguments.changes.as_deref())?));
    let (replay, summary) = match (&arguments.file, &arguments.since) {
        (Some(file), _) => of_file(file, arguments, today, &watcher)?,
        (None, Some(since)) => of_store(config, since, arguments, today, &watcher).await?,
        (None, None) => bail!("expected --since PERIOD, or a file of decisions"),
    };
    lock(&watcher).finish()?;
    let candidate = candidate::in_words(&arguments.candidate, &replay.candidate);
    let report = Report {
        candidate: candidate.as_deref(),
        summary: &summary,
        never: &never,
    };
    let code = ended(&summary, &never, arguments.strict);
    heard(replayed::say(&report, arguments.format), code != 0)?;
    Ok(code)
}

type Found = (Replay, Summary);

async fn of_store(
    config: Option<&Config>,
    since: &str,
    arguments: &ReplayArguments,
    today: NaiveDate,
    watcher: &Arc<Mutex<Watcher>>,
) -> anyhow::Result<Found> {
    let since = since_when(since, SystemClock.now())?;
    let stores = stores(&store_config(config)?, Patience::NONE).await?;
    let scope = scope(&stores, since, arguments.organization.as_deref()).await?;
    let in_use = in_use(&stores).await?;
    let replay = Replay {
        candidate: candidate::read(&arguments.candidate, in_use, today)?,
    };
    let watcher = Arc::clone(watcher);
    let observer = move |case: &StoredCase, replayed: &Replayed| {
        let mut watcher = lock(&watcher);
        let lines = watcher.lines(case, replayed);
        watcher.see(1, &lines);
    };
    let replays = ReplayDecisions::new(stores.decisions.clone(), stores.laws.clone());
    let summary = replays
        .run(scope, replay.clone(), Box::new(observer))
        .await?;
    Ok((replay, summary))
}

/// The law of the processes on the store, or else that of the program.
pub(super) async fn in_use(stores: &Stores) -> anyhow::Result<LoadedLaw> {
    match law_in_use(stores).await? {
        Some(law) => Ok(law),
        None => LoadedLaw::bundled(),
    }
}

/// Decisions since an instant, of one organization, which must exist, or of every one.
pub(super) async fn scope(
    stores: &Stores,
    since: DateTime<Utc>,
    organization: Option<&str>,
) -> anyhow::Result<ReplayScope> {
    let organization = organization.map(|text| parsed("--organization", text));
    let organization = organization.transpose()?;
    if let Some(id) = organization {
        require(stores, Known::Organization(id)).await?;
    }
    Ok(ReplayScope {
        since: Some(since),
        organization,
    })
}

fn of_file(
    path: &Path,
    arguments: &ReplayArguments,
    today: NaiveDate,
    watcher: &Mutex<Watcher>,
) -> anyhow::Result<Found> {
    let named = || path.display().to_string();
    let replay = Replay {
        candidate: candidate::read(&arguments.candidate, LoadedLaw::bundled()?, today)?,
    };
    let input = BufReader::with_capacity(1 << 20, File::open(path).with_context(named)?);
    let file = CaseFile::open(input).with_context(named)?;
    let keeps = lock(watcher).changes.is_some();
    let describe = move |case: &StoredCase, replayed: &Replayed| {
        if keeps {
            replayed::change_lines(case, replayed)
        } else {
            Vec::new()
        }
    };
    let mut told = |cases, lines: Vec<String>| lock(watcher).see(cases, &lines);
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let summary = replay_file(file, &replay, threads, &describe, &mut told);
    Ok((replay, summary.with_context(named)?))
}

fn lock(watcher: &Mutex<Watcher>) -> std::sync::MutexGuard<'_, Watcher> {
    watcher.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The transitions that must not occur.
pub(super) fn nevers(texts: &[String]) -> anyhow::Result<Vec<Never>> {
    let read = |text: &String| text.parse().context("--never");
    texts.iter().map(read).collect()
}

/// How a command ends that found this.
pub(super) fn ended(summary: &Summary, never: &[Never], is_strict: bool) -> u8 {
    if summary.has(never) {
        FORBIDDEN
    } else if is_strict && summary.is_incomplete() {
        FAILED
    } else if summary.is_changed() {
        REPORTED
    } else {
        0
    }
}

/// Shows how far it is, and keeps what changed.
struct Watcher {
    seen: u64,
    shows: bool,
    changes: Option<Changes>,
}

/// The file of every changed decision.
struct Changes {
    out: BufWriter<File>,
    /// The first fault in writing, which ends the command once all is judged.
    fault: Option<io::Error>,
}

impl Watcher {
    fn new(changes: Option<&Path>) -> anyhow::Result<Self> {
        Ok(Self {
            seen: 0,
            shows: io::stderr().is_terminal(),
            changes: changes.map(Changes::create).transpose()?,
        })
    }

    /// What is written of a case.
    fn lines(&self, case: &StoredCase, replayed: &Replayed) -> Vec<String> {
        if self.changes.is_none() {
            return Vec::new();
        }
        replayed::change_lines(case, replayed)
    }

    fn see(&mut self, cases: u64, lines: &[String]) {
        let before = self.seen / PROGRESS;
        self.seen += cases;
        if self.shows && before < self.seen / PROGRESS {
            // Who does not see it misses nothing.
            let _ = write!(io::stderr(), "\r{} decisions", self.seen);
        }
        if let Some(changes) = &mut self.changes {
            lines.iter().for_each(|line| changes.write(line));
        }
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        if self.shows && self.seen >= PROGRESS {
            let _ = writeln!(io::stderr(), "\r{} decisions", self.seen);
        }
        self.changes.take().map_or(Ok(()), Changes::finish)
    }
}

impl Changes {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(OWNER_ONLY);
        let file = options.open(path);
        let file = file.with_context(|| format!("--changes {}", path.display()))?;
        let mut changes = Self {
            out: BufWriter::new(file),
            fault: None,
        };
        changes.write(&replayed::CHANGE_COLUMNS.join(","));
        Ok(changes)
    }

    fn write(&mut self, line: &str) {
        if self.fault.is_none() {
            self.fault = writeln!(self.out, "{line}").err();
        }
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let written = self.fault.take().map_or(Ok(()), Err);
        let written = written.and_then(|()| self.out.flush());
        written.context("write --changes")
    }
}

#[cfg(test)]
mod tests {
    use sms_lab::Comparison;

    use super::*;

    #[test]
    fn what_cannot_be_judged_ends_it_only_where_that_is_asked_for() {
        let incomplete = Summary {
            decisions: 1,
            code: Comparison {
                not_replayable: [(sms_lab::NotReplayable::NoFacts, 1)].into(),
                ..Comparison::default()
            },
            ..Summary::default()
        };
        assert_eq!(ended(&incomplete, &[], false), 0);
        assert_eq!(ended(&incomplete, &[], true), FAILED);
    }

    #[test]
    fn a_transition_that_cannot_be_read_names_the_option() {
        let error = format!("{:#}", nevers(&["allowed".to_owned()]).unwrap_err());
        assert!(
            error.starts_with("--never: \"allowed\" is no transition"),
            "{error}"
        );
    }
}
