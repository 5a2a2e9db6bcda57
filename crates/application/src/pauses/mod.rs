//! Pausing and resuming what an organization sends, and what follows for the messages that wait.

mod follow_pauses;
mod pause;

pub use follow_pauses::FollowPauses;
pub use pause::{PauseError, PauseRequest, PauseService, Pausing};
