//! The organization chooses which states it texts.

use crate::compliance::Jurisdiction;
use crate::compliance::rule::{Judged, Rule, RuleCode, Verdict};
use crate::decision::Case;
use crate::reason::Reason;

/// A product decision: businesses are licensed by state.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::StatePolicy,
    judged: Judged::Always,
    refuses_when: "the organization lists allowed states and the lead's is not among them: the \
                   state that the lead stated, else the one of the area code; a stated state that \
                   cannot be told is in no list",
    outcome: "blocked_compliance",
    citation: "product decision",
    judge,
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    let Some(allowed) = &case.context.org.policy.allowed_states else {
        return Verdict::allow();
    };
    let is_allowed = |state: &Jurisdiction| {
        allowed
            .iter()
            .any(|text| Jurisdiction::parse_stated(text).as_ref() == Some(state))
    };
    let states = states(case);
    let verdict = if !states.is_empty() && states.iter().all(is_allowed) {
        Verdict::allow()
    } else {
        Verdict::refuse(Reason::StateNotAllowed)
    };
    let names: Vec<&str> = states.iter().map(Jurisdiction::as_str).collect();
    verdict.with("state", names.join(","))
}

/// What the lead stated, where anything was; else the states of the area code.
fn states(case: &Case<'_>) -> Vec<Jurisdiction> {
    let lead = &case.context.message.lead;
    let rules = case.context.rules;
    let of_state = said(lead.state.as_deref()).map(Jurisdiction::parse_stated);
    let of_postal_code = said(lead.postal_code.as_deref())
        .map(|postal_code| rules.jurisdiction_of_postal_code(postal_code));
    let stated: Vec<Jurisdiction> = of_state
        .into_iter()
        .chain(of_postal_code)
        .map(|state| {
            rules
                .rules_of(state.unwrap_or(Jurisdiction::DEFAULT_STRICT))
                .jurisdiction
        })
        .collect();
    if !stated.is_empty() {
        return stated;
    }
    let places = case.places().into_iter().flat_map(|places| places.iter());
    places.map(|place| place.rules.jurisdiction).collect()
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
