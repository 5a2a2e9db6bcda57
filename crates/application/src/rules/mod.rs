//! The rules lab: stored decisions, judged again.

mod pages;
mod replay_decisions;
mod shadow_decisions;
mod verify_decisions;

pub use replay_decisions::{CaseReader, KnownLaws, ReplayDecisions, ReplayObserver, ReplayScope};
pub use shadow_decisions::{ShadowDecisions, ShadowStep};
pub use verify_decisions::{DifferentDecision, Verification, VerifyDecisions};
