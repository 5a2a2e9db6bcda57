//! The law of every place, read from the tables independently of the rules, slow and obvious: whether a
//! second is open is answered by the calendar of that day.

mod calendar;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::law_tables::{Row, Tables};
use calendar::days_kept;

/// The tables, as the oracle reads them.
pub(crate) struct Oracle {
    laws: BTreeMap<String, Rc<Vec<Law>>>,
}

/// What one row says of the hours of a state, from a date on.
#[derive(PartialEq, Eq)]
pub(crate) struct Law {
    since: Option<Date>,
    /// Start and end on weekdays, Saturdays and Sundays.
    pub(crate) windows: [Option<(Time, Time)>; 3],
    closed_days: BTreeSet<Date>,
    pub(crate) fixed_zone: Option<TimeZone>,
    cap: Option<u32>,
}

/// The law of a state and a zone in which a person may be.
#[derive(Clone, PartialEq)]
pub(crate) struct Spot {
    pub(crate) law: Rc<Vec<Law>>,
    pub(crate) zone: TimeZone,
}

impl Oracle {
    pub(crate) fn read(tables: &Tables) -> Self {
        let in_force = |row: &&Row| row["status"] != "proposed";
        let holidays: Vec<&Row> = tables.holidays.rows.iter().filter(in_force).collect();
        let mut laws: BTreeMap<String, Vec<Law>> = BTreeMap::new();
        for row in tables.hours.rows.iter().filter(in_force) {
            let rows = laws.entry(row["state"].clone()).or_default();
            rows.push(Law::read(row, &holidays));
        }
        Self {
            laws: laws
                .into_iter()
                .map(|(state, rows)| (state, Rc::new(rows)))
                .collect(),
        }
    }

    /// A place in a zone, if the place has a law.
    pub(crate) fn find(&self, state: &str, zone_name: &str) -> Option<Spot> {
        Some(Spot {
            law: Rc::clone(self.laws.get(state)?),
            zone: zone(zone_name),
        })
    }
}

impl Law {
    fn read(row: &Row, holidays: &[&Row]) -> Self {
        if row["status"] == "repealed" {
            let day = Some((time("08:00"), time("21:00")));
            return Self {
                since: date(&row["effective_from"]),
                windows: [day; 3],
                closed_days: BTreeSet::new(),
                fixed_zone: None,
                cap: None,
            };
        }
        let window = |day: &str| {
            let cell = |edge: &str| row[&format!("{day}_{edge}")].clone();
            let (start, end) = (cell("start"), cell("end"));
            (!start.is_empty()).then(|| (time(&start), time(&end)))
        };
        let fixed = Some(&*row["fixed_zone"]).filter(|name| !name.is_empty());
        Self {
            since: date(&row["effective_from"]),
            windows: ["weekday", "saturday", "sunday"].map(window),
            closed_days: match &*row["holidays_blocked"] {
                "yes" => closed_days(&row["state"], holidays),
                _ => BTreeSet::new(),
            },
            fixed_zone: fixed.map(zone),
            cap: row["max_per_24h"].parse().ok(),
        }
    }

    fn window_on(&self, date: Date) -> Option<(Time, Time)> {
        let [weekday, saturday, sunday] = self.windows;
        if self.closed_days.contains(&date) {
            None
        } else if date.weekday() == Weekday::Saturday {
            saturday
        } else if date.weekday() == Weekday::Sunday {
            sunday
        } else {
            weekday
        }
    }
}

/// The days on which a state is closed: each row of a holiday closes those of its own days that come
/// before the next row of the same holiday.
fn closed_days(state: &str, holidays: &[&Row]) -> BTreeSet<Date> {
    let mut closed = BTreeSet::new();
    for (n, row) in holidays.iter().enumerate() {
        let is_meant = state == "DEFAULT_STRICT" || row["state"] == state;
        if !is_meant || row["status"] == "repealed" {
            continue;
        }
        let same =
            |other: &&&Row| (&other["state"], &other["rule"]) == (&row["state"], &row["rule"]);
        let next = holidays[n + 1..].iter().find(same);
        let (since, until) = (
            date(&row["effective_from"]),
            next.and_then(|next| date(&next["effective_from"])),
        );
        let days = (2021..=2029).flat_map(|year| days_kept(row, year));
        closed.extend(days.filter(|day| {
            since.is_none_or(|since| since <= *day) && until.is_none_or(|until| *day < until)
        }));
    }
    closed
}

impl Spot {
    fn wall(&self, zone: &TimeZone, second: i64) -> jiff::civil::DateTime {
        zone.to_datetime(Timestamp::from_second(second).unwrap())
    }

    /// The row in force on the date in the zone of the person.
    fn law(&self, second: i64) -> &Law {
        let date = self.wall(&self.zone, second).date();
        let in_force = |law: &&Law| law.since.is_none_or(|since| since <= date);
        self.law.iter().rfind(in_force).unwrap()
    }

    pub(crate) fn is_open(&self, second: i64) -> bool {
        let law = self.law(second);
        let wall = self.wall(law.fixed_zone.as_ref().unwrap_or(&self.zone), second);
        let window = law.window_on(wall.date());
        window.is_some_and(|(start, end)| start <= wall.time() && wall.time() < end)
    }

    pub(crate) fn cap(&self, second: i64) -> Option<u32> {
        self.law(second).cap
    }
}

fn date(text: &str) -> Option<Date> {
    Some(text)
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().unwrap())
}

fn time(text: &str) -> Time {
    let time = format!("{text}:00").parse::<Time>().unwrap();
    assert_eq!(
        time.minute() % 15,
        0,
        "an edge between two quarters of an hour"
    );
    time
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}
