//! The lifecycle as a whole: its table, its page, and what holds in whatever order things happen.

mod messages;
mod outcomes;
mod page;
mod properties;
mod recovery;
mod samples;
mod stored;
mod table;
mod throttled;
