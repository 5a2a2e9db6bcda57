//! A recipient who has opted out is not texted.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::facts::SuppressionScope;
use crate::message::BlockKind;
use crate::message::TrafficType::{RealLead, Test};
use crate::numbers::instructed_number;
use crate::values::reason::Reason;

/// Consent may be revoked by any reasonable means, and a revocation is honoured at once (47 CFR
/// 64.1200(a)(10), (d)(3); CASL s. 11 in Canada; CTIA Messaging Principles 5.1.3). By default STOP
/// closes the whole organization: from 2027-01-31, one revocation applies to all kinds of messages
/// (FCC DA 26-12).
pub(super) const RULE: Rule = Rule {
    code: "opt_out",
    refuses_when: "the recipient has opted out of the organization, of the message's campaign, or \
                   of the number that a user chose",
    outcome: "opted_out",
    traffic: &[RealLead, Test],
    citation: "47 CFR 64.1200(a)(10), (d)(3); CASL s. 11; CTIA Messaging Principles 5.1.3",
    judge: Judge::Always(judge),
    next_allowed: None,
};

/// A suppression of one number closes only that number: a gate excludes it from automatic selection.
fn judge(case: &Case<'_>) -> Verdict {
    let scopes = case
        .context
        .message
        .recipient
        .suppressions
        .iter()
        .map(|entry| entry.scope);
    let in_force = scopes.filter_map(|scope| match scope {
        SuppressionScope::Organization => Some("organization"),
        SuppressionScope::Campaign(campaign) => {
            (case.campaign() == Some(campaign)).then_some("campaign")
        }
        SuppressionScope::Number(number) => {
            (instructed_number(case) == Some(number)).then_some("number")
        }
    });
    // The widest scope, whatever the order of the facts.
    match in_force.max() {
        Some(scope) => {
            Verdict::block(BlockKind::OptedOut, Reason::ContactOptedOut).with("scope", scope)
        }
        None => Verdict::allow(),
    }
}
