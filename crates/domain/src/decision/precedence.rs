//! Which refusal applies when several rules refuse, independent of the order of the rules. Must not
//! know the rules.
//!
//! opted_out > blocked_missing_campaign > blocked_compliance > blocked_billing >
//! no_eligible_phone_number > deferred > allowed. A client is thus not asked to top up the wallet
//! for a recipient who has opted out.

use std::cmp::Reverse;

use crate::compliance::rule::{Effect, Verdict};
use crate::message::{Block, Decision};

/// The strongest refusal, if any rule refuses. Of equals, the first in the order of reason codes,
/// so that the order of the rules does not matter.
pub(super) fn strongest(verdicts: &[Verdict]) -> Option<Decision> {
    let blocks = verdicts.iter().filter_map(|verdict| match verdict.effect {
        Effect::Refuse(block) => Some(block),
        Effect::Allow
        | Effect::Warn(_)
        | Effect::Exempt(_)
        | Effect::NotApplicable
        | Effect::Defer { .. }
        | Effect::NoNumber(_) => None,
    });
    blocks
        .max_by_key(rank)
        .map(Decision::Block)
        .or_else(|| without_number(verdicts))
}

fn rank(block: &Block) -> impl Ord + use<> {
    (block.kind, Reverse(block.reason))
}

fn without_number(verdicts: &[Verdict]) -> Option<Decision> {
    let reasons = verdicts.iter().filter_map(|verdict| match verdict.effect {
        Effect::NoNumber(reason) => Some(reason),
        Effect::Allow
        | Effect::Warn(_)
        | Effect::Exempt(_)
        | Effect::NotApplicable
        | Effect::Defer { .. }
        | Effect::Refuse(_) => None,
    });
    reasons.min().map(Decision::NoNumber)
}
