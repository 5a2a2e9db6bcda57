//! THE list of rules. This module must not weigh them: see [`crate::decision::decide`].

mod capacity;
mod consent;
mod content;
mod jurisdiction;
mod lead_archived;
mod lead_limits;
mod numbers;
mod opt_out;
mod opt_out_review;
mod own_number;
mod quiet_hours;
mod recent;
mod state_frequency_cap;
mod state_policy;
mod ten_dlc;
mod wallet;

use super::rule::Rule;

/// All rules, in the order of their codes. All are evaluated for every message, and precedence
/// determines the outcome; the order affects only the trace.
pub const RULES: [&Rule; 15] = [
    &opt_out::RULE,
    &opt_out_review::RULE,
    &ten_dlc::RULE,
    &lead_archived::RULE,
    &own_number::RULE,
    &consent::RULE,
    &state_policy::RULE,
    &content::RULE,
    &jurisdiction::RULE,
    &quiet_hours::RULE,
    &state_frequency_cap::RULE,
    &lead_limits::RULE,
    &numbers::RULE,
    &capacity::RULE,
    &wallet::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::rule::{Judge, RuleCode};

    #[test]
    fn the_list_has_each_rule_once_in_the_order_of_the_codes() {
        let codes: Vec<RuleCode> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes, RuleCode::ALL);
    }

    #[test]
    fn only_rules_that_are_always_asked_move_a_message_in_time() {
        let timed = RULES.iter().filter(|rule| rule.next_allowed.is_some());
        assert!(
            timed
                .clone()
                .all(|rule| matches!(rule.judge, Judge::Always(_)))
        );
        let codes: Vec<&str> = timed.map(|rule| rule.code.as_str()).collect();
        let expected = [
            "opt_out_review",
            "quiet_hours",
            "state_frequency_cap",
            "lead_limits",
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn every_rule_names_its_source_and_what_it_refuses() {
        for rule in RULES {
            assert!(!rule.citation.is_empty(), "{}", rule.code);
            assert!(
                !rule.refuses_when.is_empty() && !rule.outcome.is_empty(),
                "{}",
                rule.code
            );
        }
    }
}
