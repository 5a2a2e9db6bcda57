//! The keyword classifier against a labelled table of texts, and properties over any text.
//!
//! `data/keywords.csv` has a language, a kind, the expected keyword and the text, in which `\u{…}`
//! and `\n` stand for characters that an editor would hide. A fifth field, where there is one, names
//! the group of rows that vary one template. Kinds: `keyword`, `phrase` (a request in
//! people's own words), `adversarial` (disguised or misspelt), `trap` (an opt-out word or another
//! likeness in a text that is no request), `ambiguous` (for a person to read).
//!
//! Most rows came in batches that the classifier had not seen. On the first reading of each batch, it found this
//! share of the opt-outs and took this share of the traps for opt-outs: 98.9 % and 1.4 %, 90.2 % and 5.8 %, 86.4 % and 2.2 %,
//! 79.9 % and 7.1 % (far-fetched on purpose), 95.7 % and 3.5 %, 74.4 % and 7.6 % (far-fetched),
//! 98.8 % and 1.1 %, 83.0 % and 2.6 % (far-fetched), 91.6 % and 3.5 %, 94.2 % and 4.5 %, 93.4 % and
//! 2.7 %, 95.0 % and 2.0 %, 75.2 % and 1.7 % (far-fetched), 96.9 % and none. The perfect figures below are therefore
//! those of known texts.
//!
//! Rows with a group were written before their phrases. The first reading found 170 of 263 English opt-outs that
//! politely decline further contact, took 199 of 1,273 similar texts for opt-outs, and found 18 of 702 opt-outs in 21
//! other languages. After phrases for those were written, a second, unseen batch in the other languages had 123 of 156
//! found and 4 of 80 traps mistaken. After that, a third batch had 65 of 75 found and 1 of 44 traps mistaken in the
//! other languages; of English refusals, 50 of 60 were found and one more was for review, and of 159 traps 11 were
//! mistaken and 11 were for review.
//!
//! Rows of group `unseen` were written later. Of 98 opt-outs unlike any row of the table, 91 were found and 2 more were
//! for review; of 107 traps, 4 were mistaken. Most of the rest are still misread.
//!
//! Add a text that was misread in production to the table first, and then to the phrases.
//! `cargo test -p sms-keywords --test keywords -- --nocapture` prints the confusion matrix.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use sms_keywords::{Keyword, MatchStep, classify, is_provider_default};
use unicode_normalization::UnicodeNormalization;

const TABLE: &str = include_str!("data/keywords.csv");

#[derive(Debug)]
struct Case {
    kind: String,
    expected: Keyword,
    text: String,
}

fn cases() -> Vec<Case> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(TABLE.as_bytes())
        .records()
        .map(|record| {
            let record = record.expect("a row");
            Case {
                kind: record[1].to_owned(),
                expected: Keyword::ALL
                    .into_iter()
                    .find(|keyword| keyword.code() == &record[2])
                    .unwrap_or_else(|| panic!("unknown keyword in {record:?}")),
                text: unescaped(&record[3]),
            }
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let text = text.replace("\\n", "\n");
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').expect("a closed escape");
        let code = u32::from_str_radix(code, 16).expect("a hexadecimal code point");
        plain.push(char::from_u32(code).expect("a character"));
        plain.push_str(rest);
    }
    plain
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the confusion matrix is for whoever runs the test with --nocapture"
)]
fn the_table_is_classified_within_its_tolerances() {
    let cases = cases();
    println!("{}", report(&cases));

    let recall = share(
        &cases,
        |case| case.expected == Keyword::OptOut,
        Keyword::OptOut,
    );
    let false_opt_outs = share(&cases, |case| case.kind == "trap", Keyword::OptOut);
    let read_into = share(
        &cases,
        |case| case.expected != Keyword::OptIn,
        Keyword::OptIn,
    );
    assert!(recall > 0.99, "opt-outs found: {recall}");
    assert!(
        false_opt_outs < 0.05,
        "traps taken for opt-outs: {false_opt_outs}"
    );
    assert!(read_into == 0.0, "consent read into a text");
}

/// Of the cases chosen, the share classified as `keyword`.
fn share(cases: &[Case], chosen: impl Fn(&Case) -> bool, keyword: Keyword) -> f64 {
    let chosen: Vec<&Case> = cases.iter().filter(|case| chosen(case)).collect();
    let hits = chosen
        .iter()
        .filter(|case| classify(&case.text).keyword == keyword)
        .count();
    hits as f64 / chosen.len() as f64
}

/// The cases that differ from their label, and the confusion matrix.
fn report(cases: &[Case]) -> String {
    let mut misread = String::new();
    let mut matrix: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in cases {
        let found = classify(&case.text);
        let cell = (case.expected.code(), found.keyword.code());
        *matrix.entry(cell).or_default() += 1;
        if found.keyword != case.expected {
            misread += &format!("{} not {}: {:?} {found:?}\n", cell.1, cell.0, case.text);
        }
    }
    let row = |name: &str, cells: [String; 5]| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>9}")).collect();
        format!("{name:>18}{cells}\n")
    };
    let head = row(
        "expected \\ found",
        Keyword::ALL.map(|found| found.code().to_owned()),
    );
    let rows: String = Keyword::ALL
        .map(|expected| {
            let count = |found: Keyword| matrix.get(&(expected.code(), found.code())).unwrap_or(&0);
            row(
                expected.code(),
                Keyword::ALL.map(|found| count(found).to_string()),
            )
        })
        .concat();
    format!("{misread}{head}{rows}")
}

#[test]
fn only_the_two_reserved_words_are_consent() {
    for text in ["START", " start ", "“Start”!", "UNSTOP.", "un\u{200B}stop"] {
        assert_eq!(classify(text).keyword, Keyword::OptIn, "{text}");
    }
    for text in [
        "YES",
        "START?",
        "START please",
        "S T A R T",
        "STΑRT",
        "starts",
        "subscribe",
        "opt in",
        "resubscribe",
        "start stop",
    ] {
        assert_ne!(classify(text).keyword, Keyword::OptIn, "{text}");
    }
}

#[test]
fn a_classification_names_the_step_that_decided() {
    for (text, step) in [
        ("STOP", MatchStep::ExactKeyword),
        ("Liked “STOP”", MatchStep::Reaction),
        ("🛑", MatchStep::Sign),
        ("s t o p", MatchStep::SpacedLetters),
        ("removeme", MatchStep::RunTogether),
        ("stopl", MatchStep::NearMiss),
        ("thanks, revke", MatchStep::NearMiss),
        ("please stop", MatchStep::Phrase),
        ("they opted out", MatchStep::UnplacedWord),
        ("수신거부", MatchStep::Phrase),
        ("dừng lại", MatchStep::ExactKeyword),
        ("หยุด", MatchStep::UnreadScript),
        ("hello", MatchStep::NoKeyword),
    ] {
        assert_eq!(classify(text).step, step, "{text}");
    }
}

#[test]
fn words_after_a_quoted_reaction_count() {
    assert_eq!(classify("Liked “Reply STOP to end”").keyword, Keyword::None);
    assert_eq!(
        classify("Liked “We buy houses” please stop").keyword,
        Keyword::OptOut
    );
}

#[test]
fn the_carrier_acts_on_its_own_words_and_on_no_variation() {
    for text in [
        "stop", " STOP ", "Stop all", "END", "quit", "unstop", "help",
    ] {
        assert!(is_provider_default(text), "{text}");
    }
    for text in [
        "STOP.",
        "revoke",
        "opt out",
        "remove",
        "stop please",
        "info",
        "arret",
        "",
    ] {
        assert!(!is_provider_default(text), "{text}");
    }
}

#[test]
fn every_word_on_which_the_carrier_acts_is_a_keyword_here() {
    for text in [
        "STOP",
        "STOPALL",
        "STOP ALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "START",
        "UNSTOP",
        "HELP",
    ] {
        let found = classify(text);
        assert_eq!(found.step, MatchStep::ExactKeyword, "{text}");
    }
}

/// Longer than any text that a provider delivers.
const HOSTILE_BYTES: usize = 20_000;

#[test]
fn long_hostile_texts_are_classified_and_none_is_consent() {
    let hostile = [
        "\u{301}",
        "s\u{301}",
        "please ",
        "stop please not ",
        "don't ever ",
        "s t o p ",
        "s.",
        "unsubscrib",
        "“",
        "Liked “",
        "the ",
        "no me ",
        "\u{FDFA}",
        "stop by ",
        "dont want any of your the my texts ",
        "take get me us my number off from your the list ",
        "no quiero deseo recibir mas ",
        "stoptextingme",
        "st*p ",
        "!?",
        "http://a.b ",
    ];
    for piece in hostile {
        let text = piece.repeat(HOSTILE_BYTES / piece.len());
        assert_ne!(classify(&text).keyword, Keyword::OptIn, "{piece:?}");
    }
}

/// Texts of the table and texts put together from their words.
fn texts() -> impl Strategy<Value = String> {
    let all: Vec<String> = cases().into_iter().map(|case| case.text).collect();
    prop_oneof![prop::sample::select(all), mixtures(1..9)]
}

/// Words of the table in any order, as many as `size`.
fn mixtures(size: Range<usize>) -> impl Strategy<Value = String> {
    let words: Vec<String> = cases()
        .iter()
        .flat_map(|case| case.text.split_whitespace())
        .map(str::to_owned)
        .collect();
    prop::collection::vec(prop::sample::select(words), size).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_classified_and_none_by_accident_is_consent(text in any::<String>()) {
        let letters: String = text.nfkc().filter(|c| c.is_alphabetic()).collect();
        let found = classify(&text);
        if found.keyword == Keyword::OptIn {
            prop_assert!(["start", "unstop"].contains(&letters.to_lowercase().as_str()));
        }
    }

    #[test]
    fn the_form_in_which_a_text_is_encoded_changes_nothing(text in texts()) {
        let found = classify(&text);
        prop_assert_eq!(classify(&text.nfc().collect::<String>()), found);
        prop_assert_eq!(classify(&text.nfd().collect::<String>()), found);
    }

    #[test]
    fn a_text_that_was_normalised_before_is_classified_alike(text in texts()) {
        let normal: String = text.nfkc().flat_map(char::to_lowercase).collect();
        prop_assert_eq!(classify(&normal), classify(&text));
    }

    #[test]
    fn case_changes_nothing(text in texts()) {
        let found = classify(&text);
        prop_assert_eq!(classify(&text.to_lowercase()), found);
        prop_assert_eq!(classify(&text.to_uppercase()), found);
    }

    #[test]
    fn white_space_and_marks_around_a_text_change_nothing(
        text in texts(),
        before in "[ \t\n\u{A0}]{0,3}",
        after in "[ \t\n!.]{0,3}",
    ) {
        let padded = format!("{before}{text}{after}");
        prop_assert_eq!(classify(&padded), classify(&text));
    }

    #[test]
    fn invisible_characters_between_letters_change_nothing(
        text in texts(),
        invisible in prop::sample::select(vec!['\u{200B}', '\u{FEFF}', '\u{AD}', '\u{2060}']),
    ) {
        let scattered: String = text.chars().flat_map(|c| [c, invisible]).collect();
        prop_assert_eq!(classify(&scattered), classify(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(32)
    })]

    #[test]
    fn a_text_as_long_as_ten_segments_is_classified(text in mixtures(200..400)) {
        prop_assert_ne!(classify(&text).keyword, Keyword::OptIn);
    }
}
