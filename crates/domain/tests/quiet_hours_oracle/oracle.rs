//! The data files, read independently of the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

use super::calendar::days_kept;
use super::{DAY, second_of};

/// A row by the names of its columns.
pub(super) type Row = BTreeMap<String, String>;

fn table(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The data files, as the oracle reads them.
pub(super) struct Oracle {
    laws: BTreeMap<String, Rc<Law>>,
    area_codes: Vec<Row>,
}

/// The hours of one state.
#[derive(PartialEq, Eq)]
pub(super) struct Law {
    /// Start and end on weekdays, Saturdays and Sundays.
    windows: [Option<(Time, Time)>; 3],
    closed_days: BTreeSet<Date>,
    fixed_zone: String,
}

/// A law and the zone whose local time applies.
#[derive(Clone, PartialEq)]
pub(super) struct Spot {
    pub(super) law: Rc<Law>,
    pub(super) zone: TimeZone,
}

/// A number and optionally a stated state, with all laws and zones that apply.
pub(super) struct Case<'o> {
    pub(super) area_code: &'o str,
    pub(super) stated: Option<&'o str>,
    pub(super) spots: Vec<Spot>,
}

impl Oracle {
    pub(super) fn read() -> Self {
        let holidays = table(include_str!("../../data/state_holidays.csv"));
        let laws = table(include_str!("../../data/state_quiet_hours.csv"))
            .into_iter()
            .map(|row| (row["state"].clone(), Rc::new(Law::read(&row, &holidays))))
            .collect();
        Self {
            laws,
            area_codes: table(include_str!("../../data/nanp_area_codes.csv")),
        }
    }

    pub(super) fn spot(&self, state: &str, zone_name: &str) -> Spot {
        let law = Rc::clone(&self.laws[state]);
        let fixed = Some(&*law.fixed_zone).filter(|name| !name.is_empty());
        Spot {
            zone: zone(fixed.unwrap_or(zone_name)),
            law,
        }
    }

    /// One code of each combination of states and zones, and some numbers with a stated state.
    pub(super) fn cases(&self) -> Vec<Case<'_>> {
        let mut seen = BTreeSet::new();
        let is_new = |row: &&Row| {
            seen.insert(["state_or_province", "iana_timezones"].map(|column| row[column].clone()))
        };
        let alone = self
            .area_codes
            .iter()
            .filter(is_new)
            .map(|row| (&*row["area_code"], None));
        let stated = [
            ("212", "MS"),
            ("212", "LA"),
            ("212", "nowhere"),
            ("423", "nowhere"),
            ("808", "NY"),
            ("709", "BC"),
            ("305", "TX"),
            ("671", "CT"),
            ("403", "UT"),
            ("867", "RI"),
        ];
        let stated = stated.map(|(area_code, state)| (area_code, Some(state)));
        alone
            .chain(stated)
            .map(|(area_code, stated)| self.case(area_code, stated))
            .collect()
    }

    fn case<'o>(&'o self, area_code: &'o str, stated: Option<&'o str>) -> Case<'o> {
        let row = self
            .area_codes
            .iter()
            .find(|row| row["area_code"] == area_code)
            .unwrap();
        let mut spots = Vec::new();
        let mut add = |state: &str, zones: &str| {
            spots.extend(zones.split(';').map(|zone| self.spot(state, zone)));
        };
        for state in row["state_or_province"].split(';') {
            add(state, &row["iana_timezones"]);
        }
        match stated {
            Some(state) if self.laws.contains_key(state) => {
                for code in &self.area_codes {
                    if code["state_or_province"]
                        .split(';')
                        .any(|other| other == state)
                    {
                        add(state, &code["iana_timezones"]);
                    }
                }
            }
            Some(_) => add("DEFAULT_STRICT", &row["iana_timezones"]),
            None => {}
        }
        Case {
            area_code,
            stated,
            spots,
        }
    }
}

impl Law {
    fn read(row: &Row, holidays: &[Row]) -> Self {
        let window = |day: &str| {
            let cell = |edge: &str| row[&format!("{day}_{edge}")].clone();
            let (start, end) = (cell("start"), cell("end"));
            (!start.is_empty()).then(|| (time(&start), time(&end)))
        };
        let state = &row["state"];
        let own = holidays
            .iter()
            .filter(|day| state == "DEFAULT_STRICT" || day["state"] == *state);
        Self {
            windows: ["weekday", "saturday", "sunday"].map(window),
            closed_days: own
                .flat_map(|day| (2026..=2029).flat_map(|y| days_kept(day, y)))
                .collect(),
            fixed_zone: row["fixed_zone"].clone(),
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

impl Spot {
    pub(super) fn is_open(&self, second: i64) -> bool {
        let wall = self
            .zone
            .to_datetime(Timestamp::from_second(second).unwrap());
        let window = self.law.window_on(wall.date());
        window.is_some_and(|(start, end)| start <= wall.time() && wall.time() < end)
    }
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

impl Case<'_> {
    /// The seconds and minutes around everything that can matter on the days of a range.
    pub(super) fn instants(&self, first: Date, last: Date) -> BTreeSet<i64> {
        let mut instants = BTreeSet::new();
        let mut around = |second: i64| {
            instants.extend([-60, -1, 0, 1, 60].map(|away| second + away));
        };
        for spot in &self.spots {
            let edges: BTreeSet<Time> = spot
                .law
                .windows
                .iter()
                .flatten()
                .flat_map(|&(start, end)| [start, end])
                .collect();
            let zone = &spot.zone;
            let mut date = first;
            while date <= last {
                for time in edges.iter().copied().chain([Time::midnight()]) {
                    around(
                        zone.to_timestamp(date.to_datetime(time))
                            .unwrap()
                            .as_second(),
                    );
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
        let end = second_of(&last.to_string()) + 2 * DAY;
        instants.retain(|second| *second < end);
        instants
    }
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}
