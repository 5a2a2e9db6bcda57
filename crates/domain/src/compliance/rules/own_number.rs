//! Our own sending numbers are not valid recipients: a message to one would come back as a received
//! text.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::message::TrafficType::{RealLead, SystemInternal, Test};
use crate::values::reason::Reason;

/// A product decision: our numbers would reply to each other at the organizations' cost.
pub(super) const RULE: Rule = Rule {
    code: "own_number",
    refuses_when: "the recipient's number is one that an organization sends from",
    outcome: "blocked_compliance",
    traffic: &[RealLead, Test, SystemInternal],
    citation: "product decision",
    judge: Judge::Always(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
    if case.context.message.recipient.is_own_number {
        Verdict::refuse(Reason::RecipientIsOwnNumber)
    } else {
        Verdict::allow()
    }
}
