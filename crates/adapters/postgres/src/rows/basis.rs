//! A decision's record with what the decision rested on: one byte for the format, the length of the record
//! (four bytes, little end first), the record, the hash of the organization's snapshot, and the decision's own
//! snapshot in postcard, a compact binary form without names.

use sms_domain::decision::{DecisionRecord, OrganizationSnapshot, Snapshot, SnapshotHash};

use super::decision::encode_decision;
use super::{ImpossibleRow, RowRef};

/// The format of this release. A changed [`Snapshot`] is a new format: postcard cannot read another one.
const FORMAT: u8 = 16;

/// A stored decision in its parts.
pub(crate) struct StoredParts<'a> {
    /// The record, in a form of its own.
    pub(crate) record: &'a [u8],
    /// What it rested on, if that is kept and readable by this release.
    pub(crate) basis: Option<(SnapshotHash, &'a [u8])>,
}

pub(crate) fn encode_with_basis(
    record: &DecisionRecord,
    organization: SnapshotHash,
    snapshot: &Snapshot,
) -> Vec<u8> {
    let record = encode_decision(record);
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    let mut bytes = vec![FORMAT];
    bytes.extend(length.to_le_bytes());
    bytes.extend(record);
    bytes.extend(organization.as_bytes());
    // Writing to memory does not fail, and a snapshot has no value that postcard lacks.
    bytes.extend(postcard::to_allocvec(snapshot).unwrap_or_default());
    bytes
}

/// The parts of a stored decision; `None` if its parts do not have their lengths.
pub(crate) fn parts(bytes: &[u8]) -> Option<StoredParts<'_>> {
    let Some((&FORMAT, rest)) = bytes.split_first() else {
        return Some(StoredParts {
            record: bytes,
            basis: None,
        });
    };
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (record, rest) = rest.split_at_checked(length)?;
    let (hash, snapshot) = rest.split_at_checked(32)?;
    Some(StoredParts {
        record,
        basis: Some((SnapshotHash::from_bytes(hash)?, snapshot)),
    })
}

/// The record of a stored decision. What cannot be taken apart is returned whole: decoding it names the fault.
pub(crate) fn record_part(bytes: &[u8]) -> &[u8] {
    parts(bytes).map_or(bytes, |parts| parts.record)
}

pub(crate) fn decode_snapshot<I: std::fmt::Display>(
    reading: &RowRef<I>,
    bytes: &[u8],
) -> Result<Snapshot, ImpossibleRow> {
    postcard::from_bytes(bytes).map_err(|error| reading.impossible("record", error.to_string()))
}

pub(crate) fn decode_organization<I: std::fmt::Display>(
    reading: &RowRef<I>,
    bytes: &[u8],
) -> Result<OrganizationSnapshot, ImpossibleRow> {
    let impossible = |error: String| reading.impossible("facts", error);
    let json = lz4_flex::decompress_size_prepended(bytes)
        .map_err(|error| impossible(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| impossible(error.to_string()))
}
