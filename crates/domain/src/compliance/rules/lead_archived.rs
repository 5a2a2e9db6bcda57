//! Archived leads are not texted.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, RuleCode, Verdict};
use crate::values::reason::Reason;

/// A product decision.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::LeadArchived,
    refuses_when: "the lead is archived",
    outcome: "blocked_compliance",
    citation: "product decision",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    if case.context.message.lead.is_archived {
        Verdict::refuse(Reason::LeadArchived)
    } else {
        Verdict::allow()
    }
}
