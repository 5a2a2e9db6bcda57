//! `rules shadow`: decisions, judged as they are made by a candidate beside the law in use.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use chrono::{NaiveDate, TimeDelta};
use sms_application::ShadowDecisions;
use sms_domain::decision::rules_version_of;
use sms_domain::ports::{Clock as _, DecisionCursor};
use sms_lab::{Journal, Replay, Summary};

use super::replay::{ended, in_use, nevers};
use super::replayed::{self, Report};
use super::shadow_journal::JournalFile;
use super::{candidate, heard, store_config};
use crate::cli::{ShadowArguments, ShadowCommand};
use crate::commands::connect::stores;
use crate::commands::output;
use crate::commands::waiting::Patience;
use crate::config::Config;
use crate::process::Signals;
use crate::system::SystemClock;

/// How long it waits when nothing was decided.
const PAUSE: TimeDelta = TimeDelta::milliseconds(500);

/// How long it waits when the store does not answer.
const LONG_PAUSE: TimeDelta = TimeDelta::seconds(5);

/// The transactions without a decision after which it notes how far it is.
const QUIET: i64 = 20_000;

/// Follows decisions, or shows what was found; how the command ends.
pub(super) async fn run(
    config: Option<&Config>,
    arguments: &ShadowArguments,
    today: NaiveDate,
) -> anyhow::Result<u8> {
    match &arguments.command {
        Some(command) => report(command),
        None => follow(config, arguments, today).await.map(|()| 0),
    }
}

async fn follow(
    config: Option<&Config>,
    arguments: &ShadowArguments,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let stores = stores(&store_config(config)?, Patience::NONE).await?;
    let in_use = in_use(&stores).await?;
    let replay = Replay {
        candidate: candidate::read(&arguments.candidate, in_use, today)?,
    };
    let words = candidate::in_words(&arguments.candidate, &replay.candidate);
    let words =
        words.context("nothing to judge by: expected --law, --policy, --as-of or --expect")?;
    let by = format!("{words}; {}", rules_version_of(in_use.rules, 0));
    let journal = JournalFile::open(&arguments.journal, &by)?;
    let (feed, laws) = (stores.feed.clone(), stores.laws.clone());
    let shadow = ShadowDecisions::new(feed, laws, in_use.rules, replay);
    let said = journal.summary().decisions;
    Following {
        shadow,
        journal,
        said,
    }
    .until_told(Signals::listen()?)
    .await
}

/// A shadow and what it has found.
struct Following {
    shadow: ShadowDecisions,
    journal: JournalFile,
    /// The decisions of which it said that they are judged.
    said: u64,
}

impl Following {
    async fn until_told(mut self, mut signals: Signals) -> anyhow::Result<()> {
        let mut cursor = self.begin().await?;
        output::say("judging decisions as they are made; Ctrl-C ends")?;
        loop {
            let Some(step) = signals.unless_received(self.shadow.step(cursor)).await else {
                return Ok(());
            };
            let pause = match step {
                Ok(Some(step)) => {
                    cursor = step.next;
                    self.note(cursor, step.summary)?;
                    continue;
                }
                Ok(None) => {
                    self.say_how_far()?;
                    PAUSE
                }
                Err(error) => {
                    // It goes on when the store is there again; nothing is missed.
                    let _ = writeln!(std::io::stderr(), "sms-api: {error:#}");
                    LONG_PAUSE
                }
            };
            let until = SystemClock.now() + pause;
            let waited = signals.unless_received(SystemClock.sleep_until(until));
            if waited.await.is_none() {
                return Ok(());
            }
        }
    }

    /// Where it stopped, or else the present.
    async fn begin(&mut self) -> anyhow::Result<DecisionCursor> {
        if let Some(next) = self.journal.next() {
            return Ok(DecisionCursor(next));
        }
        let present = self.shadow.present().await?;
        self.journal.add(present.0, Summary::default())?;
        Ok(present)
    }

    /// Says it once for all that was judged since.
    fn say_how_far(&mut self) -> anyhow::Result<()> {
        let Summary {
            decisions,
            code,
            candidate,
        } = self.journal.summary();
        if *decisions == self.said {
            return Ok(());
        }
        self.said = *decisions;
        let differ = code.differing() + candidate.differing();
        output::say(&format!("{decisions} decisions judged, {differ} differ"))
    }

    fn note(&mut self, next: DecisionCursor, summary: Summary) -> anyhow::Result<()> {
        let noted = self.journal.next().unwrap_or_default();
        if summary.decisions > 0 || next.0.saturating_sub(noted) > QUIET {
            self.journal.add(next.0, summary)?;
        }
        Ok(())
    }
}

fn report(command: &ShadowCommand) -> anyhow::Result<u8> {
    let ShadowCommand::Report {
        journal: path,
        never,
        strict,
        format,
    } = command;
    let never = nevers(never)?;
    let journal = read(path)?;
    ensure!(journal.next.is_some(), "nothing was followed yet");
    let report = Report {
        candidate: Some(&journal.candidate),
        summary: &journal.summary,
        never: &never,
    };
    let code = ended(&journal.summary, &never, *strict);
    heard(replayed::say(&report, *format), code != 0)?;
    Ok(code)
}

fn read(path: &Path) -> anyhow::Result<Journal> {
    let named = || format!("--journal {}", path.display());
    let bytes = std::fs::read(path).with_context(named)?;
    Journal::read(&bytes).with_context(named)
}
