//! A scenario, decided and compared with what must come out.

use std::fmt;

use sms_domain::decision::{Decided, decide};
use sms_domain::law::RuleData;
use sms_domain::message::Decision;

use crate::moment::moment;
use crate::{Scenario, ScenarioCase, ScenarioError};

/// The decision of a scenario.
#[derive(Debug)]
pub struct Judged {
    /// The decision and its trace.
    pub decided: Decided,
    /// What is not as it must be; empty = the scenario holds.
    pub differences: Vec<Difference>,
}

/// Something that came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key of what must come out: `outcome`, or the code of a rule.
    pub what: String,
    /// What the scenario says.
    pub expected: String,
    /// What came out.
    pub got: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, got {}",
            self.what, self.expected, self.got
        )
    }
}

impl Scenario {
    /// Decides the scenario by a law and compares.
    ///
    /// # Errors
    /// [`ScenarioError`], if a value cannot be understood.
    pub fn judge(&self, rules: &'static RuleData) -> Result<Judged, ScenarioError> {
        let case = self.case(rules)?;
        let decided = decide(&case.submission, &case.context, case.now);
        Ok(Judged {
            differences: self.differences(&case, &decided)?,
            decided,
        })
    }

    fn differences(
        &self,
        case: &ScenarioCase,
        decided: &Decided,
    ) -> Result<Vec<Difference>, ScenarioError> {
        let expect = &self.expect;
        let mut report = Report::default();
        let (outcome, reason) = decided.decision.outcome();
        report.compare("outcome", &expect.outcome, outcome);
        report.compare_given("reason", expect.reason.as_deref(), reason);
        self.compare_decision(&mut report, case, &decided.decision)?;
        let number = decided.trace.number.as_ref();
        let name = number.map(|number| self.number_name(number.id));
        report.compare_given("number", expect.number.as_deref(), name);
        let selection = number.map(|number| number.selection);
        report.compare_given("selection", expect.selection.as_deref(), selection);
        let detail = number.and_then(|number| number.detail.clone());
        report.compare_given("detail", expect.detail.as_deref(), detail);
        for (rule, verdict) in &expect.rules {
            let word = decided.trace.rules.iter().find(|word| word.rule == *rule);
            report.compare_given(rule, Some(verdict), word.map(|word| word.verdict));
        }
        for (name, gates) in &expect.failed_gates {
            let mut others = decided.trace.others.iter();
            let found = others.find(|other| self.number_name(other.id) == *name);
            let failed = found.map(|other| other.failed_gates.join(" "));
            report.compare_given(name, Some(gates), failed);
        }
        Ok(report.0)
    }

    fn compare_decision(
        &self,
        report: &mut Report,
        case: &ScenarioCase,
        decision: &Decision,
    ) -> Result<(), ScenarioError> {
        let expect = &self.expect;
        let (mut plan, mut end, mut status) = (None, None, None);
        match decision {
            Decision::Send(sent) => plan = Some(sent),
            Decision::Defer(schedule) => end = Some(schedule.until.to_rfc3339()),
            Decision::Block(block) => status = Some(block.kind.status()),
            Decision::NoNumber(_) => {}
        }
        let text = plan.and_then(|plan| plan.text.as_ref());
        let text = text.map(|text| text.as_str().to_owned());
        report.compare_given("text", expect.text.as_deref(), text);
        report.compare_given("hold", expect.hold.as_deref(), plan.map(|plan| plan.hold));
        let segments = expect.segments.map(|segments| segments.to_string());
        let found = plan.map(|plan| plan.segments);
        report.compare_given("segments", segments.as_deref(), found);
        let counts = expect.counts_for_caps.map(|counts| counts.to_string());
        let found = plan.map(|plan| plan.counts_for_caps);
        report.compare_given("counts_for_caps", counts.as_deref(), found);
        let until = expect.until.as_deref();
        let until = until.map(|text| moment(text, case.now)).transpose()?;
        let until = until.map(|until| until.to_rfc3339());
        report.compare_given("until", until.as_deref(), end);
        report.compare_given("status", expect.status.as_deref(), status);
        Ok(())
    }
}

#[derive(Default)]
struct Report(Vec<Difference>);

impl Report {
    fn compare(&mut self, what: &str, expected: &str, got: &str) {
        if expected != got {
            self.0.push(Difference {
                what: what.to_owned(),
                expected: expected.to_owned(),
                got: got.to_owned(),
            });
        }
    }

    /// Compares only what the scenario states.
    fn compare_given(
        &mut self,
        what: &str,
        expected: Option<&str>,
        got: Option<impl fmt::Display>,
    ) {
        if let Some(expected) = expected {
            let got = got.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            self.compare(what, expected, &got);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(expect: &str) -> Vec<String> {
        let text = format!("{{ name: A case, when: '2026-12-15T17:00:00Z', expect: {expect} }}");
        let scenario = Scenario::read(&text).unwrap().remove(0);
        let judged = scenario.judge(RuleData::bundled().unwrap()).unwrap();
        judged.differences.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_scenario_holds_when_everything_it_states_comes_out() {
        let stated = "{ outcome: send, number: main, segments: 1, rules: { quiet_hours: allow } }";
        assert_eq!(differences(stated), Vec::<String>::new());
    }

    #[test]
    fn each_difference_names_what_was_expected_and_what_came_out() {
        let stated =
            "{ outcome: defer, number: other, segments: 2, rules: { quiet_hours: defer } }";
        assert_eq!(
            differences(stated),
            [
                "outcome: expected defer, got send",
                "segments: expected 2, got 1",
                "number: expected other, got main",
                "quiet_hours: expected defer, got allow",
            ]
        );
    }

    #[test]
    fn what_is_expected_of_another_outcome_is_not_overlooked() {
        assert_eq!(
            differences("{ outcome: send, until: in 1 hour }"),
            ["until: expected 2026-12-15T18:00:00+00:00, got nothing"]
        );
    }
}
