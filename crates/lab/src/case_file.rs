//! A file of cases, to be judged again without access to the database. It holds pseudonyms (see [`crate::Renaming`]), and
//! is personal data all the same, which its first line says.
//!
//! Two lines of text, of which the second is the header in JSON; then frames: one byte for the kind, the length (four
//! bytes, little end first), eight bytes of a SHA-256 of the content, and the content, in postcard and compressed with
//! LZ4. Kinds: 1 = a law, 2 = a block of cases with the facts of their organizations, 3 = the end, with the number of
//! cases. The cases of one message are in one block. Results are named by their places in lists of the header, so that
//! a build with more of them reads the file.

mod names;
mod read;
mod write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::names::Names;
pub use self::read::{CaseFile, CaseFileError, RawBlock};
pub use self::write::CaseWriter;

use self::names::FiledRecorded;
use sms_domain::decision::{OrganizationSnapshot, Snapshot};
use sms_domain::values::ids::OrganizationId;

use crate::case::NotReplayable;

/// The beginning of the first line; the version follows.
const MARK: &str = "sms-api cases ";

/// The version of this build's files. It changes with the form of [`Snapshot`] and [`OrganizationSnapshot`].
const VERSION: u32 = 1;

/// What the first line says besides.
const WARNING: &str = "PERSONAL DATA under pseudonyms: which messages people got, and why. Keep it from others, and \
     delete it when it has served its purpose.";

/// The largest frame.
const LARGEST: usize = 256 << 20;

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Only decisions about messages that were created since are in it; `None` = all.
    pub since: Option<DateTime<Utc>>,
    /// The lists by which results are named.
    pub names: Names,
}

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Law = 1,
    Cases = 2,
    End = 3,
}

/// The files of a law.
#[derive(Serialize, Deserialize)]
struct FiledLaw {
    hash: String,
    files: Vec<(String, String)>,
}

/// Cases that are read together.
#[derive(Default, Serialize, Deserialize)]
struct Block {
    organizations: Vec<OrganizationId>,
    /// The facts of organizations, to which cases refer by their places.
    facts: Vec<OrganizationSnapshot>,
    cases: Vec<FiledCase>,
}

#[derive(Serialize, Deserialize)]
struct FiledCase {
    /// The place in the block.
    organization: u32,
    /// Messages are numbered in the order of the file.
    message: u64,
    recorded: FiledRecorded,
    basis: FiledBasis,
}

#[derive(Serialize, Deserialize)]
enum FiledBasis {
    /// What it rested on.
    Kept {
        /// The place of the law among those above in the file.
        law: u32,
        /// The place of the organization's facts in the block.
        facts: u32,
        snapshot: Box<Snapshot>,
        /// How ties between numbers fall.
        ties: Vec<u16>,
    },
    /// The facts are not kept.
    NoFacts,
    /// The law is not known.
    LawUnknown,
    /// The facts do not belong together.
    Unreadable,
}

impl FiledBasis {
    const fn missing(reason: NotReplayable) -> Self {
        match reason {
            NotReplayable::NoFacts => Self::NoFacts,
            NotReplayable::LawUnknown => Self::LawUnknown,
            NotReplayable::Unreadable | NotReplayable::TextErased => Self::Unreadable,
        }
    }
}

/// Tells whether a frame is as it was written.
pub(crate) fn checksum(content: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(content).into();
    let mut first = [0; 8];
    first.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    first
}
