//! The rules lab: stored decisions, judged again on the facts that they rested on. First by this build under the
//! law that is recorded, which shows what the code changes; then by a candidate, another law or policy, which shows
//! what that changes.
//!
//! Each decision is judged on its own recorded facts ([`Mode::Independent`]); what an earlier changed decision would
//! have done to caps, capacity and money of a later one is not carried on.
//!
//! This crate must not know where decisions are stored, how a decision is made, or how results are shown.

mod candidate;
mod case;
mod case_file;
mod difference;
mod export;
mod journal;
mod judging;
mod laws;
mod never;
mod outcome;
mod parallel;
mod summary;
mod word;

pub use candidate::{Candidate, PolicyChange};
pub use case::{CaseBasis, NotReplayable, Recorded, StoredCase};
pub use case_file::{CaseFile, CaseFileError, CaseWriter, Header, Names, RawBlock};
pub use export::Renaming;
pub use journal::{Journal, NoJournal};
pub use judging::{Change, Mode, Replay, Replayed, Stage, Tally};
pub use laws::{Laws, law_of};
pub use never::{Never, NeverError};
pub use outcome::{Outcome, UnknownOutcome};
pub use parallel::{Describe, replay_file};
pub use summary::{Cell, Comparison, Example, People, Summary, Transition};
pub use word::{Aspect, Gist, RuleWord, Word};
