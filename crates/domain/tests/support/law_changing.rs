//! Tables with many laws that change at random.

use jiff::civil::Date;

use crate::law_changes::{Dice, change_holiday, change_hours, load};
use crate::law_tables::Tables;

/// The bundled tables with laws of many states that change between two days.
pub(crate) fn changing_tables(dice: &mut Dice, first: Date, last: Date) -> Tables {
    let mut tables = Tables::bundled();
    for n in 0..50 {
        let (before, date) = (tables.clone(), dice.day(first, last));
        if n % 5 == 0 {
            change_holiday(&mut tables.holidays, dice, date);
        } else {
            change_hours(&mut tables.hours, dice, date);
        }
        // The two tables may disagree about when a state keeps holidays.
        if load(&tables).is_err() {
            tables = before;
        }
    }
    tables
}
