//! Sources of leads, which bring leads with keys of their own.

mod manage_sources;

pub use manage_sources::{ManageSources, NewSource, SourceError, SourceService, SourceSettings};
