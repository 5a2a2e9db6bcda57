//! The difference of two laws names exactly the minutes that the oracle finds, for edits of every column
//! and of whole rows.

#[path = "support/law_changes.rs"]
mod law_changes;
#[path = "support/law_edits.rs"]
mod law_edits;
#[path = "support/law_oracle/mod.rs"]
mod law_oracle;
#[path = "support/law_tables.rs"]
mod law_tables;

use law_changes::Dice;
use law_edits::{check, edited, kinds};
use law_tables::Tables;

#[test]
fn every_edit_is_named_with_exactly_its_minutes() {
    let tables = Tables::bundled();
    // Clocks change on November 1.
    let days = ("2026-10-29".parse().unwrap(), "2026-11-04".parse().unwrap());
    let dice = &mut Dice::new(1);
    let found: usize = (0..kinds(&tables))
        .map(|n| {
            let (what, new) = edited(&tables, n, dice, days);
            check(&what, &tables, &new, days)
        })
        .sum();
    assert!(found > 1_000, "{found}");
}
