//! How far each pass over a carrier's opt-out list reaches back. Must not know how a list is read.

use chrono::{DateTime, TimeDelta, Utc};

/// How far a pass reaches back before the newest entry of the passes before it: entries may appear in the
/// list later than their date.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// The instant from which the next pass reads (`None` = the whole list), after a pass from `since` that
/// recorded entries of these instants. It never moves back.
#[must_use]
pub fn next_since(
    recorded: impl IntoIterator<Item = DateTime<Utc>>,
    since: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let newest = recorded.into_iter().max();
    let next = newest.and_then(|newest| newest.checked_sub_signed(OVERLAP));
    next.max(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn the_next_pass_starts_an_hour_before_the_newest_entry() {
        assert_eq!(next_since([at(90), at(180), at(5)], None), Some(at(120)));
    }

    #[test]
    fn a_pass_without_entries_is_repeated_from_where_it_started() {
        assert_eq!(next_since([], None), None);
        assert_eq!(next_since([], Some(at(7))), Some(at(7)));
    }

    #[test]
    fn an_old_entry_does_not_move_the_next_pass_back() {
        assert_eq!(next_since([at(61)], Some(at(30))), Some(at(30)));
    }

    #[test]
    fn an_instant_without_an_hour_before_it_asks_for_the_whole_list() {
        assert_eq!(next_since([DateTime::<Utc>::MIN_UTC], None), None);
    }
}
