//! Runs `tests/scenarios/**/*.yaml`: facts, an instant, and the expected decision.

#[path = "support/facts.rs"]
mod facts;
#[path = "support/snapshots.rs"]
mod snapshots;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sms_domain::case::features::TextFeatures;
use sms_domain::compliance::rule::Rule;
use sms_domain::compliance::rules::RULES;
use sms_domain::content::Text;
use sms_domain::decision::{Decided, decide_on};
use sms_domain::law::RuleData;
use sms_domain::message::Submission;
use sms_domain::values::SelectionReason;
use sms_scenarios::{Scenario, ScenarioCase, read_folder};

#[test]
fn every_scenario_ends_in_the_decision_it_expects() {
    let failures: Vec<String> = all()
        .iter()
        .filter_map(|(path, scenario)| {
            let judged = scenario.judge(rules()).unwrap();
            let differences = judged.differences.iter().map(ToString::to_string);
            let differences: Vec<String> = differences.collect();
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
        let ScenarioCase {
            submission,
            context,
            now,
        } = scenario.case(rules()).unwrap();
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

fn rules() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

fn all() -> Vec<(PathBuf, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let files = read_folder(&folder).unwrap_or_else(|error| panic!("{error}"));
    let scenarios = files.into_iter().flat_map(|file| {
        let path = file.path;
        let scenarios = file.scenarios.into_iter();
        scenarios.map(move |scenario| (path.clone(), scenario))
    });
    scenarios.collect()
}

fn decided(scenario: &Scenario) -> Decided {
    scenario.judge(rules()).unwrap().decided
}
