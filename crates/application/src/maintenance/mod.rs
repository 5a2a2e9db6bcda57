//! Background jobs: metrics of waiting messages, retention, and the law in use.

mod backlog;
mod job;
mod law;
mod retention;

pub use backlog::BacklogWatch;
pub(crate) use job::{Job, Rounds, told_to_stop};
pub use law::{LawError, LawInUse};
pub use retention::{DataRetention, Retained};
