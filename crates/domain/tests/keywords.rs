//! The keyword classifier against a labelled table of texts, and properties over any text.
//!
//! `data/keywords.csv` has a language, a kind, the expected keyword and the text, in which `\u{…}`
//! and `\n` stand for characters that an editor would hide. Kinds: `keyword`, `phrase` (a request in
//! people's own words), `adversarial` (disguised or misspelt), `trap` (an opt-out word or another
//! likeness in a text that is no request), `ambiguous` (for a person to read).
//! `cargo test -p sms-domain --test keywords -- --nocapture` prints the confusion matrix.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sms_domain::inbound::{Keyword, classify, is_provider_default};

const TABLE: &str = include_str!("data/keywords.csv");

#[derive(Debug)]
struct Case {
    kind: String,
    expected: Keyword,
    text: String,
}

fn cases() -> Vec<Case> {
    csv::Reader::from_reader(TABLE.as_bytes())
        .records()
        .map(|record| {
            let record = record.expect("a row of four fields");
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
fn the_table_is_classified_within_its_tolerances() {
    let cases = cases();
    assert!(cases.len() >= 400, "{} cases", cases.len());
    let mut matrix: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in &cases {
        let found = classify(&case.text);
        *matrix.entry((case.expected.code(), found.keyword.code())).or_default() += 1;
        if found.keyword != case.expected {
            println!("{} instead of {}: {:?} {found:?}", found.keyword.code(), case.expected.code(), case.text);
        }
    }
    print_matrix(&matrix);

    let rate = |of: &dyn Fn(&Case) -> bool, became: Keyword| {
        let all: Vec<&Case> = cases.iter().filter(|case| of(case)).collect();
        let hits = all.iter().filter(|case| classify(&case.text).keyword == became).count();
        println!("{hits} of {}", all.len());
        hits as f64 / all.len() as f64
    };
    print!("opt-outs found: ");
    let recall = rate(&|case| case.expected == Keyword::OptOut, Keyword::OptOut);
    print!("traps taken for opt-outs: ");
    let false_opt_outs = rate(&|case| case.kind == "trap", Keyword::OptOut);
    print!("other texts taken for consent: ");
    let false_opt_ins = rate(&|case| case.expected != Keyword::OptIn, Keyword::OptIn);
    assert!(recall > 0.99, "recall {recall}");
    assert!(false_opt_outs < 0.05, "false opt-outs {false_opt_outs}");
    assert!(false_opt_ins == 0.0, "consent read into a text");
}

fn print_matrix(matrix: &BTreeMap<(&str, &str), usize>) {
    print!("\n{:>18}", "expected \\ found");
    for found in Keyword::ALL {
        print!("{:>9}", found.code());
    }
    println!();
    for expected in Keyword::ALL {
        print!("{:>18}", expected.code());
        for found in Keyword::ALL {
            let count = matrix.get(&(expected.code(), found.code())).unwrap_or(&0);
            print!("{count:>9}");
        }
        println!();
    }
}
