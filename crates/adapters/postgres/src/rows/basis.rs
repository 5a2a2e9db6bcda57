//! What a decision rested on, with the decision's record or a digest of it. With the record: one byte for the
//! format, from 16 on; the length of the record (four bytes, little end first), the record, the hash of the
//! organization's snapshot, and the decision's own snapshot. With a digest: one byte for the format, the digest, the
//! hash, the snapshot. A snapshot is in postcard, a compact binary form without names, and compressed with LZ4: the
//! numbers of an organization resemble each other. The function `decision_alone` of the migrations takes the record
//! out by the same form.

use sms_domain::decision::{
    DecisionRecord, OrganizationSnapshot, RecordDigest, Snapshot, SnapshotHash,
};

use super::decision::encode_decision;
use super::{ImpossibleRow, RowRef};

/// The format of this release. A changed [`Snapshot`] is a new format: postcard cannot read another one.
const FORMAT: u8 = 22;

/// The format of a digest and what the decision rested on; it changes with [`FORMAT`].
const DIGEST_FORMAT: u8 = 21;

/// The formats before them, whose snapshots say nothing of files.
const FILELESS_FORMAT: u8 = 20;
const FILELESS_DIGEST_FORMAT: u8 = 19;

/// The format before those, whose snapshots are not compressed either and say nothing of pauses.
const PLAIN_FORMAT: u8 = 16;

/// What fileless snapshots lack at their end: the message was no MMS.
const NO_MMS: [u8; 1] = [0];

/// What plain snapshots lack at their end: nothing was paused, and the message was no MMS.
const NOTHING_PAUSED_AND_NO_MMS: [u8; 4] = [0, 0, 0, 0];

/// A stored decision in its parts.
pub(crate) struct StoredParts<'a> {
    /// The record, in a form of its own.
    pub(crate) record: &'a [u8],
    /// What it rested on, if that is kept and readable by this release.
    pub(crate) basis: Option<(SnapshotHash, StoredSnapshot<'a>)>,
}

/// The bytes of a snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StoredSnapshot<'a> {
    /// As this release writes it.
    Current(&'a [u8]),
    /// Without files.
    Fileless(&'a [u8]),
    /// Not compressed, without pauses and files.
    Plain(&'a [u8]),
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
    bytes.extend(encode_snapshot(snapshot));
    bytes
}

pub(crate) fn encode_confirmation(
    digest: RecordDigest,
    organization: SnapshotHash,
    snapshot: &Snapshot,
) -> Vec<u8> {
    let mut bytes = vec![DIGEST_FORMAT];
    bytes.extend(digest.to_bytes());
    bytes.extend(organization.as_bytes());
    bytes.extend(encode_snapshot(snapshot));
    bytes
}

fn encode_snapshot(snapshot: &Snapshot) -> Vec<u8> {
    // Writing to memory does not fail, and a snapshot has no value that postcard lacks.
    let bytes = postcard::to_allocvec(snapshot).unwrap_or_default();
    lz4_flex::compress_prepend_size(&bytes)
}

/// The digest, the organization's hash and the snapshot of a stored confirmation; `None` if it is of another
/// format.
pub(crate) fn confirmation_parts(
    bytes: &[u8],
) -> Option<(RecordDigest, SnapshotHash, StoredSnapshot<'_>)> {
    let (snapshot, rest): (fn(_) -> _, _) = match bytes.split_first()? {
        (&DIGEST_FORMAT, rest) => (StoredSnapshot::Current, rest),
        (&FILELESS_DIGEST_FORMAT, rest) => (StoredSnapshot::Fileless, rest),
        _ => return None,
    };
    let (digest, rest) = rest.split_at_checked(RecordDigest::LENGTH)?;
    let (hash, rest) = rest.split_at_checked(32)?;
    let digest = RecordDigest::from_bytes(digest)?;
    Some((digest, SnapshotHash::from_bytes(hash)?, snapshot(rest)))
}

/// The parts of a stored decision; `None` if its parts do not have their lengths.
pub(crate) fn parts(bytes: &[u8]) -> Option<StoredParts<'_>> {
    let (snapshot, rest): (fn(_) -> _, _) = match bytes.split_first() {
        Some((&FORMAT, rest)) => (StoredSnapshot::Current, rest),
        Some((&FILELESS_FORMAT, rest)) => (StoredSnapshot::Fileless, rest),
        Some((&PLAIN_FORMAT, rest)) => (StoredSnapshot::Plain, rest),
        _ => {
            return Some(StoredParts {
                record: bytes,
                basis: None,
            });
        }
    };
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (record, rest) = rest.split_at_checked(length)?;
    let (hash, rest) = rest.split_at_checked(32)?;
    Some(StoredParts {
        record,
        basis: Some((SnapshotHash::from_bytes(hash)?, snapshot(rest))),
    })
}

/// The record of a stored decision. What cannot be taken apart is returned whole: decoding it names the fault.
pub(crate) fn record_part(bytes: &[u8]) -> &[u8] {
    parts(bytes).map_or(bytes, |parts| parts.record)
}

pub(crate) fn decode_snapshot<I: std::fmt::Display>(
    reading: &RowRef<I>,
    stored: StoredSnapshot<'_>,
) -> Result<Snapshot, ImpossibleRow> {
    let impossible = |error: String| reading.impossible("record", error);
    let read =
        |bytes: &[u8]| postcard::from_bytes(bytes).map_err(|error| impossible(error.to_string()));
    let unpacked = |bytes: &[u8]| {
        let bytes = lz4_flex::decompress_size_prepended(bytes);
        bytes.map_err(|error| impossible(error.to_string()))
    };
    match stored {
        StoredSnapshot::Current(bytes) => read(&unpacked(bytes)?),
        StoredSnapshot::Fileless(bytes) => read(&[&*unpacked(bytes)?, &NO_MMS].concat()),
        StoredSnapshot::Plain(bytes) => read(&[bytes, &NOTHING_PAUSED_AND_NO_MMS].concat()),
    }
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

#[cfg(test)]
mod tests {
    use sms_domain::decision::decide;
    use sms_testkit::fixtures::{context, message, noon};

    use super::*;

    #[test]
    fn what_an_earlier_release_stored_is_read() {
        let (submission, context) = (message().submission.clone(), context());
        let decided = decide(&submission, &context, noon());
        let basis = decided.basis(&submission, &context, noon());
        let hash = OrganizationSnapshot::of(&basis.organization).encode().0;
        let stored = encode_with_basis(&decided.record(noon()), hash, &basis.snapshot);
        let read = |bytes: &[u8]| {
            let reading = RowRef {
                table: "decisions",
                id: 1,
            };
            let (found, snapshot) = parts(bytes).unwrap().basis.unwrap();
            assert_eq!(found, hash);
            decode_snapshot(&reading, snapshot).unwrap()
        };
        assert_eq!(read(&stored), basis.snapshot);

        // Earlier snapshots end before the pauses, or before the files; there are none of either here.
        let whole = postcard::to_allocvec(&basis.snapshot).unwrap();
        let packed = encode_snapshot(&basis.snapshot).len();
        let with = |format, snapshot: &[u8]| {
            let mut bytes = stored[..stored.len() - packed].to_vec();
            bytes[0] = format;
            [&bytes, snapshot].concat()
        };
        let plain = whole.strip_suffix(&NOTHING_PAUSED_AND_NO_MMS).unwrap();
        assert_eq!(read(&with(PLAIN_FORMAT, plain)), basis.snapshot);
        let fileless = lz4_flex::compress_prepend_size(whole.strip_suffix(&NO_MMS).unwrap());
        assert_eq!(read(&with(FILELESS_FORMAT, &fileless)), basis.snapshot);
    }

    #[test]
    fn a_confirmation_of_an_earlier_release_is_read() {
        let (submission, context) = (message().submission.clone(), context());
        let decided = decide(&submission, &context, noon());
        let basis = decided.basis(&submission, &context, noon());
        let hash = OrganizationSnapshot::of(&basis.organization).encode().0;
        let digest = decided.record(noon()).digest();
        let stored = encode_confirmation(digest, hash, &basis.snapshot);
        let whole = postcard::to_allocvec(&basis.snapshot).unwrap();
        let packed = encode_snapshot(&basis.snapshot).len();
        let mut earlier = stored[..stored.len() - packed].to_vec();
        earlier[0] = FILELESS_DIGEST_FORMAT;
        let fileless = whole.strip_suffix(&NO_MMS).unwrap();
        earlier.extend(lz4_flex::compress_prepend_size(fileless));
        for bytes in [&stored, &earlier] {
            let reading = RowRef {
                table: "attempts",
                id: 1,
            };
            let (of, organization, snapshot) = confirmation_parts(bytes).unwrap();
            assert_eq!((of, organization), (digest, hash));
            assert_eq!(decode_snapshot(&reading, snapshot).unwrap(), basis.snapshot);
        }
        assert!(confirmation_parts(&[17]).is_none());
    }
}
