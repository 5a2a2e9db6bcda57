//! Decision records as [packed](super::packed) bytes.

use sms_domain::decision::DecisionRecord;

use super::packed::{pack, unpack};
use super::{ImpossibleRow, RowRef};

/// JSON, compressed with LZ4 and a dictionary, by the first byte. A changed dictionary is a new format with
/// another first byte; records are written in the last.
const FORMATS: [(u8, &[u8]); 2] = [
    (2, include_bytes!("decision_words.txt")),
    (3, include_bytes!("decision_words_3.txt")),
];

pub(crate) fn encode_decision(record: &DecisionRecord) -> Vec<u8> {
    // Contains only names, numbers and instants, which JSON can represent.
    let [.., (format, words)] = FORMATS;
    pack(format, words, record)
}

pub(crate) fn decode_decision<I: std::fmt::Display>(
    reading: &RowRef<I>,
    column: &'static str,
    bytes: &[u8],
) -> Result<DecisionRecord, ImpossibleRow> {
    let words = |first: u8| FORMATS.iter().find(|(format, _)| *format == first);
    let known = bytes
        .split_first()
        .and_then(|(first, compressed)| Some((words(*first)?.1, compressed)));
    let Some((words, compressed)) = known else {
        return Err(reading.impossible(column, "has an unknown format"));
    };
    let json = unpack(words, compressed).map_err(|error| reading.impossible(column, error))?;
    serde_json::from_slice(&json).map_err(|error| reading.impossible(column, error.to_string()))
}

#[cfg(test)]
mod tests {
    use sms_domain::compliance::rule::VerdictKind;
    use sms_domain::decision::{RuleVerdict, Trace};
    use sms_domain::values::billing::Money;
    use sms_domain::values::reason::Reason;

    use super::*;

    fn record() -> DecisionRecord {
        let verdict = RuleVerdict {
            rule: "quiet_hours".into(),
            verdict: VerdictKind::Defer,
            reason: Some(Reason::QuietHours),
            until: Some("2026-03-03T13:00:00Z".parse().unwrap()),
            facts: [("zone".into(), "America/New_York".into())].into(),
            findings: vec!["It is outside the hours.".into()],
        };
        DecisionRecord {
            at: "2026-03-03T02:00:00.123456Z".parse().unwrap(),
            outcome: "defer".to_owned(),
            reason: Some(Reason::QuietHours),
            trace: Trace {
                rules: vec![verdict; 12],
                number: None,
                others: Vec::new(),
                price: Money::from_micros(20_000),
                earliest: None,
                rules_version: "1".to_owned(),
            },
            others_count: 0,
            waits_for: None,
        }
    }

    const READING: RowRef<&str> = RowRef {
        table: "messages",
        id: "1",
    };

    #[test]
    fn a_decision_is_read_as_it_was_written_and_takes_less_than_its_json() {
        let bytes = encode_decision(&record());
        assert_eq!(
            decode_decision(&READING, "first_decision", &bytes),
            Ok(record())
        );
        assert!(bytes.len() < serde_json::to_vec(&record()).unwrap().len() / 2);
    }

    /// Records from earlier releases, and one as it is written now. If they can no longer be read, neither can
    /// those in databases: a changed dictionary must be a new format beside these.
    const STORED: [&str; 2] = [
        "02d20600000e020422303213077a2e31323334353602040dd605086b020f0c04090a280006b4070f5100\
            0c0fb307390f8300ffffffffff8907b40702510a05590706ca0c2f3230ff06020ba80c606e74223a307d",
        "03d20600000e880b22303219067f2e3132333435365c0d0c0a90060f7404070fe106310f390f2c0f8300\
            ffffffffff890f501411103211070f2e140f5074223a307d",
    ];

    #[test]
    fn a_decision_that_was_stored_earlier_is_read() {
        // Verdicts had no findings when these were written.
        let mut stored = record();
        for verdict in &mut stored.trace.rules {
            verdict.findings.clear();
        }
        for text in STORED {
            let bytes: Vec<u8> = (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
                .collect();
            assert_eq!(
                decode_decision(&READING, "first_decision", &bytes),
                Ok(stored.clone())
            );
        }
    }

    #[test]
    fn bytes_of_another_format_are_an_impossible_row() {
        let error = decode_decision(&READING, "first_decision", &[9, 1, 2]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "impossible row 1 in messages: first_decision has an unknown format"
        );
    }
}
