//! Background jobs: metrics of waiting messages, and retention.

mod backlog;
mod job;
mod retention;

pub use backlog::BacklogWatch;
pub(crate) use job::{Job, Rounds, told_to_stop};
pub use retention::{DataRetention, Retained};
