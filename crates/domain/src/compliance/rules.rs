//! THE list of rules. This module must not weigh them: see [`crate::decision::decide`].

mod capacity;
mod consent;
mod content;
mod emergency;
mod jurisdiction;
mod lead_archived;
mod lead_limits;
mod national_dnc;
mod numbers;
mod opt_out;
mod opt_out_review;
mod own_number;
mod paused;
mod quiet_hours;
mod reassigned;
mod recent;
mod scrubbing;
mod state_frequency_cap;
mod state_policy;
mod ten_dlc;
mod wallet;

use super::rule::Rule;

/// All rules. All are evaluated for every message, and precedence determines the outcome; the order
/// affects only the trace.
pub const RULES: &[&Rule] = &[
    &opt_out::RULE,
    &opt_out_review::RULE,
    &ten_dlc::RULE,
    &lead_archived::RULE,
    &own_number::RULE,
    &consent::RULE,
    &national_dnc::RULE,
    &reassigned::RULE,
    &state_policy::RULE,
    &content::RULE,
    &jurisdiction::RULE,
    &quiet_hours::RULE,
    &emergency::RULE,
    &state_frequency_cap::RULE,
    &lead_limits::RULE,
    &numbers::RULE,
    &capacity::RULE,
    &paused::RULE,
    &wallet::RULE,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::compliance::rule::Judge;
    use crate::message::TrafficType;

    #[test]
    fn the_list_has_each_rule_once() {
        let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), RULES.len());
    }

    #[test]
    fn only_rules_that_are_always_asked_move_a_message_in_time() {
        let timed = RULES.iter().filter(|rule| rule.next_allowed.is_some());
        assert!(
            timed
                .clone()
                .all(|rule| matches!(rule.judge, Judge::Always(_)))
        );
        let codes: Vec<&str> = timed.map(|rule| rule.code).collect();
        let expected = [
            "opt_out_review",
            "quiet_hours",
            "emergency",
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

    #[test]
    fn every_rule_has_a_code_as_traces_show_it() {
        for rule in RULES {
            let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(
                !rule.code.is_empty() && rule.code.chars().all(is_word),
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn messages_to_leads_are_subject_to_every_rule() {
        for traffic in [TrafficType::RealLead, TrafficType::FailedAttempt] {
            assert!(
                RULES.iter().all(|rule| rule.applies_to(traffic)),
                "{traffic}"
            );
        }
    }

    #[test]
    fn every_kind_of_traffic_of_a_rule_is_named_once_and_is_one_that_is_decided() {
        for rule in RULES {
            let kinds: BTreeSet<TrafficType> = rule.traffic.iter().copied().collect();
            assert_eq!(kinds.len(), rule.traffic.len(), "{}", rule.code);
            assert!(
                !kinds.contains(&TrafficType::FailedAttempt),
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn the_rules_of_time_apply_only_where_the_recipient_must_be_located() {
        for traffic in TrafficType::ALL {
            let timed = [&quiet_hours::RULE, &state_frequency_cap::RULE];
            if timed.iter().any(|rule| rule.applies_to(*traffic)) {
                assert!(jurisdiction::RULE.applies_to(*traffic), "{traffic}");
            }
        }
    }

    #[test]
    fn money_is_asked_for_exactly_what_is_billed() {
        for traffic in TrafficType::ALL {
            assert_eq!(
                wallet::RULE.applies_to(*traffic),
                traffic.is_billed(),
                "{traffic}"
            );
        }
    }
}
