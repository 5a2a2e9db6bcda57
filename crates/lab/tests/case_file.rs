//! Decisions under pseudonyms in a file: they decide as before, and the file says when it is not whole.

mod support;

use std::num::NonZeroUsize;
use std::path::Path;

use sms_domain::decision::Pseudonyms;
use sms_domain::law::RuleFiles;
use sms_domain::ports::RuleSet;
use sms_lab::{
    Candidate, CaseFile, CaseFileError, CaseWriter, Header, Names, NotReplayable, Recorded,
    Renaming, Replay, StoredCase, Summary, replay_file,
};
use sms_scenarios::{Scenario, read_folder};

use support::{bundled, case, connecticut_until, scenario, stored, to_connecticut};

const NOON: &str = "2026-12-15 12:00 America/New_York";

fn header() -> Header {
    Header {
        made_at: "2026-12-16T00:00:00Z".parse().unwrap(),
        since: None,
        names: Names::own(),
    }
}

fn renaming() -> Renaming {
    Renaming::by(Pseudonyms::of([7; 32]))
}

fn bundled_set() -> RuleSet {
    let files = RuleFiles::BUNDLED.texts().into_iter();
    RuleSet {
        hash: bundled().version().to_owned(),
        files: files
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect(),
    }
}

fn written(cases: impl IntoIterator<Item = StoredCase>) -> Vec<u8> {
    let (mut bytes, mut renaming) = (Vec::new(), renaming());
    let mut writer = CaseWriter::begin(&mut bytes, header()).unwrap();
    for case in cases {
        if writer.lacks(&case).is_some() {
            writer.add_law(bundled_set()).unwrap();
        }
        writer.add(&renaming.pseudonymous(case)).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<StoredCase>, CaseFileError> {
    let mut file = CaseFile::open(bytes)?;
    let mut cases = Vec::new();
    while let Some(block) = file.next_block()? {
        cases.extend(block.cases()?);
    }
    assert_eq!(file.cases(), u64::try_from(cases.len()).unwrap());
    Ok(cases)
}

/// All scenarios of the domain.
fn scenarios() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/scenarios");
    let files = read_folder(&folder).unwrap();
    files.into_iter().flat_map(|file| file.scenarios).collect()
}

/// The cases of all scenarios, each about several people, whose ties fall differently.
fn cases() -> Vec<StoredCase> {
    let all = scenarios();
    let people = (1..).zip(all.iter().flat_map(|one| [one, one, one]));
    people
        .map(|(n, one)| case(stored(one, bundled(), n)))
        .collect()
}

/// What comes out of a case: the results, and what every rule says of it and of every number.
fn decided(replay: &Replay, case: &StoredCase) -> String {
    let replayed = replay.judge(case);
    let candidate = replayed.candidate.map(|found| {
        found.map(|change| {
            change.map(|change| {
                let rules = (change.from.rules, change.to.rules);
                (change.aspect, change.to.gist.outcome, rules)
            })
        })
    });
    format!("{:?} {candidate:?}", replayed.code)
}

#[test]
fn every_scenario_decides_alike_under_pseudonyms_by_the_recorded_law_and_by_another() {
    let found = read(&written(cases())).unwrap();
    assert_eq!(found.len(), cases().len());
    let replay = Replay {
        candidate: Candidate {
            law: Some(connecticut_until("12:00")),
            policy: serde_json::from_str(r#"{ "defaultDailyCap": 1, "sameTextSeconds": 86400 }"#)
                .ok(),
        },
    };
    let mut changed = 0;
    for (scenario, (before, after)) in scenarios()
        .iter()
        .flat_map(|one| [one, one, one])
        .zip(cases().iter().zip(&found))
    {
        let name = &scenario.name;
        assert!(matches!(replay.judge(after).code, Ok(None)), "{name}");
        assert_eq!(decided(&replay, before), decided(&replay, after), "{name}");
        changed += usize::from(decided(&replay, after).contains("Some(Ok(Some("));
    }
    assert!(changed > 10, "{changed} scenarios change");
}

/// Bytes that stand for a text or an id.
fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn no_id_and_no_name_is_in_the_file() {
    let given = "organization: { default_number: main },
        lead: { state: 'Anna Smith, ask for her husband', postal_code: '30301-1234', campaign: spring },
        conversation: { active_number: main, override_number: gone },";
    let case = case(stored(&scenario(NOON, given), bundled(), 0xABCD_EF01_2345));
    let basis = case.basis.clone().unwrap();
    let renamed = renaming().pseudonymous(case);
    let after = renamed.basis.unwrap();
    for (before, after) in [
        (
            format!("{:?}", basis.snapshot),
            format!("{:?}", after.snapshot),
        ),
        (
            format!("{:?}", basis.organization),
            format!("{:?}", after.organization),
        ),
    ] {
        // Ids of the scenarios' things, as they are shown.
        for id in uuids(&before) {
            assert!(!after.contains(&id), "{id} in {after}");
        }
    }
    let shown = format!("{:?} {:?}", after.snapshot, after.organization);
    for word in ["Anna", "1234\"", "Acme", "C1234567"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
    assert!(shown.contains("\"30301\""), "{shown}");
    assert!(has(shown.as_bytes(), b"Sender"));
}

/// The ids in a debug text.
fn uuids(text: &str) -> Vec<String> {
    let is_id = |word: &&str| word.len() == 36 && word.bytes().filter(|c| *c == b'-').count() == 4;
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    words.filter(is_id).map(str::to_owned).collect()
}

#[test]
fn the_file_says_at_its_top_that_it_is_personal_data() {
    let bytes = written([case(stored(&scenario(NOON, ""), bundled(), 1))]);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap();
    let first = std::str::from_utf8(first).unwrap();
    assert!(
        first.starts_with("sms-api cases 1: PERSONAL DATA"),
        "{first}"
    );
}

#[test]
fn a_decision_that_cannot_be_judged_keeps_its_reason() {
    let mut bare = stored(&scenario(NOON, ""), bundled(), 1);
    bare.basis = None;
    let foreign = stored(&scenario(NOON, ""), connecticut_until("18:00"), 2);
    let found = read(&written([bare, foreign].map(case))).unwrap();
    let reasons = found.iter().map(|case| case.basis.clone().unwrap_err());
    let expected = [NotReplayable::NoFacts, NotReplayable::LawUnknown];
    assert_eq!(reasons.collect::<Vec<_>>(), expected);
    for case in &found {
        let is_without_number =
            matches!(&case.recorded, Recorded::Word(word) if word.gist.number.is_none());
        assert!(is_without_number, "its id would be in the file: {case:?}");
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let bytes = written(cases().into_iter().take(20));
    let body = bytes.len() / 2;
    let mut damaged = bytes.clone();
    damaged[body] ^= 1;
    assert!(matches!(read(&damaged), Err(CaseFileError::Damaged)));
    for length in [body, bytes.len() - 1] {
        let found = read(&bytes[..length]);
        assert!(matches!(found, Err(CaseFileError::CutOff)), "{found:?}");
    }
    for (text, expected) in [
        ("", "no file of cases"),
        ("name: A scenario\n", "no file of cases"),
        ("sms-api cases 2: NEWER\n{}\n", "the version 2"),
        ("sms-api cases 1: X\n{}\n", "damaged"),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_file_with_names_that_this_build_lacks_is_refused_by_name() {
    let bytes = written([case(stored(&scenario(NOON, ""), bundled(), 1))]);
    let at = bytes
        .windows(8)
        .position(|window| window == b"deferred")
        .unwrap();
    let mut other = bytes;
    other[at..at + 8].copy_from_slice(b"awaiting");
    let error = read(&other).unwrap_err().to_string();
    assert!(error.contains("\"awaiting\""), "{error}");
}

#[test]
fn several_threads_find_what_one_finds_in_the_order_of_the_file() {
    let evening = "2026-12-15 19:30 America/New_York";
    let all = || {
        (1..=4_000_u128).map(|n| {
            let when = if n % 3 == 0 { evening } else { NOON };
            case(stored(&to_connecticut(when), bundled(), n))
        })
    };
    let bytes = written(all());
    let replay = Replay {
        candidate: Candidate {
            law: Some(connecticut_until("19:00")),
            policy: None,
        },
    };
    let found = |threads: usize| -> (Summary, u64, Vec<String>) {
        let (mut cases, mut lines) = (0, Vec::new());
        let describe = |case: &StoredCase, replayed: &sms_lab::Replayed| {
            let changed = matches!(replayed.candidate, Some(Ok(Some(_))));
            let id = case.message_id.as_uuid().as_u128();
            changed.then(|| id.to_string()).into_iter().collect()
        };
        let summary = replay_file(
            CaseFile::open(bytes.as_slice()).unwrap(),
            &replay,
            NonZeroUsize::new(threads).unwrap(),
            &describe,
            &mut |count, more| {
                cases += count;
                lines.extend(more);
            },
        );
        (summary.unwrap(), cases, lines)
    };
    let (one, cases, lines) = found(1);
    let (several, several_cases, several_lines) = found(3);
    let expected: Vec<String> = (1..=4_000)
        .filter(|n| n % 3 == 0)
        .map(|n: u128| n.to_string())
        .collect();
    assert_eq!((cases, several_cases), (4_000, 4_000));
    assert_eq!((&lines, &several_lines), (&expected, &expected));
    assert_eq!(one.candidate.differing(), 1_333);
    assert_eq!(several.candidate.examples(), one.candidate.examples());
    assert_eq!(several.candidate.same, one.candidate.same);
}

#[test]
fn a_damaged_block_ends_a_replay_with_the_fault() {
    let mut bytes = written(cases());
    let at = bytes.len() * 2 / 3;
    bytes[at] ^= 1;
    let found = replay_file(
        CaseFile::open(bytes.as_slice()).unwrap(),
        &Replay::default(),
        NonZeroUsize::new(2).unwrap(),
        &|_, _| Vec::new(),
        &mut |_, _| {},
    );
    assert!(matches!(found, Err(CaseFileError::Damaged)), "{found:?}");
}
