//! What an organization has paused does not send.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::message::TrafficType::{RealLead, Test, Warmup};
use crate::numbers::selection::{Outcome, Selection};
use crate::values::reason::Reason;

/// A product decision. System replies are exempt: the recipient asked for them at that moment, and an opt-out
/// is confirmed whatever is paused.
pub(super) const RULE: Rule = Rule {
    code: "paused",
    refuses_when: "the organization or the message's campaign is paused, or the number that a user chose, or \
                   every number that could send; the message waits without an end until it is resumed or \
                   expires",
    outcome: "deferred",
    traffic: &[RealLead, Warmup, Test],
    citation: "product decision",
    judge: Judge::OnlyWhenSending(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>, selection: &Selection<'_>) -> Verdict {
    let pauses = &case.context.pauses;
    let campaign = case.campaign().filter(|id| pauses.campaigns.contains(id));
    let paused = Verdict::defer(Reason::Paused, None);
    match (&selection.outcome, campaign) {
        _ if pauses.is_organization_paused => paused.with("paused", "organization"),
        (_, Some(campaign)) => paused
            .with("paused", "campaign")
            .with("campaign", campaign.to_string()),
        (Outcome::Paused { number }, None) => paused
            .with("paused", "number")
            .with("number", number.to_string()),
        (
            Outcome::Chosen(_)
            | Outcome::NotNow { .. }
            | Outcome::Unregistered
            | Outcome::OptedOut
            | Outcome::NoNumber(_),
            None,
        ) => Verdict::allow(),
    }
}
