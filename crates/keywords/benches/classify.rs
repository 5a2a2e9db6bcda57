//! How long it takes to read the table's texts once, and a long one. Must not know what is right.

use divan::{Bencher, black_box};
use sms_keywords::classify;

const TABLE: &str = include_str!("../tests/data/keywords.csv");

fn main() {
    divan::main();
}

fn texts() -> Vec<String> {
    csv::Reader::from_reader(TABLE.as_bytes())
        .records()
        .map(|record| {
            record
                .expect("a row")
                .iter()
                .next_back()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// All texts of the table.
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
