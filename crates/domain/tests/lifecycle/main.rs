//! The lifecycle as a whole: its table, its page, and properties that hold for any order of events.

mod messages;
mod outcomes;
mod page;
mod properties;
mod recovery;
mod samples;
mod stored;
mod table;
mod throttled;
