//! Laws that change: random dated rows, compared at every edge and at random instants.

use crate::law_cases::{DAY, second_of};
use crate::law_changes::{Dice, load};
use crate::law_changing::changing_tables;

#[test]
fn laws_that_change_around_new_year_judge_from_their_day() {
    compare(1, "2026-12-30", "2027-01-03");
}

#[test]
fn laws_that_change_with_the_clocks_judge_from_their_day() {
    compare(2, "2027-03-12", "2027-03-16");
    compare(3, "2026-10-30", "2026-11-03");
}

#[test]
fn laws_that_change_on_holidays_judge_from_their_day() {
    compare(4, "2026-07-02", "2026-07-06");
}

/// Compares all cases under laws that change from `first` to `last`, also at random minutes.
#[track_caller]
fn compare(seed: u64, first: &str, last: &str) {
    let dice = &mut Dice::new(seed);
    let tables = changing_tables(dice, first.parse().unwrap(), last.parse().unwrap());
    let rules = load(&tables).unwrap();
    let minutes = usize::try_from((second_of(last) + DAY - second_of(first)) / 60).unwrap();
    let (cases, refused) = super::compare_tables(&tables, &rules, (first, last), |_| {
        let random = std::iter::repeat_with(|| dice.below(minutes)).take(20);
        random
            .map(|minute| second_of(first) + i64::try_from(minute).unwrap() * 60)
            .collect()
    });
    assert!(
        cases > 2_000 && (cases / 10..cases * 9 / 10).contains(&refused),
        "{refused} of {cases}"
    );
}
