//! Compares the difference of two laws with the oracle, for every kind of edit and every minute of half a
//! year: `cargo run --release -p sms-domain --example law_differences [SEED]`.

#[path = "../tests/support/law_changes.rs"]
mod law_changes;
#[path = "../tests/support/law_edits.rs"]
mod law_edits;
#[path = "../tests/support/law_oracle/mod.rs"]
mod law_oracle;
#[path = "../tests/support/law_tables.rs"]
mod law_tables;

use std::io::Write as _;
use std::time::Instant;

use law_changes::Dice;
use law_edits::{check, edited, kinds};
use law_tables::Tables;

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok());
    let (tables, dice) = (Tables::bundled(), &mut Dice::new(seed.unwrap_or(1)));
    let days = ("2026-10-01".parse().unwrap(), "2027-03-31".parse().unwrap());
    let begun = Instant::now();
    let mut minutes = 0;
    for n in 0..kinds(&tables) {
        let (what, new) = edited(&tables, n, dice, days);
        minutes += check(&what, &tables, &new, days);
    }
    let (kinds, seconds) = (kinds(&tables), begun.elapsed().as_secs());
    let line = format!(
        "{kinds} edits, {minutes} minutes open or close: each named, no other; {seconds} s"
    );
    let _ = writeln!(std::io::stdout(), "{line}");
}
