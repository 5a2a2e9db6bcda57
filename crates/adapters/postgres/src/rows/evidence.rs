//! The merged evidence of an attempt as [packed](super::packed) bytes. None yet stands for none: most attempts are
//! inserted without any.

use sms_domain::message::MergedEvidence;

use super::packed::{pack, unpack};
use super::{ImpossibleRow, RowRef};

/// JSON, as rows of earlier releases were migrated.
const JSON: u8 = 1;

/// JSON, compressed with LZ4 and the dictionary [`WORDS`].
const JSON_LZ4_WORDS: u8 = 2;

/// The dictionary of stored evidence. A changed dictionary is a new format with another first byte.
const WORDS: &[u8] = include_bytes!("evidence_words.txt");

pub(super) fn encode(evidence: &MergedEvidence) -> Option<Vec<u8>> {
    // Contains only names, numbers and instants, which JSON can represent.
    (*evidence != MergedEvidence::default()).then(|| pack(JSON_LZ4_WORDS, WORDS, evidence))
}

pub(super) fn decode<I: std::fmt::Display>(
    reading: &RowRef<I>,
    bytes: Option<&[u8]>,
) -> Result<MergedEvidence, ImpossibleRow> {
    let Some(bytes) = bytes else {
        return Ok(MergedEvidence::default());
    };
    let json = match bytes.split_first() {
        Some((&JSON, json)) => Ok(json.to_vec()),
        Some((&JSON_LZ4_WORDS, compressed)) => unpack(WORDS, compressed),
        None | Some(_) => Err("has an unknown format".to_owned()),
    };
    json.and_then(|json| serde_json::from_slice(&json).map_err(|error| error.to_string()))
        .map_err(|error| reading.impossible("evidence", error))
}

#[cfg(test)]
mod tests {
    use sms_domain::carrier::{Evidence, EvidenceKind};
    use sms_testkit::fixtures::noon;

    use super::*;

    const READING: RowRef<&str> = RowRef {
        table: "attempts",
        id: "1",
    };

    fn evidence() -> MergedEvidence {
        MergedEvidence::default().merge(&Evidence {
            kind: EvidenceKind::Accepted,
            occurred_at: noon(),
            event_id: "answer-1".to_owned(),
            provider_message_id: Some("40317d5a-9c3e-4f1f-8d6b-7a52c6f3a1b0".to_owned()),
            parts: Some(1),
            error: None,
        })
    }

    #[test]
    fn evidence_is_read_as_it_was_written_and_takes_a_third_of_its_json() {
        let bytes = encode(&evidence()).unwrap();
        assert_eq!(decode(&READING, Some(&bytes)), Ok(evidence()));
        assert!(bytes.len() < serde_json::to_vec(&evidence()).unwrap().len() / 3);
    }

    #[test]
    fn none_yet_takes_no_bytes() {
        let none = MergedEvidence::default();
        assert_eq!(encode(&none), None);
        assert_eq!(decode(&READING, None), Ok(none));
    }

    #[test]
    fn evidence_of_earlier_releases_is_read() {
        let mut bytes = vec![JSON];
        bytes.extend(serde_json::to_vec(&evidence()).unwrap());
        assert_eq!(decode(&READING, Some(&bytes)), Ok(evidence()));
    }

    #[test]
    fn bytes_of_another_format_are_an_impossible_row() {
        let error = decode(&READING, Some(&[9, 1])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "impossible row 1 in attempts: evidence has an unknown format"
        );
    }
}
