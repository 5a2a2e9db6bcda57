//! Archived leads are not texted.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// A product decision.
pub(super) const RULE: Rule = Rule {
    code: "lead_archived",
    refuses_when: "the lead is archived",
    outcome: "blocked_compliance",
    traffic: &[RealLead, Test],
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
