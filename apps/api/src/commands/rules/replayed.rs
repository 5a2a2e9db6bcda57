//! What a replay found, as text. Must not know where the decisions come from.

use serde_json::{Value, json};
use sms_domain::values::reason::Reason;
use sms_lab::{
    Cell, Change, Comparison, Example, Mode, Never, Outcome, Replayed, StoredCase, Summary,
    Transition,
};

use super::table::{Table, TableFormat};
use crate::commands::output;

/// The comparison of this build with the records.
const CODE: &str = "this build";

/// The comparison of the candidate with this build.
const CANDIDATE: &str = "candidate";

/// What is shown.
pub(super) struct Report<'a> {
    /// By what else it was judged, in a few words; `None` = by this build alone.
    pub(super) candidate: Option<&'a str>,
    pub(super) summary: &'a Summary,
    pub(super) never: &'a [Never],
}

/// Prints it.
pub(super) fn say(report: &Report<'_>, format: TableFormat) -> anyhow::Result<()> {
    output::say_all(&report.lines(format)?)
}

impl Report<'_> {
    fn lines(&self, format: TableFormat) -> anyhow::Result<Vec<String>> {
        let table = self.table();
        let mut lines = Vec::new();
        match format {
            TableFormat::Csv => return table.lines(format),
            TableFormat::Json => return self.json(&table),
            TableFormat::Table | TableFormat::Markdown => {}
        }
        lines.extend([self.headline(), String::new()]);
        lines.extend(table.lines(format)?);
        for (stage, transition, example) in self.examples() {
            lines.push(String::new());
            lines.extend(example_lines(stage, transition, example, format));
        }
        Ok(lines)
    }

    fn headline(&self) -> String {
        let by = self.candidate.map_or_else(
            || "this build".to_owned(),
            |candidate| format!("this build, then by the candidate: {candidate}"),
        );
        format!(
            "{} decisions, judged again by {by}; {}: each on its recorded facts",
            self.summary.decisions,
            Mode::Independent
        )
    }

    /// The comparisons that were made.
    fn stages(&self) -> impl Iterator<Item = (&'static str, &Comparison)> {
        let candidate = self.candidate.map(|_| &self.summary.candidate);
        let code = (CODE, &self.summary.code);
        std::iter::once(code).chain(candidate.map(|candidate| (CANDIDATE, candidate)))
    }

    /// The most telling ones. The question is about the candidate: its own come first.
    fn examples(&self) -> Vec<(&'static str, &Transition, &Example)> {
        let mut stages: Vec<_> = self.stages().collect();
        stages.reverse();
        let all = stages.into_iter().flat_map(|(stage, comparison)| {
            let examples = comparison.examples().into_iter();
            examples.map(move |(transition, example)| (stage, transition, example))
        });
        all.take(10).collect()
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&[
            "by",
            "result",
            "from",
            "to",
            "differs in",
            "rule",
            "decisions",
            "messages",
            "people",
            "organizations",
            "segments",
            "money",
        ]);
        for (stage, comparison) in self.stages() {
            table.push(plain(stage, "same", "", comparison.same));
            for (transition, cell) in &comparison.changed {
                table.push(self.changed(stage, transition, cell));
            }
            for (reason, count) in &comparison.not_replayable {
                table.push(plain(stage, "not replayable", reason.as_str(), *count));
            }
        }
        table
    }

    fn changed(&self, stage: &str, transition: &Transition, cell: &Cell) -> [String; 12] {
        let mut never = self.never.iter();
        let is_forbidden = never.any(|never| never.forbids(transition.from, transition.to));
        let people = cell.people.count().to_string();
        [
            stage.to_owned(),
            if is_forbidden { "forbidden" } else { "changed" }.to_owned(),
            result(transition.from),
            result(transition.to),
            transition.aspect.to_string(),
            transition.rule.clone(),
            cell.decisions.to_string(),
            cell.messages.to_string(),
            if cell.people.is_at_least() {
                format!("{people} or more")
            } else {
                people
            },
            cell.organizations.len().to_string(),
            cell.segments.to_string(),
            cell.price.to_string(),
        ]
    }

    fn json(&self, table: &Table) -> anyhow::Result<Vec<String>> {
        let rows: Value = serde_json::from_str(&table.lines(TableFormat::Json)?.concat())?;
        let examples: Vec<Value> = self.examples().into_iter().map(example_json).collect();
        let whole = json!({
            "mode": Mode::Independent.as_str(),
            "candidate": self.candidate,
            "decisions": self.summary.decisions,
            "rows": rows,
            "examples": examples,
        });
        Ok(vec![serde_json::to_string_pretty(&whole)?])
    }
}

/// A row of decisions that are only counted.
fn plain(stage: &str, what: &str, why: &str, count: u64) -> [String; 12] {
    let mut row = [const { String::new() }; 12];
    let cells = [stage, what, why].into_iter().zip([0, 1, 5]);
    for (text, place) in cells {
        if let Some(cell) = row.get_mut(place) {
            text.clone_into(cell);
        }
    }
    if let Some(cell) = row.get_mut(6) {
        *cell = count.to_string();
    }
    row
}

fn result((outcome, reason): (Outcome, Option<Reason>)) -> String {
    match reason {
        Some(reason) => format!("{outcome} {reason}"),
        None => outcome.to_string(),
    }
}

fn example_lines(
    stage: &str,
    transition: &Transition,
    example: &Example,
    format: TableFormat,
) -> Vec<String> {
    let at = example
        .at
        .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    let (message, organization) = (example.message_id, example.organization_id);
    let rule = &transition.rule;
    let (begin, item) = match format {
        TableFormat::Markdown => ("**Example** ", "- "),
        TableFormat::Table | TableFormat::Json | TableFormat::Csv => ("example: ", "  "),
    };
    let head =
        format!("{begin}({stage}, {rule}): message {message} of {organization}, decided at {at}");
    let mut lines = vec![head];
    if format == TableFormat::Markdown {
        lines.push(String::new());
    }
    lines.extend(example.lines.iter().map(|line| format!("{item}{line}")));
    lines
}

fn example_json((stage, transition, example): (&str, &Transition, &Example)) -> Value {
    json!({
        "by": stage,
        "rule": transition.rule,
        "organizationId": example.organization_id,
        "messageId": example.message_id,
        "at": example.at,
        "differences": example.lines,
    })
}

/// The columns of the file of every change.
pub(super) const CHANGE_COLUMNS: [&str; 8] = [
    "by",
    "organization",
    "message",
    "at",
    "from",
    "to",
    "differs in",
    "rule",
];

/// What changed of a decision, as lines of that file. No cell needs quotes.
pub(super) fn change_lines(case: &StoredCase, replayed: &Replayed) -> Vec<String> {
    let candidate = replayed.candidate.as_ref();
    let stages = [(CODE, Some(&replayed.code)), (CANDIDATE, candidate)];
    let changes = stages.into_iter().filter_map(|(stage, found)| {
        let change = found?.as_ref().ok()?.as_deref()?;
        Some((stage, change))
    });
    let line = |(stage, change): (&str, &Change)| {
        let Transition {
            from,
            to,
            aspect,
            rule,
        } = Transition::of(change);
        let at = change
            .at
            .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let (organization, message) = (case.organization_id, case.message_id);
        let (from, to) = (result(from), result(to));
        format!("{stage},{organization},{message},{at},{from},{to},{aspect},{rule}")
    };
    changes.map(line).collect()
}
