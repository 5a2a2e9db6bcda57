//! Messages are paid for in advance.

use crate::compliance::rule::{Judged, Rule, RuleCode, Verdict};
use crate::decision::Case;
use crate::message::BlockKind;
use crate::values::reason::Reason;

/// A product decision: the price is set aside before a message leaves, so the balance never falls
/// below zero unless the organization may send on credit.
pub(super) const RULE: Rule = Rule {
    code: RuleCode::Wallet,
    judged: Judged::OnlyWhenSending,
    refuses_when: "the balance less what is held does not cover the price, and the organization \
                   may not overdraw",
    outcome: "blocked_billing",
    citation: "product decision",
    judge,
    next_allowed: None,
};

fn judge(case: &Case<'_>) -> Verdict {
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
