//! The number must have hourly and daily capacity, its campaign daily capacity, and the number must
//! not be resting.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::facts::DEFAULT_CAPACITY_ZONE;
use crate::law::schedule::Zone;
use crate::message::TrafficType::{RealLead, SystemInternal, Test, Warmup};
use crate::numbers::selection::{Outcome, Selection};

/// Carriers limit the volume of a number or a brand (T-Mobile: segments of a brand per day to
/// midnight Pacific time; others: throughput) and filter excess traffic.
pub(super) const RULE: Rule = Rule {
    code: "capacity",
    refuses_when: "every number that could send the message has used up its hourly or daily \
                   capacity or its campaign's daily capacity, or is cooling down; the message \
                   waits for the first that can send",
    outcome: "deferred",
    traffic: &[RealLead, Warmup, Test, SystemInternal],
    citation: "carriers' 10DLC throughput terms (T-Mobile daily caps); product limits per \
               number and campaign",
    judge: Judge::OnlyWhenSending(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>, selection: &Selection<'_>) -> Verdict {
    let zone = &case.context.org.policy.capacity_zone;
    let verdict = verdict(selection);
    if Zone::stated(zone).is_some() {
        return verdict;
    }
    verdict.with("not_understood", "capacityZone").finding(format!(
        "The policy's `capacityZone` is no time zone that is understood: the day ends at midnight in \
         {DEFAULT_CAPACITY_ZONE}."
    ))
}

fn verdict(selection: &Selection<'_>) -> Verdict {
    match &selection.outcome {
        Outcome::NotNow {
            number,
            reason,
            until,
        } => Verdict::defer(*reason, Some(*until)).with("number", number.to_string()),
        Outcome::Chosen(_)
        | Outcome::Paused { .. }
        | Outcome::Unregistered
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => Verdict::allow(),
    }
}
