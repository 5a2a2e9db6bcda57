//! The organization may restrict the states to which it sends.

use super::jurisdiction::with_not_understood;
use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::law::{Jurisdiction, read_state};
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// A product decision: businesses are licensed by state.
pub(super) const RULE: Rule = Rule {
    code: "state_policy",
    refuses_when: "the organization lists allowed states and the lead's state is not among them: \
                   the state that the lead stated, else that of the area code; a stated place \
                   that cannot be interpreted is in no list, and an ambiguous one is allowed only \
                   if all its states are",
    outcome: "blocked_compliance",
    traffic: &[RealLead, Test],
    citation: "product decision",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let Some(allowed) = &case.context.org.policy.allowed_states else {
        return Verdict::allow();
    };
    let rules = case.context.rules;
    // An ambiguous name allows none of its states.
    let is_allowed = |state: &Jurisdiction| {
        let mut allowed = allowed.iter();
        allowed.any(|text| read_state(rules, text).as_deref() == Some(&[*state]))
    };
    let states = states(case);
    let verdict = if !states.is_empty() && states.iter().all(is_allowed) {
        Verdict::allow()
    } else {
        Verdict::refuse(Reason::StateNotAllowed)
    };
    let names: Vec<&str> = states.iter().map(Jurisdiction::as_str).collect();
    with_not_understood(verdict.with("state", names.join(",")), case)
}

/// The stated places, if the lead stated any; else the states of the area code.
fn states(case: &Case<'_>) -> Vec<Jurisdiction> {
    let mut stated: Vec<Jurisdiction> = case.stated.jurisdictions().collect();
    if stated.is_empty() {
        let places = case.places().into_iter().flat_map(|places| places.iter());
        stated.extend(places.map(|place| place.rules.jurisdiction));
    }
    stated
}
