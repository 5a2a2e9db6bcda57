//! Endpoints for events, the events themselves, and what is due. Events are written in the transaction of
//! the change that they tell of.

mod endpoints;
mod listeners;
mod log;
mod queue;
mod record;
mod row;
mod tell;

pub use self::listeners::EventListeners;
pub(crate) use self::listeners::Listening;
pub(crate) use self::record::EndedCalls;
pub(crate) use self::tell::{of_changes, tell};
