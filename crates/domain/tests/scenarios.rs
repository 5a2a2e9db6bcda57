//! Runs `tests/scenarios/**/*.yaml`: facts, an instant, and the expected decision.

#[path = "support/facts.rs"]
mod facts;
#[path = "support/moment.rs"]
mod moment;
#[path = "support/numbers.rs"]
mod numbers;
#[path = "support/scenario.rs"]
mod scenario;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use moment::moment;
use scenario::{Expected, Scenario};
use sms_domain::case::features::TextFeatures;
use sms_domain::compliance::rule::Rule;
use sms_domain::compliance::rules::RULES;
use sms_domain::content::Text;
use sms_domain::decision::{Decided, decide, decide_on};
use sms_domain::message::{Decision, Submission};
use sms_domain::values::SelectionReason;

#[test]
fn every_scenario_ends_in_the_decision_it_expects() {
    let failures: Vec<String> = all()
        .iter()
        .filter_map(|(path, scenario)| {
            let differences = differences(scenario);
            let file = path.file_name().unwrap().display();
            (!differences.is_empty())
                .then(|| format!("{file}: {}\n  {}", scenario.name, differences.join("\n  ")))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn there_are_at_least_sixty_scenarios_and_no_two_of_one_name() {
    let scenarios = all();
    let names: BTreeSet<&str> = scenarios
        .iter()
        .map(|(_, scenario)| &*scenario.name)
        .collect();
    assert!(names.len() >= 60, "{}", names.len());
    assert_eq!(names.len(), scenarios.len());
}

#[test]
#[should_panic(expected = "unknown field `stat`")]
fn a_misspelt_fact_of_a_lead_is_refused() {
    let text = "{ name: A typo, when: '2026-12-15T17:00:00Z', lead: { stat: FL }, expect: { outcome: send } }";
    let scenario: Scenario = serde_saphyr::from_str(text).unwrap();
    let _ = scenario.context();
}

#[test]
fn every_rule_has_a_folder_of_its_own() {
    let folders: BTreeSet<String> = all()
        .iter()
        .filter_map(|(path, _)| Some(path.parent()?.file_name()?.to_str()?.to_owned()))
        .collect();
    let rules = RULES.iter().map(|rule| rule.code);
    let expected = rules.chain(["precedence", "selection"]);
    assert_eq!(folders, expected.map(str::to_owned).collect());
}

#[test]
fn every_rule_is_seen_to_allow_and_to_be_against_a_message() {
    let mut seen = BTreeSet::new();
    for (_, scenario) in all() {
        let verdicts = decided(&scenario).trace.rules;
        seen.extend(
            verdicts
                .into_iter()
                .map(|word| (word.rule, word.verdict.as_str())),
        );
    }
    let seen_as = |rule: &Rule, verdict| seen.contains(&(rule.code.into(), verdict));
    for rule in RULES {
        assert!(seen_as(rule, "allow"), "{} never allows", rule.code);
        let is_against = seen_as(rule, "refuse") || seen_as(rule, "defer");
        assert!(is_against, "{} is never against a message", rule.code);
    }
}

#[test]
fn every_strategy_is_seen_to_win() {
    let seen: BTreeSet<SelectionReason> = all()
        .iter()
        .filter_map(|(_, scenario)| decided(scenario).trace.number)
        .map(|number| number.selection)
        .collect();
    let all: BTreeSet<SelectionReason> = SelectionReason::ALL.iter().copied().collect();
    assert_eq!(seen, all);
}

#[test]
fn every_scenario_is_decided_alike_once_its_text_is_erased() {
    for (path, scenario) in all() {
        let (submission, context, now) =
            (scenario.submission(), scenario.context(), scenario.now());
        let features = TextFeatures::of(&submission.text, &context);
        let erased = Submission {
            text: Text::erased(),
            ..submission
        };
        let again = decide_on(&erased, &features, &context, now);
        let decided = decided(&scenario);
        assert_eq!(again.trace, decided.trace, "{}", path.display());
        assert_eq!(again.decision.outcome(), decided.decision.outcome());
    }
}

fn all() -> Vec<(PathBuf, Scenario)> {
    let mut paths = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"),
        &mut paths,
    );
    paths.sort();
    paths.into_iter().flat_map(read).collect()
}

/// The scenarios of a file, with its path.
fn read(path: PathBuf) -> impl Iterator<Item = (PathBuf, Scenario)> {
    let text = fs::read_to_string(&path).unwrap();
    let scenarios: Vec<Scenario> = serde_saphyr::from_multiple(&text)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!scenarios.is_empty(), "{} has no scenario", path.display());
    scenarios
        .into_iter()
        .map(move |scenario| (path.clone(), scenario))
}

/// The scenarios of a folder and of the folders in it.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            paths.push(path);
        }
    }
}

fn decided(scenario: &Scenario) -> Decided {
    decide(&scenario.submission(), &scenario.context(), scenario.now())
}

fn differences(scenario: &Scenario) -> Vec<String> {
    let (expect, decided) = (&scenario.expect, decided(scenario));
    let mut report = Report::default();
    let (outcome, reason) = decided.decision.outcome();
    report.compare("outcome", &expect.outcome, outcome);
    report.compare_given("reason", expect.reason.as_deref(), reason);
    compare_decision(&mut report, scenario, &decided.decision);
    let number = decided.trace.number.as_ref();
    let name = number.map(|number| scenario.number_name(number.id));
    report.compare_given("number", expect.number.as_deref(), name);
    let selection = number.map(|number| number.selection);
    report.compare_given("selection", expect.selection.as_deref(), selection);
    let detail = number.and_then(|number| number.detail.clone());
    report.compare_given("detail", expect.detail.as_deref(), detail);
    compare_rules(&mut report, expect, &decided);
    compare_gates(&mut report, scenario, &decided);
    report.0
}

fn compare_decision(report: &mut Report, scenario: &Scenario, decision: &Decision) {
    let expect = &scenario.expect;
    match decision {
        Decision::Send(plan) => {
            let text = plan.text.as_ref().map(|text| text.as_str().to_owned());
            report.compare_given("text", expect.text.as_deref(), text);
            report.compare_given("hold", expect.hold.as_deref(), Some(plan.hold));
            let segments = expect.segments.map(|segments| segments.to_string());
            report.compare_given("segments", segments.as_deref(), Some(plan.segments));
            let counts = expect.counts_for_caps.map(|counts| counts.to_string());
            report.compare_given(
                "counts_for_caps",
                counts.as_deref(),
                Some(plan.counts_for_caps),
            );
        }
        Decision::Defer(schedule) => {
            let until = expect
                .until
                .as_deref()
                .map(|text| moment(text, scenario.now()));
            let until = until.map(|until| until.to_rfc3339());
            report.compare_given("until", until.as_deref(), Some(schedule.until.to_rfc3339()));
        }
        Decision::Block(block) => {
            report.compare_given(
                "status",
                expect.status.as_deref(),
                Some(block.kind.status()),
            );
        }
        Decision::NoNumber(_) => {}
    }
}

fn compare_rules(report: &mut Report, expect: &Expected, decided: &Decided) {
    for (rule, verdict) in &expect.rules {
        let word = decided.trace.rules.iter().find(|word| word.rule == *rule);
        report.compare_given(rule, Some(verdict), word.map(|word| word.verdict));
    }
}

fn compare_gates(report: &mut Report, scenario: &Scenario, decided: &Decided) {
    for (name, gates) in &expect_gates(scenario) {
        let mut others = decided.trace.others.iter();
        let found = others.find(|other| scenario.number_name(other.id) == *name);
        let failed = found.map(|other| other.failed_gates.join(" "));
        report.compare_given(name, Some(gates), failed);
    }
}

fn expect_gates(scenario: &Scenario) -> Vec<(String, String)> {
    scenario.expect.failed_gates.clone().into_iter().collect()
}

#[derive(Default)]
struct Report(Vec<String>);

impl Report {
    fn compare(&mut self, what: &str, expected: &str, actual: &str) {
        if expected != actual {
            self.0
                .push(format!("{what}: expected {expected}, got {actual}"));
        }
    }

    /// Compares only what the scenario states.
    fn compare_given(
        &mut self,
        what: &str,
        expected: Option<&str>,
        actual: Option<impl fmt::Display>,
    ) {
        if let Some(expected) = expected {
            let actual = actual.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            self.compare(what, expected, &actual);
        }
    }
}
