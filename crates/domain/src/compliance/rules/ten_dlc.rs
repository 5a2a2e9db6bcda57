//! The number must be registered with the carriers.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::facts::Registration;
use crate::message::BlockKind;
use crate::message::TrafficType::{RealLead, SystemInternal, Test, Warmup};
use crate::numbers::selection::{Outcome, Selection};
use crate::values::reason::Reason;

/// Each business registers its own brand and campaign at The Campaign Registry, and carriers block
/// 10DLC traffic without an approved campaign (Telnyx and Bandwidth 10DLC documentation; CTIA
/// Messaging Principles). Every number must pass the corresponding gate; the rule refuses the
/// message when this gate alone excludes all numbers.
pub(super) const RULE: Rule = Rule {
    code: "ten_dlc",
    refuses_when: "a missing approved 10DLC registration is the only reason that no number can \
                   send the message",
    outcome: "blocked_missing_campaign",
    traffic: &[RealLead, Warmup, Test, SystemInternal],
    citation: "carriers' 10DLC terms (The Campaign Registry); CTIA Messaging Principles",
    judge: Judge::OnlyWhenSending(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>, selection: &Selection<'_>) -> Verdict {
    match &selection.outcome {
        Outcome::Chosen(choice) => {
            Verdict::allow().with("registration", choice.number.registration.as_str())
        }
        Outcome::Unregistered => {
            let numbers = case.context.org.numbers.iter();
            let unregistered = numbers
                .filter(|number| lacks_approval(number.registration))
                .count();
            Verdict::block(BlockKind::MissingCampaign, Reason::TenDlcNotApproved)
                .with("unregistered_numbers", unregistered.to_string())
        }
        Outcome::NotNow { .. }
        | Outcome::Paused { .. }
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => Verdict::allow(),
    }
}

const fn lacks_approval(registration: Registration) -> bool {
    match registration {
        Registration::Approved | Registration::NotRequired => false,
        Registration::Pending
        | Registration::Rejected
        | Registration::Missing
        | Registration::Stale => true,
    }
}
