//! `rules test`: scenarios of a folder, each decided by a law.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{NaiveDate, TimeDelta};
use sms_domain::decision::{RuleVerdict, Trace};
use sms_domain::law::RuleData;
use sms_domain::ports::Clock as _;
use sms_scenarios::{Judged, Scenario, read_folder};

use super::table::{Table, TableFormat};
use super::{chosen, heard, say};
use crate::cli::TestArguments;
use crate::commands::output::{self, Unread};
use crate::process::Signals;
use crate::system::SystemClock;

/// How often a folder is looked at.
const EVERY: TimeDelta = TimeDelta::milliseconds(300);

/// Runs the scenarios, once or whenever something changed until the program is told to stop; whether all hold.
pub(super) async fn run(arguments: &TestArguments, today: NaiveDate) -> anyhow::Result<bool> {
    if !arguments.watch {
        return once(arguments, today);
    }
    let mut signals = Signals::listen()?;
    loop {
        let seen = state(arguments);
        let holds = once(arguments, today).or_else(shown)?;
        output::say("watching; Ctrl-C ends")?;
        let change = signals.unless_received(changed(arguments, &seen));
        if change.await.is_none() {
            return Ok(holds);
        }
    }
}

/// While somebody edits a file, it may be broken.
fn shown(error: anyhow::Error) -> anyhow::Result<bool> {
    if error.is::<Unread>() {
        return Err(error);
    }
    output::say(&format!("{error:#}"))?;
    Ok(false)
}

/// Waits until something differs from what was seen.
async fn changed(arguments: &TestArguments, seen: &[FileState]) {
    while state(arguments) == seen {
        SystemClock.sleep_until(SystemClock.now() + EVERY).await;
    }
}

/// A file, when it was last changed, and its length.
type FileState = (PathBuf, Option<SystemTime>, u64);

/// The scenarios and tables as they are.
fn state(arguments: &TestArguments) -> Vec<FileState> {
    let mut files = Vec::new();
    for folder in arguments.law.iter().chain([&arguments.folder]) {
        collect(folder, &mut files);
    }
    files.sort();
    files
}

/// What cannot be looked at is not there; a run names it.
fn collect(path: &Path, files: &mut Vec<FileState>) {
    let Ok(found) = path.metadata() else { return };
    if !found.is_dir() {
        files.push((path.to_owned(), found.modified().ok(), found.len()));
        return;
    }
    for entry in path.read_dir().into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}

fn once(arguments: &TestArguments, today: NaiveDate) -> anyhow::Result<bool> {
    let law = chosen(arguments.law.as_deref(), today)?;
    let law = if arguments.expect {
        law.expected()?
    } else {
        law
    };
    report(&results(&arguments.folder, law.rules)?, arguments.format)
}

fn report(results: &[Tested], format: TableFormat) -> anyhow::Result<bool> {
    let failed = results.iter().filter(|one| !one.holds()).count();
    heard(say_results(results, failed, format), failed > 0)?;
    Ok(failed == 0)
}

fn say_results(results: &[Tested], failed: usize, format: TableFormat) -> anyhow::Result<()> {
    if format != TableFormat::Table {
        return say(&table(results), format);
    }
    for one in results.iter().filter(|one| !one.holds()) {
        output::say_all(&one.lines())?;
    }
    output::say(&format!("{} scenarios, {failed} failed", results.len()))
}

/// One scenario and what became of it.
struct Tested {
    file: String,
    name: String,
    /// The decision, or why there is none.
    judged: Result<Judged, String>,
}

fn results(folder: &Path, rules: &'static RuleData) -> anyhow::Result<Vec<Tested>> {
    let mut results = Vec::new();
    for file in read_folder(folder)? {
        let path = file.path.display().to_string();
        results.extend(
            file.scenarios
                .iter()
                .map(|scenario| tested(&path, scenario, rules)),
        );
    }
    Ok(results)
}

fn tested(file: &str, scenario: &Scenario, rules: &'static RuleData) -> Tested {
    Tested {
        file: file.to_owned(),
        name: scenario.name.clone(),
        judged: scenario.judge(rules).map_err(|error| error.to_string()),
    }
}

impl Tested {
    fn holds(&self) -> bool {
        self.judged
            .as_ref()
            .is_ok_and(|judged| judged.differences.is_empty())
    }

    /// The failure, for people: expected, got, and the trace.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", self.file, self.name)];
        match &self.judged {
            Ok(judged) => {
                lines.extend(judged.differences.iter().map(|one| format!("  {one}")));
                lines.push("  trace:".to_owned());
                lines.extend(trace(&judged.decided.trace));
            }
            Err(error) => lines.push(format!("  {error}")),
        }
        lines
    }
}

fn trace(trace: &Trace) -> Vec<String> {
    let mut lines: Vec<String> = trace.rules.iter().map(rule).collect();
    if let Some(number) = &trace.number {
        let detail = number.detail.as_deref().unwrap_or_default();
        lines.push(
            format!("    number: {} {detail}", number.selection)
                .trim_end()
                .to_owned(),
        );
    }
    for other in trace
        .others
        .iter()
        .filter(|other| !other.failed_gates.is_empty())
    {
        lines.push(format!(
            "    number {} fails {}",
            other.id,
            other.failed_gates.join(" ")
        ));
    }
    lines.push(format!("    {}", trace.rules_version));
    lines
}

fn rule(word: &RuleVerdict) -> String {
    let mut line = format!("    {}: {}", word.rule, word.verdict);
    if let Some(reason) = word.reason {
        line.push_str(&format!(" {reason}"));
    }
    if let Some(until) = word.until {
        line.push_str(&format!(" until {}", until.to_rfc3339()));
    }
    for (name, value) in &word.facts {
        line.push_str(&format!(", {name} = {value}"));
    }
    for finding in &word.findings {
        line.push_str(&format!("; {finding}"));
    }
    line
}

fn table(results: &[Tested]) -> Table {
    let mut table = Table::new(&["file", "scenario", "result", "what", "expected", "got"]);
    for one in results {
        let (file, name) = (&one.file, &one.name);
        let mut push = |result: &str, what: &str, expected: &str, got: &str| {
            let texts = [file.as_str(), name.as_str(), result, what, expected, got];
            table.push(texts.map(str::to_owned));
        };
        match &one.judged {
            Ok(judged) if judged.differences.is_empty() => push("holds", "", "", ""),
            Ok(judged) => {
                for difference in &judged.differences {
                    let (expected, got) = (&difference.expected, &difference.got);
                    push("failed", &difference.what, expected, got);
                }
            }
            Err(error) => push("error", error, "", ""),
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const NIGHT: &str = "name: At night in Florida
when: 2026-12-15 21:30 America/New_York
message: { to: '+13055550100' }
expect: { outcome: OUTCOME }
";

    /// A folder with one scenario.
    fn folder(outcome: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let text = NIGHT.replace("OUTCOME", outcome);
        std::fs::write(folder.path().join("night.yaml"), text).unwrap();
        folder
    }

    fn tested_as(outcome: &str) -> Vec<Tested> {
        results(folder(outcome).path(), RuleData::bundled().unwrap()).unwrap()
    }

    #[test]
    fn a_scenario_that_holds_is_not_shown() {
        let results = tested_as("defer");
        assert!(results[0].holds());
        let lines = table(&results).lines(TableFormat::Csv).unwrap();
        assert!(
            lines[1].ends_with(",At night in Florida,holds,,,"),
            "{lines:?}"
        );
    }

    #[test]
    fn a_scenario_that_fails_shows_expected_got_and_the_trace() {
        let results = tested_as("send");
        assert!(!results[0].holds());
        let text = results[0].lines().join("\n");
        for part in [
            "night.yaml: At night in Florida",
            "  outcome: expected send, got defer",
            "    quiet_hours: defer quiet_hours until 2026-12-16T13:00:00+00:00, closed = FL: outside \
             08:00-20:00 in America/New_York",
            "    consent: allow",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_folder_without_scenarios_or_with_a_broken_one_is_an_error() {
        let rules = RuleData::bundled().unwrap();
        let empty = tempfile::tempdir().unwrap();
        assert!(results(empty.path(), rules).is_err());
        std::fs::write(empty.path().join("a.yaml"), "name: [").unwrap();
        let error = results(empty.path(), rules).err().unwrap().to_string();
        assert!(error.contains("a.yaml"), "{error}");
    }
}
