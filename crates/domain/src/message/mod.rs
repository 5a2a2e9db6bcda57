//! A message and its lifecycle: the intent machine in [`state`], the evidence machine in
//! [`evidence`] and [`fold`]. Must not know how a message is stored or sent.

mod attempt;
mod backoff;
mod content;
mod decision;
pub mod evidence;
pub mod fold;
pub mod guide;
mod lanes;
#[expect(
    clippy::module_inception,
    reason = "the concept has this name in every layer"
)]
mod message;
pub mod state;
mod status;
mod surroundings;
mod timeline;

pub use attempt::{Attempt, AttemptMoney};
pub use backoff::{BACKOFF, backoff};
pub use content::{Direction, Priority, Submission, TrafficType};
pub use decision::{Block, BlockKind, Decision, SendPlan};
pub use evidence::MergedEvidence;
pub use lanes::Lanes;
pub use message::{Attempts, Billing, ComplianceAction, Message, Route, SendingPhase, State};
pub use state::{Event, FollowUp, TransitionRefused};
pub use status::Status;
pub use timeline::{Schedule, Timeline};

pub use crate::carrier::{
    AttemptToken, Evidence, EvidenceKind, ProviderError, RequestBody, TokenHash,
};
pub use crate::content::{Attachments, Media, StoredMedia, Text};
