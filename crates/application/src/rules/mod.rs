//! The rules lab: stored decisions, judged again.

mod verify_decisions;

pub use verify_decisions::{DifferentDecision, Verification, VerifyDecisions};
