//! A message and its lifecycle: the table of [`transitions`], the effects of our own events in
//! [`state`], and the effects of evidence in [`evidence`] and [`fold`]. Must not know how a message is
//! stored or sent.

mod attempt;
mod backoff;
mod content;
mod decision;
mod event;
pub mod event_kind;
pub mod evidence;
pub mod fold;
mod guard;
pub mod guide;
mod lanes;
#[expect(
    clippy::module_inception,
    reason = "the concept has this name in every layer"
)]
mod message;
mod received;
mod replanned;
pub mod scheduling;
pub mod state;
mod status;
mod stored;
mod surroundings;
mod timeline;
pub mod transitions;

pub use attempt::{Attempt, AttemptId, AttemptMoney};
pub use backoff::{BACKOFF, backoff};
pub use content::{Direction, Priority, Submission, TrafficType};
pub use decision::{Block, BlockKind, Decision, SendPlan};
pub use event::{Event, FollowUp, TransitionRefused};
pub use evidence::MergedEvidence;
pub use guard::Guard;
pub use lanes::Lanes;
pub use message::{
    Attempts, Billing, ComplianceAction, Message, MessageParts, Route, SendingPhase, State,
};
pub use received::Received;
pub use status::Status;
pub use stored::ImpossibleMessage;
pub use timeline::{Schedule, Timeline};
