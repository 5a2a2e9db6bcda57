//! A digest in place of a decision's record, where the record tells nothing new: a decision that is judged again
//! is compared with it.

use sha2::{Digest, Sha256};

use super::trace::DecisionRecord;

/// What stands for a [`DecisionRecord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordDigest {
    /// Of the whole record.
    record: [u8; 16],
    /// Of the versions that decided, which the record names too.
    rules: [u8; 8],
}

impl RecordDigest {
    /// The number of bytes of a digest.
    pub const LENGTH: usize = 24;

    /// The digest as bytes: the record's, then that of the versions.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let (record, rules) = bytes.split_at_mut(self.record.len());
        record.copy_from_slice(&self.record);
        rules.copy_from_slice(&self.rules);
        bytes
    }

    /// A digest from its bytes; `None` if there are more or fewer.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (record, rules) = bytes.split_first_chunk()?;
        Some(Self {
            record: *record,
            rules: rules.try_into().ok()?,
        })
    }

    /// Stands for the versions that decided: that of [`RecordDigest::mark_of`] the recorded version.
    #[must_use]
    pub const fn mark(self) -> [u8; 8] {
        self.rules
    }

    /// What stands for a version as records name it.
    #[must_use]
    pub fn mark_of(rules_version: &str) -> [u8; 8] {
        first(rules_version.as_bytes())
    }

    /// Whether the versions that `judged` names are those that made the digest.
    pub(super) fn is_by_the_rules_of(self, judged: &DecisionRecord) -> bool {
        self.rules == Self::mark_of(&judged.trace.rules_version)
    }
}

impl DecisionRecord {
    /// The digest of the record.
    #[must_use]
    pub fn digest(&self) -> RecordDigest {
        // Contains only names, numbers and instants, which JSON can represent.
        let json = serde_json::to_vec(self).unwrap_or_default();
        RecordDigest {
            record: first(&json),
            rules: RecordDigest::mark_of(&self.trace.rules_version),
        }
    }
}

/// The first bytes of the SHA-256.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let mut start = [0; N];
    start.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    start
}
