//! The wallet balance must cover the price.

use crate::case::Case;
use crate::compliance::rule::{Judge, Rule, Verdict};
use crate::message::BlockKind;
use crate::message::TrafficType::{RealLead, SystemInternal};
use crate::numbers::selection::Selection;
use crate::values::reason::Reason;

/// A product decision: the price is held before a message is sent, so the balance does not fall
/// below zero unless the organization may send on credit.
pub(super) const RULE: Rule = Rule {
    code: "wallet",
    refuses_when: "the balance less the held amount does not cover the price, and the \
                   organization may not overdraw",
    outcome: "blocked_billing",
    traffic: &[RealLead, SystemInternal],
    citation: "product decision",
    judge: Judge::OnlyWhenSending(judge),
    next_allowed: None,
};

fn judge(case: &Case<'_>, _: &Selection<'_>) -> Verdict {
    let wallet = case.context.message.wallet;
    let available = wallet.balance.minus(wallet.held);
    let is_free = case.answers_in_simulator();
    let is_covered = is_free || available >= case.price || case.context.org.policy.may_overdraw;
    let verdict = if is_covered {
        Verdict::allow()
    } else {
        Verdict::block(BlockKind::Billing, Reason::WalletInsufficient)
    };
    verdict
        .with("available", available.to_string())
        .with("price", case.price.to_string())
}
