//! A text that may be an opt-out is read by a person before anything else is sent.

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, RuleCode, Verdict};
use crate::values::reason::Reason;

/// How long until the review is looked for again.
const STEP: TimeDelta = TimeDelta::hours(1);

/// A revocation counts when a reasonable person would understand it as one, in whatever words (47
/// CFR 64.1200(a)(10)). What the classifier cannot place is not sent over: a missed opt-out is the
/// worst error.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::OptOutReview,
    refuses_when: "the person's last text contains an opt-out word that could not be placed, and \
                   nobody has reviewed it; looked at again every hour",
    outcome: "deferred",
    citation: "47 CFR 64.1200(a)(10): revocation by any reasonable means",
    judge: Judge::Always(judge),
    next_allowed: Some(next_allowed),
};

fn judge(case: &Case<'_>) -> Verdict {
    let until = next_allowed(case, case.at);
    if until == Some(case.at) {
        Verdict::allow()
    } else {
        Verdict::defer(Reason::OptOutReview, until).with("awaits_review", "true")
    }
}

/// Nobody knows when the review will be done, so the message is judged again after a step.
fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if case.context.message.conversation.awaits_opt_out_review {
        Some(t.max(case.now.checked_add_signed(STEP)?))
    } else {
        Some(t)
    }
}
