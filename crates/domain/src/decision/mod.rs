//! The decision: may this message leave now, from which number, at what price; and if not, why and
//! when. Pure: the same facts always give the same decision and trace. Must not know where facts
//! come from or what happens with a decision.

mod case;
mod context;
mod decide;
#[expect(
    clippy::module_inception,
    reason = "the concept has this name in every layer"
)]
mod decision;
mod plan;
mod precedence;
mod timing;
mod trace;
mod turn;

pub use case::Case;
pub use context::{
    Consent, ConsentBasis, ContentPolicy, Context, ConversationFacts, IdentityPolicy, LeadFacts,
    MessageFacts, OrgFacts, OrganizationKind, Policy, RecentSend, RecipientFacts, Suppression,
    SuppressionScope, WalletFacts,
};
pub use decide::{decide, decide_by};
pub use decision::{Block, BlockKind, Decided, Decision, SendPlan};
pub use trace::{DecisionRecord, LosingNumber, RuleVerdict, Trace, VerdictKind, WinningNumber};
