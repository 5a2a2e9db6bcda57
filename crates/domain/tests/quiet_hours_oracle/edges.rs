//! The instants at which something may change.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::law_cases::{Case, DAY, second_of};

/// The seconds and minutes around everything that can matter on the days of a range.
pub(crate) fn instants(case: &Case<'_>, first: Date, last: Date) -> BTreeSet<i64> {
    let mut instants = BTreeSet::new();
    let mut around = |second: i64| {
        instants.extend([-60, -1, 0, 1, 60].map(|away| second + away));
    };
    for spot in &case.spots {
        let mut zones = vec![(&spot.zone, BTreeSet::from([Time::midnight()]))];
        for law in spot.law.iter() {
            let windows = law.windows.iter().flatten();
            let edges = windows.flat_map(|&(start, end)| [start, end]).collect();
            zones.push((law.fixed_zone.as_ref().unwrap_or(&spot.zone), edges));
        }
        for (zone, times) in zones {
            let mut date = first;
            while date <= last {
                for time in &times {
                    let instant = zone.to_timestamp(date.to_datetime(*time));
                    around(instant.unwrap().as_second());
                }
                date += 1.day();
            }
            let start = zone
                .to_timestamp(first.to_datetime(Time::midnight()))
                .unwrap();
            let changes = zone
                .following(start)
                .map(|change| change.timestamp().as_second());
            let end = start.as_second() + 20 * DAY;
            changes
                .take_while(|second| *second < end)
                .for_each(&mut around);
        }
    }
    let end = second_of(&last.to_string()) + 2 * DAY;
    instants.retain(|second| *second < end);
    instants
}
