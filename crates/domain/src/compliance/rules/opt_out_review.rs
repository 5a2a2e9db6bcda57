//! A text that may be an opt-out must be reviewed before any other message is sent.

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::message::TrafficType::{RealLead, Test};
use crate::values::reason::Reason;

/// How long until the message is decided again.
const STEP: TimeDelta = TimeDelta::hours(1);

/// A revocation is valid if a reasonable person would understand it as one, in any words (47 CFR
/// 64.1200(a)(10)). While a text that the classifier cannot decide awaits review, messages wait: a
/// missed opt-out is the worst error.
pub(super) const RULE: Rule = Rule {
    code: "opt_out_review",
    refuses_when: "the person's last text contains an opt-out word that could not be classified, \
                   and the text awaits review; the message is decided again every hour",
    outcome: "deferred",
    traffic: &[RealLead, Test],
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

/// The time of the review is unknown, so the message is decided again at intervals.
fn next_allowed(case: &Case<'_>, t: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if case.context.message.conversation.awaits_opt_out_review {
        Some(t.max(case.now.checked_add_signed(STEP)?))
    } else {
        Some(t)
    }
}
