//! Benchmarks reading 7,500 texts of the table, and a long text.

use divan::{Bencher, black_box};
use sms_keywords::classify;

const TABLE: &str = include_str!("../tests/data/keywords.csv");

/// Number of texts, fixed so that a growing table does not look slower.
const MOST_TEXTS: usize = 7_500;

fn main() {
    divan::main();
}

/// Texts of the table in English, French and Spanish.
fn texts() -> Vec<String> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(TABLE.as_bytes())
        .records()
        .filter_map(Result::ok)
        .filter(|record| matches!(&record[0], "en" | "fr" | "es"))
        .map(|record| record[3].to_owned())
        .take(MOST_TEXTS)
        .collect()
}

/// Many texts, one after the other.
#[divan::bench]
fn table(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher.bench_local(|| {
        for text in &texts {
            black_box(classify(black_box(text)));
        }
    });
}

/// A text of ten segments.
#[divan::bench]
fn long(bencher: Bencher<'_, '_>) {
    let text = "please tell me when you can come by to look at the roof thanks ".repeat(24);
    bencher.bench_local(|| black_box(classify(black_box(&text))));
}
