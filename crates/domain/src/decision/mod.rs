//! The decision: whether a message may be sent now, from which number and at what price; otherwise
//! why not, and when. The decision is pure: the same facts always give the same decision and trace.
//! Must not know where facts come from or what happens with a decision.

mod decide;
#[expect(
    clippy::module_inception,
    reason = "the concept has this name in every layer"
)]
mod decision;
mod digest;
mod plan;
mod precedence;
mod snapshot;
mod timing;
mod trace;
mod verify;

pub use decide::{decide, decide_by, decide_on};
pub use decision::{Basis, Confirmation, Decided};
pub use digest::RecordDigest;
pub use snapshot::{
    OrganizationSnapshot, OtherOrganization, Pseudonyms, Restored, Snapshot, SnapshotHash,
};
pub use trace::{
    DecisionRecord, LosingNumber, RuleVerdict, Trace, WinningNumber, rules_version_of,
};
pub use verify::{Verified, WhatWasDecided};
