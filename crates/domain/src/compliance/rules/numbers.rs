//! A number must be available to send from.

use std::borrow::Cow;

use crate::case::Case;
use crate::compliance::rule::{Effect, Judge, Rule, Verdict};
use crate::message::BlockKind;
use crate::message::TrafficType::{RealLead, SystemInternal, Test, Warmup};
use crate::numbers::candidate::Candidate;
use crate::numbers::instructed_number;
use crate::numbers::selection::{Outcome, Selection};
use crate::values::reason::Reason;

/// A product decision: the gates and the strategies choose a number. A number that a user chose is
/// never replaced; the verdict names the gates that it fails.
pub(super) const RULE: Rule = Rule {
    code: "numbers",
    refuses_when: "no number passes the gates, or the number that a user chose does not, for a \
                   lasting reason; opted_out if the reason is the recipient's opt-out from the \
                   number",
    outcome: "failed (no_eligible_phone_number) or opted_out",
    traffic: &[RealLead, Warmup, Test, SystemInternal],
    citation: "product decision; STOP to a number: 47 CFR 64.1200(a)(10)",
    judge: Judge::OnlyWhenSending(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>, selection: &Selection<'_>) -> Verdict {
    let verdict = match selection.outcome {
        Outcome::Chosen(_)
        | Outcome::NotNow { .. }
        | Outcome::Paused { .. }
        | Outcome::Unregistered => Verdict::allow(),
        Outcome::OptedOut => Verdict::block(BlockKind::OptedOut, Reason::ContactOptedOut),
        Outcome::NoNumber(reason) => Verdict::new(Effect::NoNumber(reason)),
    };
    let verdict = with_instruction(verdict, case, selection);
    let eligible = selection
        .candidates
        .iter()
        .filter(|number| number.is_survivor())
        .count();
    verdict
        .with("numbers", selection.candidates.len().to_string())
        .with("eligible", eligible.to_string())
}

/// A finding for each gate that the chosen number fails.
fn with_instruction(verdict: Verdict, case: &Case<'_>, selection: &Selection<'_>) -> Verdict {
    let Some(chosen) = instructed_number(case) else {
        return verdict;
    };
    let found = selection
        .candidates
        .iter()
        .find(|candidate| candidate.number.id == chosen);
    verdict.with("chosen_number", chosen.to_string()).with(
        "chosen_number_fails",
        found.map_or(Cow::Borrowed("owned"), failures),
    )
}

fn failures(candidate: &Candidate<'_>) -> Cow<'static, str> {
    let codes: Vec<&str> = candidate
        .failures
        .iter()
        .map(|(gate, _)| gate.as_str())
        .collect();
    if codes.is_empty() {
        Cow::Borrowed("none")
    } else {
        Cow::Owned(codes.join(","))
    }
}
