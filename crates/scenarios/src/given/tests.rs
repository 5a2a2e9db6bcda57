//! What is given, and what is not understood.

use sms_domain::law::RuleData;

use crate::{Scenario, ScenarioCase, ScenarioError};

fn case(part: &str) -> Result<ScenarioCase, ScenarioError> {
    let text = format!(
        "{{ name: A case, when: '2026-12-15T17:00:00Z', {part}, expect: {{ outcome: send }} }}"
    );
    let scenarios = Scenario::read(&text)?;
    scenarios[0].case(RuleData::bundled().unwrap())
}

fn error(part: &str) -> String {
    case(part).unwrap_err().to_string()
}

#[test]
fn what_is_given_is_in_the_case_and_everything_else_has_a_default() {
    let case = case("message: { to: '+13055550100' }, lead: { state: FL }").unwrap();
    assert_eq!(case.submission.to.as_str(), "+13055550100");
    assert_eq!(case.context.message.lead.phone, case.submission.to);
    assert_eq!(case.context.message.lead.state.as_deref(), Some("FL"));
    assert_eq!(case.context.org.numbers.len(), 1);
}

#[test]
fn a_key_or_value_that_is_not_understood_is_named() {
    for (part, expected) in [
        ("message: { too: '+13055550100' }", "unknown field `too`"),
        ("lead: { stat: FL }", "lead: unknown field `stat`"),
        ("message: { to: '305' }", "305: not a phone number"),
        ("message: { scheduled_for: soon }", "`soon` is no moment"),
        ("recipient: { sent: [now] }", "`now` is no moment"),
        (
            "recipient: { opted_out_of: [everything] }",
            "`everything` is no scope",
        ),
        (
            "numbers: [{ name: a, phone: '1' }]",
            "the number a: not a phone number",
        ),
        (
            "numbers: [{ name: a, phone: '+14045550199', warm_up_since: May }]",
            "the number a: ",
        ),
    ] {
        let error = error(part);
        assert!(error.contains(expected), "{part}: {error}");
    }
}

#[test]
fn a_text_without_a_scenario_is_an_error() {
    assert!(Scenario::read("").is_err());
    assert!(Scenario::read("- 1").is_err());
}
